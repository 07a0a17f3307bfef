// A line between an encoder and the server that can be made narrow: what does not fit waits in it, as in an upload line.

interface Ends {
  readonly near: Bun.Socket<Half>;
  readonly far: Promise<Bun.Socket<Half>>;
}

/** What one side of a connection still has to be told. */
interface Half {
  waiting: Uint8Array[];
  readonly other: () => Promise<Bun.Socket<Half>>;
}

/** How often what fits is passed on while it is narrow. */
const STEP_MS = 50;

export class NarrowLine implements Disposable {
  readonly #listener: Bun.TCPSocketListener<Half>;
  readonly #connections = new Set<Ends>();
  readonly #ticker: Timer;
  #bytesPerSecond = Number.POSITIVE_INFINITY;

  /** To a port of this machine. */
  constructor(port: number) {
    const connections = this.#connections;
    const handlers = {
      data: (socket: Bun.Socket<Half>, bytes: Uint8Array) => {
        socket.data.waiting.push(new Uint8Array(bytes));
        void this.#pass(socket); // What is left waits for the next step.
      },
      close: (socket: Bun.Socket<Half>) => void socket.data.other().then((other) => other.end()),
      error: () => undefined,
    };
    this.#listener = Bun.listen<Half>({
      ...{ hostname: "127.0.0.1", port: 0 },
      socket: {
        ...handlers,
        open: (near) => {
          const far = Bun.connect<Half>({
            ...{ hostname: "127.0.0.1", port, socket: handlers },
            data: { waiting: [], other: async () => near },
          });
          near.data = { waiting: [], other: () => far };
          connections.add({ near, far });
        },
      },
    });
    this.#ticker = setInterval(() => this.#step(), STEP_MS);
  }

  get port(): number {
    return this.#listener.port;
  }

  /** From the encoder to the server; infinite as at first. */
  narrow(bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticker);
    this.#listener.stop(true);
  }

  #step(): void {
    for (const { near } of this.#connections) void this.#pass(near, (this.#bytesPerSecond * STEP_MS) / 1000);
  }

  /** As much as fits; what comes from the server is always passed on whole. */
  async #pass(
    socket: Bun.Socket<Half>,
    budget = this.#isNarrow(socket) ? 0 : Number.POSITIVE_INFINITY,
  ): Promise<void> {
    const other = await socket.data.other();
    let left = Math.floor(budget);
    for (;;) {
      const [first] = socket.data.waiting;
      if (first === undefined || left <= 0) return;
      const taken = other.write(first.subarray(0, Math.min(first.length, left)));
      if (taken <= 0) return;
      left -= taken;
      if (taken === first.length) socket.data.waiting.shift();
      else socket.data.waiting[0] = first.subarray(taken);
    }
  }

  #isNarrow(socket: Bun.Socket<Half>): boolean {
    return (
      Number.isFinite(this.#bytesPerSecond) && [...this.#connections].some(({ near }) => near === socket)
    );
  }
}
