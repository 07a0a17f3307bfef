// The RTMP port, or with a certificate the RTMPS port: every TCP connection becomes an RtmpConnection.

import type { Socket, TCPSocketListener } from "bun";
import { HANDSHAKE_RANDOM_LENGTH } from "#media/rtmp/handshake.ts";
import type { Clock } from "#server/common/clock.ts";
import type { Descriptors } from "#server/common/descriptors.ts";
import type { Log } from "#server/common/log.ts";
import type { Tls } from "#server/common/tls-files.ts";
import { ReadPacer } from "./read-pacer.ts";
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
  readonly descriptors: Descriptors;
  /** Null = plain RTMP. */
  readonly tls: Tls | null;
  readonly log: Log;
  readonly clock: Pick<Clock, "monotonicMs" | "hold" | "release">;
}

type RtmpSocket = Socket<{ connection: RtmpConnection | null }>;

export class RtmpListener {
  readonly #options: RtmpListenerOptions;
  readonly #connections = new Set<RtmpConnection>();
  /** Those that have said nothing yet, oldest first. */
  readonly #silent = new Set<RtmpConnection>();
  /** Those that have said something, but do not publish or play yet, oldest first. */
  readonly #asking = new Set<RtmpConnection>();
  readonly #pacer: ReadPacer;
  readonly #ticker: Timer;
  /** The port that was bound. */
  readonly port: number;
  #tls: Tls | null;
  #isPaused = false;
  #listener: TCPSocketListener<{ connection: RtmpConnection | null }>;

  /** Throws when the address cannot be bound. */
  constructor(options: RtmpListenerOptions) {
    this.#options = options;
    this.#tls = options.tls;
    this.#pacer = new ReadPacer(() => options.clock.monotonicMs());
    this.#listener = this.#listen(options.port);
    this.port = this.#listener.port;
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  get isPaused(): boolean {
    return this.#isPaused;
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
    this.#tls = tls;
    if (this.#isPaused) return;
    this.#listener.stop();
    this.#listener = this.#listen(this.port);
  }

  /** Nobody is let in until `resume`; connections stay as they are. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#listener.stop();
  }

  /** Throws when the port could not be bound; the next call tries once more. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#listener = this.#listen(this.port);
    this.#isPaused = false;
  }

  /** No new connections; those that publish are cut by their instances, the rest here. */
  stop(): void {
    clearInterval(this.#ticker);
    this.#pacer.stop();
    this.#listener.stop();
    for (const connection of this.#connections) connection.cut("the server is shutting down");
  }

  #listen(port: number): TCPSocketListener<{ connection: RtmpConnection | null }> {
    const tls = this.#tls;
    return Bun.listen<{ connection: RtmpConnection | null }>({
      hostname: this.#options.hostname,
      port,
      ...(tls === null ? {} : { tls: { cert: tls.cert, key: tls.key } }),
      data: { connection: null },
      socket: {
        // A Buffer would be made into one: its slices share memory.
        binaryType: "uint8array",
        open: (socket) => this.#opened(socket),
        data: (socket, bytes) => this.#received(socket, bytes),
        drain: (socket) => socket.data.connection?.drain(),
        close: (socket) => this.#gone(socket),
        error: (socket, error) => this.#failed(socket, error),
      },
    });
  }

  #opened(socket: RtmpSocket): void {
    const { door, slowPlayers, descriptors, log, clock } = this.#options;
    descriptors.changed(1);
    if (!this.#hasRoom()) {
      socket.terminate();
      descriptors.changed(-1);
      return;
    }
    socket.setNoDelay(true);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    const randomBytes = crypto.getRandomValues(new Uint8Array(HANDSHAKE_RANDOM_LENGTH));
    const connection: RtmpConnection = new RtmpConnection({
      ...{ socket, door, slowPlayers, descriptors, log, randomBytes },
      monotonicMs: () => clock.monotonicMs(),
      onStage: (stage) => {
        if (stage === "settled") this.#asking.delete(connection);
        else if (this.#silent.delete(connection)) this.#asking.add(connection);
      },
    });
    socket.data = { connection };
    this.#connections.add(connection);
    this.#silent.add(connection);
  }

  #received(socket: RtmpSocket, bytes: Uint8Array): void {
    const { connection } = socket.data;
    if (connection === null) return;
    const { clock } = this.#options;
    clock.hold();
    try {
      connection.receive(bytes);
    } finally {
      clock.release();
    }
    if (connection.isPublishing) this.#pacer.read(socket);
  }

  /**
   * Where there is no room for one more, somebody has to leave who does not publish or play yet. An encoder speaks at once and
   * says within moments what it wants: whoever is silent goes first, and of those the longest there.
   */
  #hasRoom(): boolean {
    const { descriptors, log } = this.#options;
    for (;;) {
      const isFull = this.#connections.size >= MAX_CONNECTIONS;
      const isWaitingRoomFull = this.#silent.size + this.#asking.size >= descriptors.rtmpWaitingRoom;
      const isShort =
        descriptors.isShortFor("rtmp") || (isWaitingRoomFull && descriptors.isShortFor("rtmpWaiting"));
      if (!isFull && !isShort) return true;
      if (isShort) descriptors.turnedAway("rtmp_waiting");
      else log.warn("too_many_rtmp_connections", { limit: MAX_CONNECTIONS });
      const [leaving] = this.#silent.size > 0 ? this.#silent : this.#asking;
      if (leaving === undefined) return false;
      this.#forget(leaving);
      leaving.giveWay();
      descriptors.changed(-1);
    }
  }

  #forget(connection: RtmpConnection): void {
    this.#connections.delete(connection);
    this.#silent.delete(connection);
    this.#asking.delete(connection);
  }

  /** One of our own mistakes, or TLS that failed: it costs this connection and no other. */
  #failed(socket: RtmpSocket, error: Error): void {
    this.#options.log.error("rtmp_connection_failed", { message: String(error) });
    this.#gone(socket);
    socket.terminate();
  }

  #gone(socket: RtmpSocket): void {
    const { connection } = socket.data;
    if (connection === null) return;
    socket.data.connection = null;
    this.#pacer.forget(socket);
    this.#forget(connection);
    connection.closed();
  }

  #tick(): void {
    for (const connection of this.#connections) connection.tick();
  }
}
