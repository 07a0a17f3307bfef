// What is known of an encoder beside its units, read whenever it is needed.

export interface EncoderPace {
  /** Distance of its last two video key frames, null before the second. */
  readonly keyFrameIntervalSeconds: number | null;
  /** None of its pictures lately was one that decoding can begin with. */
  readonly areJoinPointsMissing: boolean;
  /** The rate of its newest pictures by its own timestamps, null before the second. */
  readonly frameRate: number | null;
}
