// Keeps the picture of a live broadcast as far behind live as it should be, by its speed: unless its viewer has gone elsewhere,
// or chose a speed.

import { catchUpRate, type LiveDistance } from "./catch-up.ts";
import { aheadSeconds, type Ranges } from "./media-times.ts";

/** A viewer who is so much further behind than need be has left the live edge, by will or by a stall. */
export const SLACK_SECONDS = 6;

/** Further back than this nobody but the viewer goes. */
const LEAST_STEP_BACK_SECONDS = 1;

export type DistanceFromLive = Pick<LiveDistance, "behindSeconds" | "wantedSeconds">;

/** What of a video element it needs. */
interface PacedVideo {
  readonly currentTime: number;
  playbackRate: number;
  readonly buffered: Ranges;
  addEventListener(type: string, listener: () => void): void;
}

export class LivePace {
  readonly #video: PacedVideo;
  readonly #distance: () => DistanceFromLive | null;
  #chosenRate = 1;
  /** Whether the speed is another than usual, and not by the viewer's choice. */
  #isOurs = false;
  /** By a pause, or by seeking. */
  #hasLeftByWill = false;
  #lastSeconds = 0;

  /** `distance`: null while nothing live plays, and where the browser keeps its own pace. */
  constructor(video: PacedVideo, distance: () => DistanceFromLive | null) {
    this.#video = video;
    this.#distance = distance;
    video.addEventListener("pause", () => {
      this.#hasLeftByWill = true;
    });
    video.addEventListener("seeking", () => {
      if (video.currentTime < this.#lastSeconds - LEAST_STEP_BACK_SECONDS) this.#hasLeftByWill = true;
    });
  }

  /** `rate`: 1 is as it was recorded, and leaves the speed to us. */
  choose(rate: number): void {
    this.#chosenRate = rate;
    this.#isOurs = false;
  }

  get chosenRate(): number {
    return this.#chosenRate;
  }

  /** To be called several times a second. */
  keep(): void {
    const video = this.#video;
    this.#lastSeconds = video.currentTime;
    const distance = this.#distance();
    if (distance === null) {
      if (this.#isOurs) this.#play(1);
      return;
    }
    const excess = distance.behindSeconds - distance.wantedSeconds;
    if (excess <= SLACK_SECONDS) this.#hasLeftByWill = false;
    if (this.#chosenRate > 1 && excess <= 0) this.#chosenRate = 1; // There is nothing more to be faster to.
    if (this.#chosenRate !== 1) return;
    this.#play(
      this.#hasLeftByWill
        ? 1
        : catchUpRate({ ...distance, aheadSeconds: aheadSeconds(video) }, video.playbackRate),
    );
  }

  #play(rate: number): void {
    this.#isOurs = rate !== 1;
    if (this.#video.playbackRate !== rate) this.#video.playbackRate = rate;
  }
}
