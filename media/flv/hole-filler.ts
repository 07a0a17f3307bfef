// Keeps both tracks of a publish going while the encoder sends one of them only: pictures that stop are shown on, sound that
// stops becomes silence. A browser stops both where one of them has a hole.

import type { EncodedUnit, TrackKind } from "#media/track/track.ts";
import type { DemuxedItem } from "./demuxed-item.ts";
import { VIDEO_TRACK_ID } from "./video-demuxer.ts";

/** What makes units that the encoder did not send; both give null where they cannot. */
export interface StillMaker {
  still(timestampMs: number): EncodedUnit | null;
}

export interface SilenceMaker {
  silence(timestampMs: number): EncodedUnit | null;
  /** How long a frame is heard; null before the first. */
  readonly frameMs: number | null;
}

/** So much of one track without a unit of the other is a hole in that: encoders interleave far closer. */
const HOLE_MS = 1000;

/** How far apart pictures are that show the last one on; the newest stays as far behind the sound, where a late one may still come. */
const STILL_STEP_MS = 500;

/** No step of the track that goes on counts for more: a longer one is a hole in both. */
const MAX_STEP_MS = 1000;

const WRAP_MS = 2 ** 31;

/** Further back is no unit that is late but a clock that jumped. */
const MAX_BACKWARD_MS = 1000;

/** A longer gap is no hole but a clock that jumped, or a pause that nobody wants to see again. */
const MAX_GAP_MS = 10_000;

/**
 * What the other track has had since this one's last unit. Times alone do not tell a hole, as encoders may shift one track
 * against the other for good; nor does what came, as a track that was late may catch up.
 */
interface Progress {
  /** Time of its last unit on the encoder's clock, null before the first. */
  lastMs: number | null;
  /** What the encoder sent as that: earlier than `lastMs` where it came behind what was made for it. */
  sentMs: number;
  /** Of the other track since. */
  aloneMs: number;
  /** How far what was made reaches beyond its last unit. */
  filledMs: number;
}

const NOTHING: readonly DemuxedItem[] = [];

export class HoleFiller {
  readonly #stills: StillMaker;
  readonly #silence: SilenceMaker;
  readonly #video: Progress = { lastMs: null, sentMs: 0, aloneMs: 0, filledMs: 0 };
  readonly #audio: Progress = { lastMs: null, sentMs: 0, aloneMs: 0, filledMs: 0 };

  constructor(stills: StillMaker, silence: SilenceMaker) {
    this.#stills = stills;
    this.#silence = silence;
  }

  /**
   * What fills the hole that ends with the unit that comes next, of this track and time on the encoder's clock: to be asked for
   * before anything is made of that one, as what is shown on is what came before it.
   */
  before(kind: TrackKind, sentMs: number): readonly DemuxedItem[] {
    const track = kind === "video" ? this.#video : this.#audio;
    const { lastMs, filledMs } = track;
    const gapMs = lastMs === null ? 0 : sentMs - lastMs - filledMs;
    if (gapMs <= HOLE_MS || gapMs > MAX_GAP_MS) return NOTHING;
    return this.#make(track, gapMs + filledMs, 1);
  }

  /**
   * The same, and before each unit what fills the hole that shows with it in the other track. A picture that comes behind what
   * was shown on in its place is seen after that at once; sound that comes behind its silence is left out.
   */
  fill(items: readonly DemuxedItem[]): readonly DemuxedItem[] {
    let filled: DemuxedItem[] | null = null;
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      if (item === undefined) break;
      const lateUntilMs = item.type === "unit" ? this.#lateUntilMs(item.unit) : null;
      const fillers = item.type === "unit" ? this.#beside(item.unit, lateUntilMs) : NOTHING;
      const placed = lateUntilMs === null ? item : moved(item, lateUntilMs);
      if (fillers.length > 0 || placed !== item) filled ??= items.slice(0, index);
      filled?.push(...fillers);
      if (placed !== null) filled?.push(placed);
    }
    return filled ?? items;
  }

  /** Nothing follows: both tracks end together, to within a step. */
  end(): readonly DemuxedItem[] {
    const { lastMs: videoMs } = this.#video;
    const { lastMs: audioMs } = this.#audio;
    if (videoMs === null || audioMs === null) return [];
    return [
      ...this.#make(this.#video, Math.min(this.#video.aloneMs, audioMs - videoMs), 1),
      ...this.#make(this.#audio, Math.min(this.#audio.aloneMs, videoMs - audioMs), 1),
    ];
  }

  /** Where a unit goes that comes behind what was made for its track; null for one that does not. */
  #lateUntilMs({ trackId, sentDts }: EncodedUnit): number | null {
    const { lastMs, sentMs, filledMs } = trackId === VIDEO_TRACK_ID ? this.#video : this.#audio;
    if (lastMs === null || sentDts < sentMs - MAX_BACKWARD_MS) return null;
    const reachedMs = lastMs + filledMs;
    return reachedMs > sentMs && sentDts <= reachedMs ? after(reachedMs, 1) : null;
  }

  #beside({ trackId, sentDts }: EncodedUnit, lateUntilMs: number | null): readonly DemuxedItem[] {
    const own = trackId === VIDEO_TRACK_ID ? this.#video : this.#audio;
    const other = own === this.#video ? this.#audio : this.#video;
    advance(own, other, sentDts, lateUntilMs ?? sentDts);
    const passedMs = other.lastMs === null ? 0 : Math.min(other.aloneMs, sentDts - other.lastMs);
    if (passedMs - other.filledMs < HOLE_MS) return NOTHING;
    return this.#make(other, passedMs, STILL_STEP_MS);
  }

  /** Fills one track until no more than `leftMs` are left to `untilMs` after its last unit. */
  #make(track: Progress, untilMs: number, leftMs: number): DemuxedItem[] {
    const stepMs = track === this.#video ? STILL_STEP_MS : this.#silence.frameMs;
    const made: DemuxedItem[] = [];
    if (track.lastMs === null || stepMs === null) return made;
    while (untilMs - track.filledMs >= leftMs + stepMs) {
      track.filledMs += stepMs;
      const atMs = after(track.lastMs, track.filledMs);
      const unit = track === this.#video ? this.#stills.still(atMs) : this.#silence.silence(atMs);
      if (unit !== null) made.push({ type: "unit", unit });
    }
    return made;
  }
}

/** Pictures are squeezed in; sound that is, would be heard as such. */
function moved(item: DemuxedItem, sentDts: number): DemuxedItem | null {
  if (item.type !== "unit" || item.unit.trackId !== VIDEO_TRACK_ID) return null;
  return { type: "unit", unit: { ...item.unit, sentDts } };
}

/** FFmpeg and OBS keep 31 bits of their clock: it starts over there. Encoders that keep 32 are taken for these once in 25 days. */
function after(lastMs: number, stepMs: number): number {
  const atMs = Math.round(lastMs + stepMs);
  return lastMs < WRAP_MS && atMs >= WRAP_MS ? atMs - WRAP_MS : atMs;
}

/** A unit of `own` came: it has no hole any more, and the other track may have one. */
function advance(own: Progress, other: Progress, sentMs: number, atMs: number): void {
  const stepMs = own.lastMs === null ? 0 : sentMs - own.sentMs;
  other.aloneMs += Math.min(Math.max(0, stepMs), MAX_STEP_MS);
  own.lastMs = atMs;
  own.sentMs = sentMs;
  own.aloneMs = 0;
  own.filledMs = 0;
}
