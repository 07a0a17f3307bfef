import { expect, test } from "bun:test";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Cut } from "#media/hls/segment.ts";
import { type AppendFiles, openAppendFiles } from "#server/recording/append-files.ts";
import { FreeSpace } from "#server/recording/free-space.ts";
import { HeldBytes } from "#server/recording/held-bytes.ts";
import { parseJournal, type RecordedGap } from "#server/recording/journal.ts";
import { isInMemory } from "#server/recording/piece.ts";
import { ResumableRecorder } from "#server/recording/resumable-recorder.ts";
import { Openings } from "#test/support/openings.ts";
import { bytesOf, LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";
import { videoTrack } from "#test/support/tracks.ts";
import { until } from "#test/support/until.ts";

const ENOUGH = 1_000_000_000;

/** A recording on a disk whose room the test sets; the rest is real. */
class Disk implements AsyncDisposable {
  readonly folder = new RecordingFolder();
  readonly told: (string | RecordedGap)[] = [];
  freeBytes = ENOUGH;
  /** The code of each write's error; null: they succeed. */
  failsWith: string | null = null;
  readonly freeSpace = new FreeSpace({ minBytes: 1000, freeBytes: async () => this.freeBytes });
  readonly recorder: ResumableRecorder;
  readonly #openings = new Openings();

  constructor({ isShort = false } = {}) {
    if (isShort) this.freeSpace.ranOut("there was no room at the start");
    this.recorder = new ResumableRecorder({
      openFiles: () => this.#openings.lend(() => this.#open()),
      repair: () => this.folder.recordings.repair(LIVESTREAM_ID),
      held: new HeldBytes(this.folder.mediaFile),
      freeSpace: this.freeSpace,
      reports: {
        stopped: (reason) => this.told.push(reason),
        resumed: (gap) => this.told.push(gap),
      },
    });
  }

  write(cuts: readonly Cut[]): void {
    for (const cut of cuts) this.recorder.write(cut);
  }

  async runShort(): Promise<void> {
    this.freeBytes = 999;
    await this.freeSpace.look();
  }

  /** Resolves once the recorder would go on with a segment. */
  async haveRoom(): Promise<void> {
    const { next } = this.#openings;
    const wasShort = this.freeSpace.shortage !== null;
    this.freeBytes = ENOUGH;
    await this.freeSpace.look();
    if (wasShort) await next;
  }

  /** As a disk does that is full: what still fits is written. */
  #open(): AppendFiles {
    mkdirSync(dirname(this.folder.mediaFile), { recursive: true });
    const files = openAppendFiles({ media: this.folder.mediaFile, journal: this.folder.journalFile });
    const append: AppendFiles["append"] = async (file, chunks) => {
      const { failsWith } = this;
      if (failsWith === null) return files.append(file, chunks);
      await files.append(file, [Buffer.concat(chunks).subarray(0, 10)]);
      throw Object.assign(new Error(`${failsWith}: no`), { code: failsWith });
    };
    return { ...files, append };
  }

  async entries() {
    return (await parseJournal((await this.folder.read()).journal)).entries;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.recorder.end();
    await this.folder[Symbol.asyncDispose]();
  }
}

/** The cuts of each segment of 2 s, the first with the initialization before it. */
function bySegment(cuts: readonly Cut[]): Cut[][] {
  const segments: Cut[][] = [[]];
  for (const cut of cuts) {
    segments.at(-1)?.push(cut);
    if (cut.type === "segment") segments.push([]);
  }
  return segments.slice(0, -1);
}

test("short of room it stops within the segment, keeps every part so far, and goes on with the next segment behind a stated gap", async () => {
  await using disk = new Disk();
  const [first = [], second = [], third = [], fourth = [], fifth = []] = bySegment(
    programmeCuts({ seconds: 10 }),
  );
  disk.write(first);
  // The segment's beginning and two of its five parts.
  disk.write(second.slice(0, 3));
  await disk.runShort();
  disk.write([...second.slice(3), ...third.slice(0, 2)]);
  await disk.haveRoom();
  disk.write([...third.slice(2), ...fourth, ...fifth]);
  await disk.recorder.end();

  const reason = "the disk has 0.0 MB left, less than the 0.0 MB that are to stay free";
  expect(disk.told).toEqual([reason, { reason, seconds: expect.closeTo(3.2, 6) }]);
  const recording = await disk.folder.recordings.repair(LIVESTREAM_ID);
  expect(
    recording?.segments.map(({ msn, discontinuity, partCount }) => [msn, discontinuity, partCount]),
  ).toEqual([
    [0, false, 5],
    [1, false, 2],
    [3, true, 5],
    [4, false, 5],
  ]);
  const starts = (await disk.entries()).filter((entry) => entry.type === "segment-start");
  expect(starts.map(({ gap }) => gap)).toEqual([undefined, undefined, disk.told[1], undefined] as never);
  const { media } = await disk.folder.read();
  const kept = [...first, ...second.slice(0, 3), ...fourth, ...fifth];
  expect(Buffer.compare(media, bytesOf(kept))).toBe(0);
  // What the file had before is not written twice.
  expect((await disk.entries()).filter(({ type }) => type === "initialization")).toHaveLength(1);
});

