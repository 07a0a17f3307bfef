// Where decoding can begin within one stream of pictures: what is good enough depends on what else there is.

import type { AccessUnit } from "./track.ts";

/** One recovery point without anything better may be a hint too many; the second one shows what the encoder does. */
const RECOVERY_POINTS = 2;

export class JoinPoints {
  #recoveryPoints = 0;

  /** Nothing but recovery points came lately: there is no picture that decoding can begin with and be right. */
  get areMissing(): boolean {
    return this.#recoveryPoints >= RECOVERY_POINTS;
  }

  /** The next picture, in decoding order. True when whoever has nothing yet begins here. */
  push({ isSync, hints }: Pick<AccessUnit, "isSync" | "hints">): boolean {
    if (isSync) this.#recoveryPoints = 0;
    else if (hints?.isRecoveryPoint === true) this.#recoveryPoints += 1;
    else return false;
    return isSync || this.areMissing;
  }

  /** Another encoder, or another time of it. */
  reset(): void {
    this.#recoveryPoints = 0;
  }
}
