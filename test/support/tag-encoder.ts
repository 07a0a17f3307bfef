// An encoder on a fake clock that sends the tags of a recording over RTMP's own demuxer: each when its time has come.

import type { ClipMessage } from "#server/command/demo/flv-file.ts";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import type { Publisher } from "#server/instances/instance.ts";

export class TagEncoder {
  readonly #source: RtmpSource;
  readonly #messages: Iterator<ClipMessage>;
  readonly #startedAtMs: number;
  #next: ClipMessage | null = null;
  #nowMs: number;

  constructor(publisher: Publisher, messages: Iterable<ClipMessage>, nowMs: number) {
    this.#source = new RtmpSource(publisher, () => this.#nowMs);
    this.#messages = messages[Symbol.iterator]();
    this.#startedAtMs = nowMs;
    this.#nowMs = nowMs;
    this.#take();
  }

  /** Called every millisecond. */
  tick(nowMs: number): void {
    this.#nowMs = nowMs;
    while (this.#next !== null && this.#startedAtMs + this.#next.timestampMs <= nowMs) {
      this.#source.receive(this.#next);
      this.#take();
    }
  }

  /** It ends its publish. */
  closes(): void {
    this.#next = null;
    this.#source.end();
  }

  #take(): void {
    const { value, done } = this.#messages.next();
    this.#next = done === true ? null : value;
  }
}
