// A programme that only remembers what it was given, in the order it was given.

import type { EncoderPace } from "#media/track/encoder-pace.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import type { ProgrammeInput } from "#server/switching/programme-input.ts";

/** What is only decoded, for the pictures after it, lasts a fraction of a millisecond. */
const SEEN_TICKS = 900;

export class RecordedProgramme implements ProgrammeInput {
  readonly events: string[] = [];
  readonly units: AccessUnit[] = [];
  readonly encoders: EncoderPace[] = [];

  setTracks(tracks: readonly Track[], discontinuity: boolean): void {
    this.events.push(
      `tracks ${tracks.map((track) => track.kind).join("+")}${discontinuity ? " discontinuity" : ""}`,
    );
  }

  discontinuity(): void {
    this.events.push("discontinuity");
  }

  push(unit: AccessUnit): void {
    this.units.push(unit);
  }

  follow(encoder: EncoderPace): void {
    this.encoders.push(encoder);
  }

  flush(): void {
    this.events.push("flush");
  }

  get pictures(): AccessUnit[] {
    return this.units.filter((unit) => unit.trackId === 1);
  }

  get sounds(): AccessUnit[] {
    return this.units.filter((unit) => unit.trackId === 2);
  }

  /** Decoding times of the pictures. */
  videoSeconds(): number[] {
    return this.pictures.map((unit) => unit.dts / 90_000);
  }

  /** The mark of the encoder that each picture came from. */
  marks(): number[] {
    return this.pictures.map((unit) => unit.data[8] ?? 0);
  }

  /** Of each picture of a fake encoder that is there to be seen, which one of the encoder's clock it is. */
  seenNumbers(): number[] {
    const { pictures } = this;
    const isSeen = ({ dts }: AccessUnit, index: number): boolean =>
      (pictures[index + 1]?.dts ?? dts + SEEN_TICKS) - dts >= SEEN_TICKS;
    return pictures
      .filter(isSeen)
      .map(({ data }) => new DataView(data.buffer, data.byteOffset).getUint32(12));
  }

  /** The longest time from one picture to the next. */
  longestStepSeconds(): number {
    return longestStep(this.videoSeconds());
  }

  /** The longest time in which no sound begins, of all that was heard. */
  longestSilenceSeconds(): number {
    return longestStep(this.sounds.map(({ dts }) => dts / 48_000));
  }
}

function longestStep(seconds: readonly number[]): number {
  return Math.max(...seconds.map((second, index) => second - (seconds[index - 1] ?? second)));
}
