// An encoder without a camera: publishes messages over RTMP, each when its time has come.

import type { Socket } from "bun";
import { ClientSession } from "#media/rtmp/client-session.ts";
import { HANDSHAKE_RANDOM_LENGTH } from "#media/rtmp/handshake.ts";
import type { MediaMessage } from "#media/rtmp/server-session.ts";
import { delay } from "#server/common/delay.ts";
import { SendQueue } from "#server/ingest/send-queue.ts";

export interface PublisherOptions {
  readonly host: string;
  readonly port: number;
  /** The address without the stream key, as the API gives it. */
  readonly serverUrl: string;
  readonly streamKey: string;
  /** In the order of their times, the first one's being about 0. */
  readonly messages: Iterable<MediaMessage>;
  /** Ends the publish as an encoder does when it is stopped. */
  readonly signal: AbortSignal;
  /** Breaks the connection, without a word, as a pulled cable does. */
  readonly cut?: AbortSignal;
}

/** A server that does not read for this many bytes is gone. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** Resolves when the messages end, the server disconnects, or the signal comes. Throws when the server refuses. */
export async function publishInRealTime(options: PublisherOptions): Promise<void> {
  const publisher = new Publisher(options);
  await publisher.run();
}

class Publisher {
  readonly #options: PublisherOptions;
  readonly #session: ClientSession;
  readonly #started = Promise.withResolvers<void>();
  readonly #disconnected = new AbortController();
  #sendQueue: SendQueue | null = null;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#session = new ClientSession({
      randomBytes: crypto.getRandomValues(new Uint8Array(HANDSHAKE_RANDOM_LENGTH)),
      app: new URL(options.serverUrl).pathname.slice(1),
      tcUrl: options.serverUrl,
      streamName: options.streamKey,
    });
  }

  async run(): Promise<void> {
    const { host: hostname, port, signal } = this.#options;
    await Bun.connect({
      hostname,
      port,
      socket: {
        open: (socket) => this.#opened(socket),
        data: (_socket, bytes) => this.#receive(bytes),
        drain: () => this.#sendQueue?.drain(),
        close: () => this.#closed(),
        error: (_socket, error) => this.#started.reject(error),
      },
    });
    await this.#started.promise;
    await this.#send(AbortSignal.any([signal, this.#disconnected.signal]));
    this.#session.unpublish();
    this.#flush();
    this.#sendQueue?.end();
  }

  async #send(signal: AbortSignal): Promise<void> {
    const startedAtMs = performance.now();
    for (const message of this.#options.messages) {
      for (;;) {
        const leftMs = startedAtMs + message.timestampMs - performance.now();
        if (leftMs <= 0) break;
        if (signal.aborted) return;
        this.#flush();
        await delay(Math.ceil(leftMs), signal);
      }
      this.#session.sendMedia(message);
    }
  }

  #opened(socket: Socket): void {
    this.#options.cut?.addEventListener("abort", () => socket.terminate());
    this.#sendQueue = new SendQueue(socket, MAX_WAITING_BYTES);
    this.#flush();
  }

  #receive(bytes: Uint8Array): void {
    for (const event of this.#session.push(bytes)) {
      if (event.type === "publishing") this.#started.resolve();
      else
        this.#started.reject(new Error(`the server refused the publish: ${event.code} ${event.description}`));
    }
    this.#flush();
  }

  #closed(): void {
    this.#started.reject(new Error("the server closed the connection before the publish began"));
    this.#disconnected.abort();
  }

  #flush(): void {
    const output = this.#session.takeOutput();
    if (output !== null) this.#sendQueue?.push(output);
  }
}
