// One stream to many RTMP players: encoded once, merged over a short time, and the same bytes handed to everybody.

import { encodeMetadata, encodeSequenceHeader, encodeUnit, timestampMsOf } from "#media/flv/tag-writer.ts";
import { PlayerMessages } from "#media/rtmp/player-messages.ts";
import { JoinPoints } from "#media/track/join-points.ts";
import type { AccessUnit, Track, TrackKind } from "#media/track/track.ts";
import { GopCache } from "#server/instances/gop-cache.ts";
import type { ProgrammeInput } from "#server/switching/programme-input.ts";
import { BurstPace } from "./burst-pace.ts";

/** Whole messages, in the order they are sent. Shared by all players: nobody writes to them. */
export interface Burst {
  readonly messages: Uint8Array;
  /** What a decoder that joins here needs before; null where decoding cannot begin. */
  readonly headers: Uint8Array | null;
}

/** Whoever plays; must not throw. */
export interface FanOutPlayer {
  send(burst: Burst): void;
  /** What is played is over: nothing more is sent. */
  ended(reason: string): void;
}

export class RtmpFanOut implements ProgrammeInput {
  readonly #mergeMilliseconds: number;
  readonly #players = new Set<FanOutPlayer>();
  readonly #messages = new PlayerMessages();
  /** Kept as units while nobody plays, since encoding costs a copy. */
  readonly #gop = new GopCache({ keepsPrevious: false });
  readonly #joinPoints = new JoinPoints();
  #tracks: readonly Track[] = [];
  /** Players know other tracks: they are told with the next unit that decoding can begin with. */
  #hasNewTracks = false;
  /** While somebody plays: what was sent since the last video key frame, from which a newcomer starts. */
  #sinceKeyFrame: Burst[] = [];
  /** What a decoder needs before the messages that wait; null where it cannot begin with them. */
  #headers: Uint8Array | null = null;
  #timer: Timer | null = null;
  readonly #pace: BurstPace;
  /** By track, the last one sent: no player sees time go back. */
  readonly #lastMs = new Map<TrackKind, number>();
  #endReason: string | null = null;

  /** Messages wait up to `mergeMilliseconds` for others to share a system call with; 0: only for those received with them. */
  constructor(mergeMilliseconds: number) {
    this.#mergeMilliseconds = mergeMilliseconds;
    this.#pace = new BurstPace(mergeMilliseconds);
  }

  get isEnded(): boolean {
    return this.#endReason !== null;
  }

  get playerCount(): number {
    return this.#players.size;
  }

  /** The player is sent everything from the last key frame on; where none is kept, from the next one on. */
  join(player: FanOutPlayer): void {
    if (this.#endReason !== null) {
      player.ended(this.#endReason);
      return;
    }
    if (this.#players.size === 0) {
      this.#hasNewTracks = false; // whoever comes first is told of the tracks by the headers
      this.#encodeGop();
    }
    for (const burst of this.#sinceKeyFrame) player.send(burst);
    this.#players.add(player);
  }

  leave(player: FanOutPlayer): void {
    if (!this.#players.delete(player) || this.#players.size > 0) return;
    this.#takeWaiting();
    this.#sinceKeyFrame = [];
  }

  setTracks(tracks: readonly Track[]): void {
    this.#sendWaiting();
    this.#tracks = tracks;
    this.#hasNewTracks = true;
    this.#gop.clear();
    this.#joinPoints.reset();
    this.#sinceKeyFrame = [];
  }

  /** Players are told of changes only by what changed: their time goes on. */
  discontinuity(): void {}

  follow(): void {}

  push(unit: AccessUnit): void {
    const track = this.#tracks.find(({ id }) => id === unit.trackId);
    if (track === undefined) return;
    const startsGop = track.kind === "video" && this.#joinPoints.push(unit);
    const dtsMs = (unit.dts * 1000) / track.timescale;
    if (startsGop) this.#gop.begin(unit, dtsMs, () => false);
    else this.#gop.push(unit, dtsMs);
    if (this.#players.size === 0) return;
    if (startsGop) this.#sendWaiting();
    this.#write(unit, track, startsGop);
    if (this.#mergeMilliseconds === 0) queueMicrotask(() => this.#sendWaiting());
    else if (this.#isComplete(track)) this.#sendWaiting();
    else this.#timer ??= setTimeout(() => this.#sendWaiting(), this.#mergeMilliseconds);
  }

  flush(): void {
    this.#sendWaiting();
  }

  end(reason: string): void {
    if (this.#endReason !== null) return;
    this.#sendWaiting();
    this.#endReason = reason;
    const players = [...this.#players];
    this.#players.clear();
    this.#sinceKeyFrame = [];
    this.#gop.clear();
    for (const player of players) player.ended(reason);
  }

  /** Pictures set the pace, sound where there are none. */
  #isComplete({ kind }: Track): boolean {
    if (kind === "audio" && this.#hasVideo()) return false;
    return this.#pace.isCompleteAt(this.#lastMs.get(kind) ?? 0);
  }

  #hasVideo(): boolean {
    return this.#tracks.some(({ kind }) => kind === "video");
  }

  #write(unit: AccessUnit, track: Track, startsGop: boolean): void {
    const timestampMs = Math.max(timestampMsOf(track, unit), this.#lastMs.get(track.kind) ?? 0);
    this.#lastMs.set(track.kind, timestampMs);
    const mayStart = startsGop || !this.#hasVideo();
    if (mayStart) this.#begin(timestampMs);
    this.#messages.write(track.kind, timestampMs, encodeUnit(track, unit));
  }

  #begin(timestampMs: number): void {
    this.#headers ??= this.#encodeHeaders(timestampMs);
    if (this.#hasNewTracks) this.#writeHeaders(this.#messages, timestampMs);
    this.#hasNewTracks = false;
  }

  #encodeHeaders(timestampMs: number): Uint8Array | null {
    const messages = new PlayerMessages();
    this.#writeHeaders(messages, timestampMs);
    return messages.take();
  }

  /** Sound may have come further than the picture that begins here: its header does not take it back. */
  #writeHeaders(messages: PlayerMessages, timestampMs: number): void {
    messages.write("data", timestampMs, encodeMetadata(this.#tracks));
    for (const track of this.#tracks) {
      const headerMs = Math.max(timestampMs, this.#lastMs.get(track.kind) ?? 0);
      messages.write(track.kind, headerMs, encodeSequenceHeader(track));
      this.#lastMs.set(track.kind, headerMs);
    }
  }

  #sendWaiting(): void {
    const burst = this.#takeWaiting();
    if (burst === null) return;
    if (burst.headers !== null || this.#gop.units.length === 0) this.#sinceKeyFrame = [];
    if (this.#gop.units.length > 0) this.#sinceKeyFrame.push(burst);
    for (const player of this.#players) player.send(burst);
  }

  /** The first player starts from the units kept while there was none. */
  #encodeGop(): void {
    for (const { unit } of this.#gop.units) {
      const track = this.#tracks.find(({ id }) => id === unit.trackId);
      if (track !== undefined) this.#write(unit, track, unit === this.#gop.units[0]?.unit);
    }
    const burst = this.#takeWaiting();
    this.#sinceKeyFrame = burst === null ? [] : [burst];
  }

  #takeWaiting(): Burst | null {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#pace.restart();
    const messages = this.#messages.take();
    const headers = this.#headers;
    this.#headers = null;
    return messages === null ? null : { messages, headers };
  }
}
