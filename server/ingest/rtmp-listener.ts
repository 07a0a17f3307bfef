// The RTMP port, or with a certificate the RTMPS port: every TCP connection becomes an RtmpConnection.

import type { Socket, TCPSocketListener } from "bun";
import { HANDSHAKE_RANDOM_LENGTH } from "#media/rtmp/handshake.ts";
import type { Log } from "#server/common/log.ts";
import type { Tls } from "#server/common/tls-files.ts";
import { RtmpConnection, type RtmpDoor } from "./rtmp-connection.ts";
import type { SlowPlayers } from "./slow-players.ts";

/** Connections that neither publish nor play are ended by their own clock; this bounds how many wait at once. */
const MAX_CONNECTIONS = 20_000;

/** How often connections look at their timeouts. */
const TICK_MS = 1000;

/** The kernel probes a silent connection after this long, so that a dead peer's socket is closed in the end. */
const KEEP_ALIVE_MS = 10_000;

export interface RtmpListenerOptions {
  readonly hostname: string;
  /** 0 = any free port. */
  readonly port: number;
  readonly door: RtmpDoor;
  readonly slowPlayers: SlowPlayers;
  /** Null = plain RTMP. */
  readonly tls: Tls | null;
  readonly log: Log;
  readonly nowMs: () => number;
}

type RtmpSocket = Socket<{ connection: RtmpConnection | null }>;

export class RtmpListener {
  readonly #options: RtmpListenerOptions;
  readonly #connections = new Set<RtmpConnection>();
  readonly #ticker: Timer;
  #listener: TCPSocketListener<{ connection: RtmpConnection | null }>;

  /** Throws when the address cannot be bound. */
  constructor(options: RtmpListenerOptions) {
    this.#options = options;
    this.#listener = this.#listen(options.port, options.tls);
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  /** The port that was bound. */
  get port(): number {
    return this.#listener.port;
  }

  /** Bytes that peers have not read, of all connections together. */
  get waitingBytes(): number {
    return this.#connections.values().reduce((sum, { waitingBytes }) => sum + waitingBytes, 0);
  }

  /**
   * The same port with another certificate; connections stay as they are. Throws when the port could not be bound
   * again; the next call tries once more.
   */
  renew(tls: Tls): void {
    const { port } = this;
    this.#listener.stop();
    this.#listener = this.#listen(port, tls);
  }

  /** No new connections; those that publish are cut by their instances, the rest here. */
  stop(): void {
    clearInterval(this.#ticker);
    this.#listener.stop();
    for (const connection of this.#connections) connection.cut("the server is shutting down");
  }

  #listen(port: number, tls: Tls | null): TCPSocketListener<{ connection: RtmpConnection | null }> {
    return Bun.listen<{ connection: RtmpConnection | null }>({
      hostname: this.#options.hostname,
      port,
      ...(tls === null ? {} : { tls: { cert: tls.cert, key: tls.key } }),
      data: { connection: null },
      socket: {
        open: (socket) => this.#opened(socket),
        data: (socket, bytes) => socket.data.connection?.receive(bytes),
        drain: (socket) => socket.data.connection?.drain(),
        close: (socket) => this.#gone(socket),
        error: (socket) => this.#gone(socket),
      },
    });
  }

  #opened(socket: RtmpSocket): void {
    if (this.#connections.size >= MAX_CONNECTIONS) {
      socket.terminate();
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const { door, slowPlayers, log, nowMs } = this.#options;
    const randomBytes = crypto.getRandomValues(new Uint8Array(HANDSHAKE_RANDOM_LENGTH));
    const connection = new RtmpConnection({ socket, door, slowPlayers, log, randomBytes, nowMs });
    socket.data = { connection };
    this.#connections.add(connection);
  }

  #gone(socket: RtmpSocket): void {
    const { connection } = socket.data;
    if (connection === null) return;
    socket.data.connection = null;
    this.#connections.delete(connection);
    connection.closed();
  }

  #tick(): void {
    for (const connection of this.#connections) connection.tick();
  }
}
