// A folder of recordings that is gone after the test, and programmes to record into it.

import { mkdtempSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cut } from "#media/hls/segment.ts";
import { Segmenter, type SegmenterResume } from "#media/hls/segmenter.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import { Recordings } from "#server/recording/recordings.ts";
import type { RecordingReports } from "#server/recording/resumable-recorder.ts";
import { audioUnits, interleaved, secondsOf, videoUnits } from "./programme-units.ts";
import { audioTrack, videoTrack } from "./tracks.ts";

export const LIVESTREAM_ID = "0190b8e8-0000-7000-8000-000000000001";

const START_MS = Date.UTC(2026, 10, 24, 12, 0, 0);

/** Of whoever does not care. */
export const noReports: RecordingReports = { stopped: () => undefined, resumed: () => undefined };

export class RecordingFolder {
  readonly folder = mkdtempSync(join(tmpdir(), "tandem-recordings-"));
  recordings = new Recordings(this.folder);

  get mediaFile(): string {
    return join(this.folder, LIVESTREAM_ID, "media.mp4");
  }

  get journalFile(): string {
    return join(this.folder, LIVESTREAM_ID, "journal.ndjson");
  }

  /** Begins or goes on with the recording; throws when it fails. */
  async record(cuts: Iterable<Cut>): Promise<void> {
    const failures: string[] = [];
    const recording = await this.recordings.repair(LIVESTREAM_ID);
    const recorder = this.recordings.record(LIVESTREAM_ID, recording, {
      ...noReports,
      stopped: (message) => failures.push(message),
    });
    for (const cut of cuts) recorder.write(cut);
    await recorder.end();
    if (failures.length > 0) throw new Error(failures.join());
  }

  /** Both files as they are now. */
  async read(): Promise<{ media: Uint8Array; journal: string }> {
    return { media: await readFile(this.mediaFile), journal: await readFile(this.journalFile, "utf8") };
  }

  /** Both files as they might have been. */
  async write({ media, journal }: { media: Uint8Array; journal: string | Uint8Array }): Promise<void> {
    await writeFile(this.mediaFile, media);
    await writeFile(this.journalFile, journal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

export interface ProgrammeOptions {
  readonly seconds: number;
  readonly fromSeconds?: number;
  readonly tracks?: readonly Track[];
  readonly discontinuity?: boolean;
  readonly resume?: SegmenterResume;
  readonly partSeconds?: number;
}

/** What a segmenter makes of pictures and sound: segments of 2 s, parts of 0.4 s where nothing else is said. */
export function programmeCuts({ tracks = [videoTrack, audioTrack], ...options }: ProgrammeOptions): Cut[] {
  const { resume, discontinuity = false, partSeconds = 0.4 } = options;
  const segmenter = new Segmenter({
    segmentTargetSeconds: 2,
    partTargetSeconds: partSeconds,
    ...(resume === undefined ? {} : { resume }),
  });
  const cuts = [...segmenter.setTracks(tracks, discontinuity)];
  for (const unit of programmeUnits({ ...options, tracks })) {
    cuts.push(...segmenter.push(unit, START_MS + secondsOf(unit) * 1000));
  }
  return [...cuts, ...segmenter.end()];
}

/** The bytes that viewers get, in the order they were cut. */
export function bytesOf(cuts: readonly Cut[]): Uint8Array {
  return Buffer.concat(
    cuts.flatMap((cut) => {
      if (cut.type === "initialization") return [cut.initialization.bytes];
      return cut.type === "part" ? [cut.part.bytes] : [];
    }),
  );
}

/** Pictures and sound, in the order of decoding times. */
export function programmeUnits({
  seconds,
  fromSeconds = 0,
  tracks = [videoTrack, audioTrack],
}: Pick<ProgrammeOptions, "seconds" | "fromSeconds" | "tracks">): AccessUnit[] {
  const has = (track: Track): boolean => tracks.some(({ id }) => id === track.id);
  return interleaved(
    has(videoTrack) ? videoUnits({ seconds, fromSeconds }) : [],
    has(audioTrack) ? audioUnits({ seconds, fromSeconds }) : [],
  );
}
