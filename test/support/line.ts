// A line between two programs of this machine that a test makes narrow, slow, silent, broken or noisy: what does not fit, or is
// late, waits in it.

import { createServer, type Server, Socket } from "node:net";

/** From whoever connects to whoever listens, or back. */
export type Direction = "up" | "down";

/** What is wrong with it; of connections that there are as of new ones. */
export interface Trouble {
  /** Each byte is so late. */
  readonly delayMs?: number;
  /** Whoever connects is let in, and nothing is passed on. */
  readonly isSilent?: boolean;
  /** Whoever connects is reset. */
  readonly refuses?: boolean;
  /** A connection is reset after so many bytes, counted from now on. */
  readonly cut?: { readonly direction: Direction; readonly afterBytes: number };
  /** The last bit of each run of at least so many bytes is turned: short ones are heads without a body. */
  readonly noise?: { readonly direction: Direction; readonly leastBytes: number };
}

/** How often what fits is passed on while it is narrow. */
const STEP_MS = 50;

export class Line implements Disposable {
  readonly port: number;
  readonly #server: Server;
  readonly #halves = new Set<Half>();
  readonly #ticker: Timer;
  #trouble: Trouble = {};
  #bytesPerSecond = Number.POSITIVE_INFINITY;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    this.#ticker = setInterval(() => this.#step(), STEP_MS);
  }

  /** To a port of this machine; well at first. */
  static async to(port: number): Promise<Line> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("the line has no port");
    const line = new Line(server, address.port);
    server.on("connection", (near) => line.#connected(near, port));
    return line;
  }

  /** What is wrong with it from now on; nothing but that. */
  set trouble(trouble: Trouble) {
    this.#trouble = trouble;
    for (const half of this.#halves) half.begin(trouble);
  }

  /** Up; infinite as at first. */
  narrow(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  /** Everybody who is connected is reset. */
  reset(): void {
    for (const half of this.#halves) half.cut();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticker);
    this.#server.close();
    this.reset();
  }

  #connected(near: Socket, port: number): void {
    if (this.#trouble.refuses === true) {
      near.on("error", () => undefined);
      near.resetAndDestroy();
      return;
    }
    const far = new Socket();
    far.connect(port, "127.0.0.1");
    for (const half of [new Half("up", near, far), new Half("down", far, near)]) {
      half.begin(this.#trouble);
      this.#halves.add(half);
      half.onEnd = () => this.#halves.delete(half);
    }
    for (const half of this.#halves) half.isNarrow = () => Number.isFinite(this.#bytesPerSecond);
  }

  #step(): void {
    for (const half of this.#halves)
      if (half.direction === "up") half.pass((this.#bytesPerSecond * STEP_MS) / 1000);
  }
}

/** One direction of a connection. */
class Half {
  readonly direction: Direction;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #waiting: { bytes: Buffer; readonly dueAtMs: number }[] = [];
  #trouble: Trouble = {};
  #passed = 0;
  #hasEnded = false;
  isNarrow = (): boolean => false;
  onEnd = (): void => undefined;

  constructor(direction: Direction, from: Socket, to: Socket) {
    this.direction = direction;
    this.#from = from;
    this.#to = to;
    from.on("data", (bytes: Buffer) => {
      this.#waiting.push({
        bytes: this.#noisy(bytes),
        dueAtMs: performance.now() + (this.#trouble.delayMs ?? 0),
      });
      if (this.#trouble.delayMs !== undefined) setTimeout(() => this.pass(), this.#trouble.delayMs);
      this.pass();
    });
    from.on("end", () => this.#ended());
    from.on("close", () => this.#ended());
    from.on("error", () => to.destroy());
    to.on("drain", () => {
      if (this.#trouble.isSilent !== true) from.resume();
    });
  }

  begin(trouble: Trouble): void {
    this.#trouble = trouble;
    this.#passed = 0;
    if (trouble.isSilent === true) this.#from.pause();
    else this.#from.resume();
    this.pass();
  }

  cut(): void {
    this.onEnd();
    this.#from.resetAndDestroy();
    this.#to.resetAndDestroy();
  }

  /** As much as fits. */
  pass(budget = this.direction === "up" && this.isNarrow() ? 0 : Number.POSITIVE_INFINITY): void {
    let left = Math.floor(budget);
    const { cut, isSilent = false } = this.#trouble;
    for (
      let first = this.#waiting[0];
      first !== undefined && left > 0 && !isSilent;
      first = this.#waiting[0]
    ) {
      if (first.dueAtMs > performance.now() + 1) return;
      const untilCut =
        cut?.direction === this.direction ? cut.afterBytes - this.#passed : Number.POSITIVE_INFINITY;
      const length = Math.min(first.bytes.length, left, untilCut);
      if (!this.#to.write(first.bytes.subarray(0, length))) this.#from.pause();
      left -= length;
      this.#passed += length;
      if (length === first.bytes.length) this.#waiting.shift();
      else first.bytes = first.bytes.subarray(length);
      // What was passed on is on its way before the end is.
      if (length === untilCut) {
        setTimeout(() => this.cut(), STEP_MS);
        this.#waiting.length = 0;
        return;
      }
    }
    if (this.#hasEnded && this.#waiting.length === 0) this.#close();
  }

  #ended(): void {
    this.#hasEnded = true;
    this.pass();
  }

  #close(): void {
    this.onEnd();
    this.#to.end();
  }

  #noisy(bytes: Buffer): Buffer {
    const { noise } = this.#trouble;
    if (noise?.direction !== this.direction || bytes.length < noise.leastBytes) return bytes;
    const noisy = Buffer.from(bytes);
    noisy[noisy.length - 1] = (noisy.at(-1) ?? 0) ^ 1;
    return noisy;
  }
}
