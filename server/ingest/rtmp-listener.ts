// The RTMP port: every TCP connection becomes an RtmpConnection.

import type { Socket, TCPSocketListener } from "bun";
import type { Log } from "#server/log.ts";
import { RtmpConnection, type RtmpDoor } from "./rtmp-connection.ts";

/** Bytes of an RTMP handshake's C1 and S1 after time and version (RTMP 1.0 §5.2.3). */
const HANDSHAKE_RANDOM_BYTES = 1528;

/** Connections that neither publish nor play are ended by their own clock; this bounds how many wait at once. */
const MAX_CONNECTIONS = 20_000;

/** How often connections look at their timeouts. */
const TICK_MS = 1000;

/** The kernel probes a silent connection after this long, so that a dead peer's socket is closed in the end. */
const KEEP_ALIVE_MS = 10_000;

export class RtmpListener {
  readonly #listener: TCPSocketListener<{ connection: RtmpConnection | null }>;
  readonly #connections = new Set<RtmpConnection>();
  readonly #ticker: Timer;

  /** Throws when the address cannot be bound. */
  constructor(options: { hostname: string; port: number; door: RtmpDoor; log: Log; nowMs: () => number }) {
    const { door, log, nowMs } = options;
    const opened = (socket: Socket<{ connection: RtmpConnection | null }>): void => {
      if (this.#connections.size >= MAX_CONNECTIONS) {
        socket.terminate();
        return;
      }
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_MS);
      const randomBytes = crypto.getRandomValues(new Uint8Array(HANDSHAKE_RANDOM_BYTES));
      const connection = new RtmpConnection({ socket, door, log, randomBytes, nowMs });
      socket.data = { connection };
      this.#connections.add(connection);
    };
    const gone = (socket: Socket<{ connection: RtmpConnection | null }>): void => {
      const { connection } = socket.data;
      if (connection === null) return;
      socket.data.connection = null;
      this.#connections.delete(connection);
      connection.closed();
    };
    this.#listener = Bun.listen<{ connection: RtmpConnection | null }>({
      hostname: options.hostname,
      port: options.port,
      data: { connection: null },
      socket: {
        open: opened,
        data: (socket, bytes) => socket.data.connection?.receive(bytes),
        drain: (socket) => socket.data.connection?.drain(),
        close: gone,
        error: gone,
      },
    });
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  /** The port that was bound. */
  get port(): number {
    return this.#listener.port;
  }

  /** No new connections; those that publish are cut by their instances, the rest here. */
  stop(): void {
    clearInterval(this.#ticker);
    this.#listener.stop();
    for (const connection of this.#connections) connection.cut("the server is shutting down");
  }

  #tick(): void {
    for (const connection of this.#connections) connection.tick();
  }
}
