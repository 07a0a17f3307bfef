// What two ends settle beneath commands and media: chunk sizes, voided messages, acknowledgements, pings (RTMP 1.0 §5.4, §7.1.7).

import type { ChunkReader } from "./chunk-reader.ts";
import { MESSAGE_TYPE, type Message } from "./message.ts";
import { parseAbort, parseSetChunkSize, parseWindowAcknowledgementSize } from "./protocol-control.ts";
import { type ServerReplies, WINDOW_BYTES } from "./server-replies.ts";
import { parseUserControl, USER_CONTROL_EVENT } from "./user-control.ts";

export class ConnectionControl {
  readonly #reader: ChunkReader;
  readonly #replies: ServerReplies;
  #ackWindowBytes = WINDOW_BYTES;
  #acknowledgedBytes = 0;

  constructor(reader: ChunkReader, replies: ServerReplies) {
    this.#reader = reader;
    this.#replies = replies;
  }

  /** True when the message was one of these; it is in force for the reader's next chunk. Throws `RtmpProtocolError`. */
  receive({ type, payload }: Message): boolean {
    switch (type) {
      case MESSAGE_TYPE.setChunkSize:
        this.#reader.setChunkSize(parseSetChunkSize(payload));
        return true;
      case MESSAGE_TYPE.abort:
        this.#reader.abort(parseAbort(payload));
        return true;
      case MESSAGE_TYPE.windowAcknowledgementSize:
        this.#ackWindowBytes = parseWindowAcknowledgementSize(payload);
        return true;
      case MESSAGE_TYPE.setPeerBandwidth:
        this.#replies.windowAcknowledgementSize();
        return true;
      case MESSAGE_TYPE.userControl:
        this.#receiveUserControl(payload);
        return true;
      default:
        return false;
    }
  }

  /** Twice in each window, so that a peer that stops at the window's end never has to (RTMP 1.0 §5.4.3). */
  acknowledge(): void {
    const { receivedBytes } = this.#reader;
    if (receivedBytes - this.#acknowledgedBytes < this.#ackWindowBytes / 2) return;
    this.#acknowledgedBytes = receivedBytes;
    this.#replies.acknowledgement(receivedBytes);
  }

  #receiveUserControl(payload: Uint8Array): void {
    const control = parseUserControl(payload);
    if (control?.event !== USER_CONTROL_EVENT.pingRequest) return;
    this.#replies.pong(control.timestampMs);
  }
}