test("what is cut meanwhile is in memory for as long as it is needed, and never looked for in the file", async () => {
  await using disk = new Disk();
  const [first = [], second = [], third = []] = bySegment(programmeCuts({ seconds: 6 }));
  disk.write(first);
  await disk.runShort();
  disk.write(second);
  await disk.haveRoom();
  disk.write(third);
  await disk.recorder.end();
  const { held } = disk.recorder;
  const inMemory = [0, 1, 2].map((msn) => held.segment("v0-360", msn)?.map(isInMemory));
  expect(inMemory[0]).toEqual([false]);
  expect(inMemory[1]).toEqual([true, true, true, true, true]);
  expect(inMemory[2]).toEqual([false]);
  const last = (await disk.folder.recordings.repair(LIVESTREAM_ID))?.segments.at(-1);
  expect(held.segment("v0-360", 2)).toEqual([
    { file: disk.folder.mediaFile, offset: last?.offset ?? -1, byteLength: last?.byteLength ?? -1 },
  ]);
});

test("an initialization of the time between is written before what needs it", async () => {
  await using disk = new Disk();
  disk.write(programmeCuts({ seconds: 2 }));
  await disk.runShort();
  const resume = {
    nextMsn: 1,
    nextInitializationId: 1,
    targetDurationSeconds: 2,
    renditionNames: ["v0-360"] as const,
  };
  const [second = [], third = []] = bySegment(
    programmeCuts({ seconds: 4, fromSeconds: 2, tracks: [videoTrack], resume }),
  );
  disk.write(second);
  await disk.haveRoom();
  disk.write(third);
  await disk.recorder.end();
  const recording = await disk.folder.recordings.repair(LIVESTREAM_ID);
  expect(recording?.segments.map(({ msn, initializationId }) => [msn, initializationId])).toEqual([
    [0, 0],
    [2, 1],
  ]);
  expect(recording?.tracks.map(({ kind }) => kind)).toEqual(["video"]);
});

test("without room at the beginning nothing is written, and with room everything from the next segment on", async () => {
  await using disk = new Disk({ isShort: true });
  const [first = [], second = []] = bySegment(programmeCuts({ seconds: 4 }));
  disk.write(first);
  expect(await disk.folder.recordings.repair(LIVESTREAM_ID)).toBeNull();
  await disk.haveRoom();
  disk.write(second);
  await disk.recorder.end();
  expect(disk.told).toEqual([
    "there was no room at the start",
    { reason: "there was no room at the start", seconds: 2 },
  ]);
  const recording = await disk.folder.recordings.repair(LIVESTREAM_ID);
  expect(recording?.segments.map(({ msn, discontinuity }) => [msn, discontinuity])).toEqual([[1, true]]);
});

test("room that comes and goes between two segments is not told, and nothing is torn", async () => {
  await using disk = new Disk();
  const [first = [], second = [], third = []] = bySegment(programmeCuts({ seconds: 6 }));
  disk.write(first);
  await disk.runShort();
  await disk.haveRoom();
  await disk.runShort();
  disk.write(second);
  await disk.haveRoom();
  await disk.haveRoom();
  disk.write(third);
  await disk.recorder.end();
  expect(disk.told).toHaveLength(2);
  expect(disk.told[1]).toMatchObject({ seconds: 2 });
  expect((await disk.folder.recordings.repair(LIVESTREAM_ID))?.segments.map(({ msn }) => msn)).toEqual([
    0, 2,
  ]);
});

test("a write that finds the disk full is a reason to wait for room for all recordings, another failure is the end of one", async () => {
  for (const [code, goesOn] of [
    ["ENOSPC", true],
    ["EIO", false],
  ] as const) {
    await using disk = new Disk();
    const [first = [], second = [], third = []] = bySegment(programmeCuts({ seconds: 6 }));
    disk.write(first);
    await until("its bytes on the disk", () =>
      disk.recorder.held.segment("v0-360", 0)?.every((piece) => !isInMemory(piece)),
    );
    disk.failsWith = code;
    disk.write(second);
    await until("the stop", () => disk.told.length > 0);
    expect(disk.told).toEqual([expect.stringContaining(code)]);
    expect(disk.freeSpace.shortage === null).toBe(!goesOn);
    disk.failsWith = null;
    await disk.haveRoom();
    disk.write(third);
    await disk.recorder.end();
    expect(disk.told).toHaveLength(goesOn ? 2 : 1);
    const msns = (await disk.folder.recordings.repair(LIVESTREAM_ID))?.segments.map(({ msn }) => msn);
    expect(msns).toEqual(goesOn ? [0, 2] : [0]);
    // Other bytes are now where these were to be.
    expect(disk.recorder.held.segment("v0-360", 1)?.every(isInMemory)).toBe(true);
  }
});
