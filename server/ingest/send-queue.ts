// Bytes waiting for one socket: what the kernel does not take at once is kept, in order and within a limit.

/** The part of a Bun socket that sending needs. */
export interface SendSocket {
  /** Bytes taken, possibly fewer than given; -1 once closed. */
  write(bytes: Uint8Array): number;
  /** Closes after what `write` took was sent. */
  end(): void;
  /** Closes at once. */
  terminate(): void;
}

export class SendQueue {
  readonly #socket: SendSocket;
  #maxBytes: number;
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #takenBytes = 0;
  #endsWhenEmpty = false;

  /** A peer that lets more than `maxBytes` pile up is disconnected. */
  constructor(socket: SendSocket, maxBytes: number) {
    this.#socket = socket;
    this.#maxBytes = maxBytes;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** By the socket, of everything pushed so far: it stands still while the peer does not read. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** For a peer that is known better by now. */
  set maxBytes(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** False when the peer was disconnected for not reading. */
  push(bytes: Uint8Array): boolean {
    if (this.#endsWhenEmpty) return false;
    const taken = this.#waitingBytes === 0 ? Math.max(0, this.#socket.write(bytes)) : 0;
    this.#takenBytes += taken;
    if (taken < bytes.byteLength) {
      this.#waiting.push(bytes.subarray(taken));
      this.#waitingBytes += bytes.byteLength - taken;
    }
    if (this.#waitingBytes <= this.#maxBytes) return true;
    this.#socket.terminate();
    return false;
  }

  /** The socket can take more. */
  drain(): void {
    while (this.#waiting.length > 0) {
      const next = this.#waiting[0] as Uint8Array;
      const taken = Math.max(0, this.#socket.write(next));
      this.#waitingBytes -= taken;
      this.#takenBytes += taken;
      if (taken < next.byteLength) {
        this.#waiting[0] = next.subarray(taken);
        return;
      }
      this.#waiting.shift();
    }
    if (this.#endsWhenEmpty) this.#socket.end();
  }

  /** Closes the socket once everything is sent. */
  end(): void {
    if (this.#endsWhenEmpty) return;
    this.#endsWhenEmpty = true;
    if (this.#waitingBytes === 0) this.#socket.end();
  }
}
