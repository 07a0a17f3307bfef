// A publish as OBS makes it, byte by byte and without any of our own code: Set Chunk Size before connect, commands in one
// burst, everything on chunk stream 4, SequenceEnd tags at timestamp 0 before it leaves.

import { once } from "node:events";
import { connect, type Socket } from "node:net";

const CHUNK_SIZE = 4096;
const HANDSHAKE_BYTES = 1 + 1536 + 1536;
const TICK_MS = 20;

const TYPE = { setChunkSize: 1, audio: 8, video: 9, data: 18, command: 20 } as const;

export interface ObsMessage {
  readonly kind: "audio" | "video" | "data";
  readonly timestampMs: number;
  readonly payload: Uint8Array;
}

/** The server said that it does not take this publish: OBS stops for good then. */
export class PublishRefusedError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`The server refused the publish: ${code}.`);
    this.name = "PublishRefusedError";
    this.code = code;
  }
}

export class ObsSession implements AsyncDisposable {
  readonly #socket: Socket;
  readonly #streamKey: string;
  #received = Buffer.alloc(0);
  /** Timestamp of the last message on chunk stream 4. */
  #timestampMs = 0;
  #streamId = 0;
  #isLeaving = false;

  private constructor(socket: Socket, streamKey: string) {
    this.#socket = socket;
    this.#streamKey = streamKey;
    socket.on("data", (bytes) => {
      this.#received = Buffer.concat([this.#received, bytes]);
    });
    socket.on("error", () => {}); // The close behind it is what is looked for.
  }

  /**
   * Connects and publishes; resolves at NetStream.Publish.Start. Throws a {@link PublishRefusedError} when the server says
   * that it refuses, another error when it is not there or closes before.
   */
  static async publish(serverUrl: string, streamKey: string): Promise<ObsSession> {
    const { hostname, port, pathname } = new URL(serverUrl.replace(/^rtmp:/, "http:"));
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const session = new ObsSession(socket, streamKey);
    await session.#shakeHands();
    await session.#connectAndPublish(serverUrl, pathname.slice(1));
    return session;
  }

  /** Whether either side has closed the connection. */
  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** What the server said and was not an answer to a command, a character for each byte. */
  get said(): string {
    return this.#received.toString("latin1");
  }

