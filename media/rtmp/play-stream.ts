// One play on a connection: how it begins and ends, and what the player says it wants of it meanwhile (RTMP 1.0 §7.2.2).

import type { Command } from "./command.ts";
import type { Selection } from "./player-messages.ts";
import type { ServerReplies } from "./server-replies.ts";

export class PlayStream {
  /** On which it plays, whatever the player wants of it now. */
  readonly messageStreamId: number;
  readonly #replies: ServerReplies;
  #isPaused = false;
  #audio = true;
  #video = true;

  /** Says that the play begins, in the order that all players take. */
  constructor(replies: ServerReplies, messageStreamId: number) {
    this.#replies = replies;
    this.messageStreamId = messageStreamId;
    replies.streamBegin(messageStreamId);
    replies.status(messageStreamId, "status", "NetStream.Play.Reset", "Playing and resetting.");
    replies.status(messageStreamId, "status", "NetStream.Play.Start", "Playing.");
    replies.sampleAccess(messageStreamId);
  }

  /** Null while nothing is to be sent. */
  get selection(): Selection | null {
    if (this.#isPaused || !(this.#audio || this.#video)) return null;
    return { messageStreamId: this.messageStreamId, audio: this.#audio, video: this.#video };
  }

  /** True when the command was one of a player. Live has one position: a seek goes nowhere, and is answered. */
  receive({ name, args: [value] }: Command): boolean {
    switch (name) {
      case "pause":
        this.#isPaused = value === true;
        this.#status(this.#isPaused ? "NetStream.Pause.Notify" : "NetStream.Unpause.Notify");
        return true;
      case "receiveAudio":
        this.#audio = value !== false;
        if (this.#audio) this.#restarted();
        return true;
      case "receiveVideo":
        this.#video = value !== false;
        if (this.#video) this.#restarted();
        return true;
      case "seek":
        this.#restarted();
        return true;
      default:
        return false;
    }
  }

  /** What was played is over. */
  end(reason: string): void {
    this.#replies.status(this.messageStreamId, "status", "NetStream.Play.UnpublishNotify", reason);
    this.#replies.streamEof(this.messageStreamId);
  }

  #restarted(): void {
    this.#status("NetStream.Seek.Notify");
    this.#status("NetStream.Play.Start");
  }

  #status(code: Parameters<ServerReplies["status"]>[2]): void {
    this.#replies.status(this.messageStreamId, "status", code, "Live.");
  }
}
