// A programme that only remembers what it was given, in the order it was given.

import type { AccessUnit, Track } from "#media/track/track.ts";
import type { ProgrammeInput } from "#server/switching/programme-input.ts";

export class RecordedProgramme implements ProgrammeInput {
  readonly events: string[] = [];
  readonly units: AccessUnit[] = [];

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

  follow(): void {}

  flush(): void {
    this.events.push("flush");
  }

  /** Decoding times of the pictures. */
  videoSeconds(): number[] {
    return this.units.filter((unit) => unit.trackId === 1).map((unit) => unit.dts / 90_000);
  }

  /** The mark of the encoder that each picture came from. */
  marks(): number[] {
    return this.units.filter((unit) => unit.trackId === 1).map((unit) => unit.data[8] ?? 0);
  }
}
