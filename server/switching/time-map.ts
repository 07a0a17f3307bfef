// Where one source's clock stands on the programme's: set when that source goes on air, and fixed until the next change.

import type { Track } from "#media/track/track.ts";

/**
 * Units that must be decoded before the joint but are not meant to be seen (the standby's pictures since its key frame)
 * pass in a fraction of their time. Order is kept, every tick stays distinct, and neither the programme's length
 * nor its distance from now grows by the age of the group of pictures.
 */
const PREROLL_COMPRESSION = 250;

export class TimeMap {
  readonly #prerollFromSeconds: number;
  readonly #joinAtSeconds: number;
  readonly #programmeSeconds: number;

  /**
   * The unit at `joinAtSeconds` of the source's clock plays at `programmeSeconds` plus the compressed preroll, which begins
   * at `prerollFromSeconds` (equal to `joinAtSeconds` when there is none).
   */
  constructor(joint: { prerollFromSeconds: number; joinAtSeconds: number; programmeSeconds: number }) {
    this.#prerollFromSeconds = joint.prerollFromSeconds;
    this.#joinAtSeconds = joint.joinAtSeconds;
    this.#programmeSeconds = joint.programmeSeconds;
  }

  /** Programme time of the joint, where what is only decoded is over. */
  get joinedSeconds(): number {
    return this.#programmeSeconds + (this.#joinAtSeconds - this.#prerollFromSeconds) / PREROLL_COMPRESSION;
  }

  /** Programme time, in ticks of the track. Strictly rising wherever `ticks` rises by at least a millisecond. */
  toProgramme(ticks: number, track: Track): number {
    const joinAt = Math.round(this.#joinAtSeconds * track.timescale);
    const prerollFrom = Math.round(this.#prerollFromSeconds * track.timescale);
    const start = Math.round(this.#programmeSeconds * track.timescale);
    if (ticks >= joinAt)
      return start + Math.ceil((joinAt - prerollFrom) / PREROLL_COMPRESSION) + (ticks - joinAt);
    return start + Math.floor((ticks - prerollFrom) / PREROLL_COMPRESSION);
  }

  /** As {@link toProgramme}, but at full length before the joint, too: what is heard there may fill a hole. */
  atFullLength(ticks: number, track: Track): number {
    const joinAt = Math.round(this.#joinAtSeconds * track.timescale);
    return this.toProgramme(joinAt, track) + (ticks - joinAt);
  }

  /** Before the joint: to be decoded, not meant to be seen or heard. */
  isPreroll(ticks: number, track: Track): boolean {
    return ticks < Math.round(this.#joinAtSeconds * track.timescale);
  }
}
