// One RTMP peer: what its socket receives goes through a ServerSession to the instance its key opens, or it plays a feed.

import type { PlayRefusal } from "#media/rtmp/net-stream.ts";
import { RtmpProtocolError } from "#media/rtmp/protocol-error.ts";
import {
  type PlayRequest,
  type PublishRequest,
  ServerSession,
  type SessionEvent,
} from "#media/rtmp/server-session.ts";
import type { Descriptors } from "#server/common/descriptors.ts";
import type { Log } from "#server/common/log.ts";
import type { Publisher, PublisherConnection, Unclaimed } from "#server/instances/instance.ts";
import type { PlayDoor, PlayFeed } from "#server/programme/play-door.ts";
import { MAX_PLAYER_BYTES, RtmpPlayer } from "./rtmp-player.ts";
import { RtmpSource } from "./rtmp-source.ts";
import { SendQueue, type SendSocket } from "./send-queue.ts";
import type { SlowPlayers } from "./slow-players.ts";

/** A publisher is sent a few hundred bytes in all: one that leaves this many unread is not reading. */
const MAX_WAITING_BYTES = 256 * 1024;

/** How long a connection may neither publish nor play: from connecting to the request an encoder needs a few round trips. */
const IDLE_TIMEOUT_MS = 10_000;

/** The application names that publishers and players connect to. */
const PUBLISH_APP = "live";
const PLAY_APP = "play";

/** Who may publish with a key. */
interface IngestDoor {
  /** Looks the key up and attaches the connection to its instance. */
  claim(streamKey: string, connection: PublisherConnection): Publisher | Unclaimed;
}

/** Who may come in, and to what. */
export type RtmpDoor = IngestDoor & PlayDoor;

/** What a connection has come to: it has said something, or it publishes or plays. */
export type ConnectionStage = "asking" | "settled";

export class RtmpConnection implements PublisherConnection {
  readonly #session: ServerSession;
  readonly #sendQueue: SendQueue;
  readonly #socket: SendSocket;
  readonly #door: RtmpDoor;
  readonly #slowPlayers: SlowPlayers;
  readonly #descriptors: Descriptors;
  readonly #onStage: (stage: ConnectionStage) => void;
  readonly #log: Log;
  readonly #monotonicMs: () => number;
  #idleSinceMs: number;
  #source: RtmpSource | null = null;
  #play: { feed: PlayFeed; player: RtmpPlayer } | null = null;
  #hasSpoken = false;
  #isClosing = false;

  constructor(options: {
    socket: SendSocket;
    door: RtmpDoor;
    slowPlayers: SlowPlayers;
    descriptors: Descriptors;
    log: Log;
    randomBytes: Uint8Array;
    monotonicMs: () => number;
    onStage: (stage: ConnectionStage) => void;
  }) {
    this.#socket = options.socket;
    this.#sendQueue = new SendQueue(options.socket, MAX_WAITING_BYTES);
    this.#session = new ServerSession({ randomBytes: options.randomBytes });
    this.#door = options.door;
    this.#slowPlayers = options.slowPlayers;
    this.#descriptors = options.descriptors;
    this.#onStage = options.onStage;
    this.#log = options.log;
    this.#monotonicMs = options.monotonicMs;
    this.#idleSinceMs = options.monotonicMs();
  }

  /** Bytes that its peer has not read. */
  get waitingBytes(): number {
    return this.#sendQueue.waitingBytes;
  }

  get isPublishing(): boolean {
    return this.#source !== null;
  }