  /** Sends each message when its time has come, until they end or {@link stop} is called. */
  async send(messages: Iterable<ObsMessage>): Promise<void> {
    const startedAt = performance.now();
    for (const { kind, timestampMs, payload } of messages) {
      while (!this.#isLeaving && performance.now() - startedAt < timestampMs) await Bun.sleep(TICK_MS);
      if (this.#isLeaving) return;
      const body = kind === "data" ? Buffer.concat([text("@setDataFrame"), payload]) : payload;
      this.#message(TYPE[kind], timestampMs, body);
    }
  }

  /** Sends everything now, whatever its time. */
  sendAtOnce(messages: Iterable<ObsMessage>): void {
    for (const { kind, timestampMs, payload } of messages) this.#message(TYPE[kind], timestampMs, payload);
  }

  /** Leaves as OBS does. */
  async stop(): Promise<void> {
    this.#isLeaving = true;
    this.#message(TYPE.video, 0, Buffer.from("1702000000", "hex"), true);
    this.#command(text("FCUnpublish"), number(6), NULL, text(this.#streamKey));
    this.#command(text("deleteStream"), number(7), NULL, number(this.#streamId));
    this.#socket.end();
    if (!this.#socket.destroyed) await once(this.#socket, "close");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isLeaving = true;
    this.#socket.destroy();
  }

  async #shakeHands(): Promise<void> {
    await once(this.#socket, "connect");
    const c1 = Buffer.concat([Buffer.alloc(8), crypto.getRandomValues(new Uint8Array(1528))]);
    this.#socket.write(Buffer.concat([Buffer.from([3]), c1]));
    await this.#until(() => this.#received.byteLength >= HANDSHAKE_BYTES);
    this.#socket.write(this.#received.subarray(1, 1537)); // C2 repeats S1
    this.#received = this.#received.subarray(HANDSHAKE_BYTES);
  }

  async #connectAndPublish(tcUrl: string, app: string): Promise<void> {
    const chunkSize = Buffer.alloc(4);
    chunkSize.writeUInt32BE(CHUNK_SIZE);
    this.#socket.write(chunk({ chunkStreamId: 2, type: TYPE.setChunkSize, body: chunkSize }));
    const description = [
      ...[name("app"), text(app), name("type"), text("nonprivate")],
      ...[name("flashVer"), text("FMLE/3.0 (compatible; FMSc/1.0)")],
      ...[name("swfUrl"), text(tcUrl), name("tcUrl"), text(tcUrl)],
    ];
    this.#command(text("connect"), number(1), object(description));
    await this.#until(() => this.#received.includes("NetConnection.Connect.Success"));
    this.#command(text("releaseStream"), number(2), NULL, text(this.#streamKey));
    this.#command(text("FCPublish"), number(3), NULL, text(this.#streamKey));
    this.#command(text("createStream"), number(4), NULL);
    const created = Buffer.concat([text("_result"), number(4), NULL]);
    const hasStream = () => this.#received.byteLength >= this.#received.indexOf(created) + created.length + 9;
    await this.#until(() => this.#received.includes(created) && hasStream());
    this.#streamId = this.#received.readDoubleBE(this.#received.indexOf(created) + created.length + 1);
    const publish = [text("publish"), number(5), NULL, text(this.#streamKey), text("live")];
    this.#message(TYPE.command, 0, Buffer.concat(publish), true);
    await this.#until(() => this.#hasStarted());
    this.#received = Buffer.alloc(0);
  }

  /** The status of the publish itself; `onFCPublish` says the same code before the key was looked at. */
  #hasStarted(): boolean {
    const at = this.#received.indexOf("onStatus");
    return at !== -1 && this.#received.indexOf("NetStream.Publish.Start", at) !== -1;
  }

  #reasonOfClose(): Error {
    const [code] =
      /Net(Stream\.Publish\.(?!Start)|Connection\.Connect\.(?!Success))\w+/.exec(
        this.#received.toString("latin1"),
      ) ?? [];
    return code === undefined
      ? new Error("The server closed the connection.")
      : new PublishRefusedError(code);
  }

  #command(...values: readonly Buffer[]): void {
    this.#socket.write(chunk({ chunkStreamId: 3, type: TYPE.command, body: Buffer.concat(values) }));
  }

  /** On chunk stream 4: a whole header (type 0) where OBS sends one, else the difference in time (type 1). */
  #message(type: number, timestampMs: number, body: Uint8Array, isWhole = timestampMs === 0): void {
    const timestamp = isWhole ? timestampMs : timestampMs - this.#timestampMs;
    this.#timestampMs = timestampMs;
    const streamId = isWhole ? this.#streamId : null;
    this.#socket.write(chunk({ chunkStreamId: 4, type, timestamp, streamId, body }));
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#socket.destroyed) throw this.#reasonOfClose();
      const arrival = await Promise.race([
        once(this.#socket, "data").then(() => "data"),
        once(this.#socket, "close").then(() => "close"),
      ]);
      if (arrival === "close" && !condition()) throw this.#reasonOfClose();
    }
  }
}

/** A message in chunks of {@link CHUNK_SIZE}. `streamId` null: a type 1 header, with the difference in time. */
function chunk(message: {
  chunkStreamId: number;
  type: number;
  timestamp?: number;
  streamId?: number | null;
  body: Uint8Array;
}): Buffer {
  const { chunkStreamId, type, timestamp = 0, streamId = 0, body } = message;
  const header = Buffer.alloc(streamId === null ? 8 : 12);
  header.writeUInt8((streamId === null ? 0x40 : 0) | chunkStreamId, 0);
  header.writeUIntBE(timestamp, 1, 3);
  header.writeUIntBE(body.byteLength, 4, 3);
  header.writeUInt8(type, 7);
  if (streamId !== null) header.writeUInt32LE(streamId, 8);
  const pieces: Uint8Array[] = [header, body.subarray(0, CHUNK_SIZE)];
  for (let at = CHUNK_SIZE; at < body.byteLength; at += CHUNK_SIZE) {
    pieces.push(Buffer.from([0xc0 | chunkStreamId]), body.subarray(at, at + CHUNK_SIZE));
  }
  return Buffer.concat(pieces);
}

// AMF0, as much as it takes.

const NULL = Buffer.from([5]);

function number(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}

function name(value: string): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(value.length);
  return Buffer.concat([length, Buffer.from(value)]);
}

function text(value: string): Buffer {
  return Buffer.concat([Buffer.from([2]), name(value)]);
}

function object(members: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([3]), ...members, Buffer.from([0, 0, 9])]);
}