  receive(bytes: Uint8Array): void {
    if (this.#isClosing) return;
    if (!this.#hasSpoken) {
      this.#hasSpoken = true;
      this.#onStage("asking");
    }
    try {
      for (const event of this.#session.push(bytes, this.#monotonicMs())) {
        this.#handle(event);
        if (this.#isClosing) break;
      }
    } catch (error) {
      if (!(error instanceof RtmpProtocolError)) throw error;
      this.#log.warn("rtmp_protocol_error", { message: error.message });
      this.#flush();
      this.#close(`it broke the RTMP protocol: ${error.message}`);
      return;
    }
    this.#flush();
  }

  /** The socket can take more. */
  drain(): void {
    this.#sendQueue.drain();
  }

  /** The socket is gone, whoever closed it. */
  closed(): void {
    this.#isClosing = true;
    this.#endPublish();
    this.#endPlay();
  }

  /** Called about once a second: a peer that asks for nothing, sends nothing of use, or reads nothing of what it plays, is not kept. */
  tick(): void {
    this.#source?.tick();
    if (this.#play !== null) {
      if (this.#play.player.isStuck()) this.#disconnectStuckPlayer();
    } else if (this.#source === null && this.#monotonicMs() - this.#idleSinceMs >= IDLE_TIMEOUT_MS) {
      this.#socket.terminate();
    }
  }

  /** It has asked for nothing yet, and another needs its place. */
  giveWay(): void {
    this.#isClosing = true;
    this.#socket.terminate();
  }

  cut(reason: string): void {
    this.#source = null;
    this.#session.notifyUnpublish(reason);
    this.#session.notifyPlayEnd(reason);
    this.#flush();
    this.#close();
  }

  #handle(event: SessionEvent): void {
    switch (event.type) {
      case "publish-requested":
        this.#publishRequested(event.request);
        return;
      case "play-requested":
        this.#playRequested(event.request);
        return;
      case "media":
        this.#source?.receive(event.message);
        return;
      case "unpublished":
        this.#endPublish();
        return;
      case "play-changed":
        this.#play?.player.select(event.selection);
        return;
      case "play-ended":
        this.#endPlay();
        return;
    }
  }

  #publishRequested(request: PublishRequest): void {
    const claimed = request.app === PUBLISH_APP ? this.#door.claim(request.streamName, this) : "unknown";
    if (claimed === "closing") {
      this.#close();
    } else if (claimed === "unknown") {
      this.#refuse(request, "NetStream.Publish.Denied", "this stream key is not valid now");
    } else if (claimed === "busy") {
      this.#refuse(request, "NetStream.Publish.BadName", "another encoder publishes with this stream key");
    } else {
      this.#source = new RtmpSource(claimed, this.#monotonicMs, (reason) => this.#reject(reason));
      this.#session.acceptPublish(request);
      this.#onStage("settled");
    }
  }

  #playRequested(request: PlayRequest): void {
    const feed = request.app === PLAY_APP ? this.#door.play(request.streamName) : "unknown";
    if (feed === "later") {
      this.#close();
      return;
    }
    if (feed === "unknown") {
      this.#refusePlay(request, "NetStream.Play.StreamNotFound", "nothing is played here under this name");
      return;
    }
    if (this.#descriptors.isShortFor("rtmpPlayer")) {
      this.#descriptors.turnedAway("rtmp_player");
      this.#refusePlay(request, "NetStream.Play.Failed", "the server has no room for another player now");
      return;
    }
    const selection = this.#session.acceptPlay(request);
    this.#flush();
    this.#sendQueue.maxBytes = MAX_PLAYER_BYTES;
    const player = new RtmpPlayer({
      queue: this.#sendQueue,
      monotonicMs: this.#monotonicMs,
      selection,
      onEnded: (reason) => this.cut(reason),
      onSkip: () => this.#slowPlayers.skipped(),
    });
    this.#play = { feed, player };
    feed.join(player);
    this.#onStage("settled");
  }

  #refusePlay(request: PlayRequest, code: PlayRefusal, description: string): void {
    this.#session.refusePlay(request, code, description);
    this.#flush();
    this.#close();
  }

  #refuse(
    request: PublishRequest,
    code: "NetStream.Publish.Denied" | "NetStream.Publish.BadName",
    description: string,
  ): void {
    this.#log.warn("publish_refused", { code });
    this.#session.refusePublish(request, code, description);
    this.#flush();
    this.#close();
  }

  /** What is published cannot be carried, none of it. */
  #reject(reason: string): void {
    this.#log.warn("publish_rejected", { message: reason });
    this.#session.rejectPublish(reason);
    this.#flush();
    this.#close(reason);
  }

  /** `reason`: why the encoder is disconnected, null when it leaves. */
  #endPublish(reason: string | null = null): void {
    const source = this.#source;
    this.#source = null;
    this.#idleSinceMs = this.#monotonicMs();
    source?.end(reason);
  }

  #endPlay(): void {
    const play = this.#play;
    this.#play = null;
    this.#idleSinceMs = this.#monotonicMs();
    play?.feed.leave(play.player);
  }

  #disconnectStuckPlayer(): void {
    this.#log.warn("player_too_slow");
    this.#slowPlayers.disconnected();
    this.#endPlay();
    this.#socket.terminate();
  }

  #flush(): void {
    const output = this.#session.takeOutput();
    if (output !== null) this.#sendQueue.push(output);
  }

  #close(reason: string | null = null): void {
    this.#isClosing = true;
    this.#endPublish(reason);
    this.#endPlay();
    this.#sendQueue.end();
  }
}
