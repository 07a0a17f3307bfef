import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Cut } from "#media/hls/segment.ts";
import { createLog } from "#server/common/log.ts";
import { Footages, type Played } from "#server/recording/footages.ts";
import { gatherPieces } from "#server/recording/piece.ts";
import { readJournal } from "#server/recording/recording.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { StoredRecordings } from "#server/recording/stored-recordings.ts";
import { verifyRecording } from "#server/recording/verify-recording.ts";
import { ObjectStoreTroubleError } from "#server/store/object-store.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeObjectStore } from "#test/support/fake-object-store.ts";
import {
  LIVESTREAM_ID as ID,
  noReports,
  programmeCuts,
  RecordingFolder,
} from "#test/support/recording-folder.ts";
import { until } from "#test/support/until.ts";

const log = createLog({ level: "error", write: () => undefined, clock: new FakeClock() });
const SIGNAL = new AbortController().signal;

/** A broadcast of six segments whose disk goes. */
class LostDisk implements AsyncDisposable {
  readonly disk = new RecordingFolder();
  readonly store = new FakeObjectStore();
  readonly recordings: Recordings;
  readonly folder = join(this.disk.folder, ID);

  constructor() {
    const stored = new StoredRecordings({ store: this.store, delay: () => Bun.sleep(1), log });
    this.recordings = new Recordings(this.disk.folder, undefined, undefined, stored);
  }

  /** Recorded and uploaded; resolves to what the disk has then. */
  async broadcast(cuts: Iterable<Cut>): Promise<{ media: Uint8Array; journal: string }> {
    const recorder = this.recordings.record(ID, await this.recordings.repair(ID), noReports);
    let segments = 0;
    for (const cut of cuts) {
      recorder.write(cut);
      if (cut.type === "segment") segments += 1;
    }
    const before = this.segmentCount;
    await until(
      "the segments",
      () => this.segmentCount - before >= segments || this.segmentCount >= segments,
    );
    await recorder.end();
    return this.disk.read();
  }

  async lose(): Promise<void> {
    await rm(this.folder, { recursive: true });
  }

  get segmentCount(): number {
    return this.store.keys.filter((key) => key.endsWith(".m4s")).length;
  }

  /** Of the recording as it is on the disk. */
  async findings(): Promise<readonly string[]> {
    const all = await Array.fromAsync(verifyRecording(this.recordings.paths(ID), { isGrowing: false }));
    return all.map(({ what }) => what);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disk[Symbol.asyncDispose]();
  }
}

const ALL = programmeCuts({ seconds: 12 });

test("what the disk has lost is put together from its segments: the same two files", async () => {
  await using lost = new LostDisk();
  const before = await lost.broadcast(ALL);
  await lost.lose();
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toBe(
    "The disk had nothing of it: it is put together from the 6 segments that the object store had; what came behind " +
      "them and was not uploaded is missing.",
  );
  expect(await lost.disk.read()).toEqual(before);
  expect(await lost.findings()).toEqual([]);
  expect(await lost.recordings.finished(ID)).toMatchObject({ durationSeconds: 12 });
});

test("where the disk has all of it, or the store nothing, nothing is done", async () => {
  await using lost = new LostDisk();
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toBeNull();
  const before = await lost.broadcast(ALL);
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toBeNull();
  expect(await lost.disk.read()).toEqual(before);
  for (const key of lost.store.keys) await lost.store.remove(key);
  await lost.lose();
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toBeNull();
  expect(existsSync(lost.folder)).toBe(false);
});

test("a segment that is damaged, or not there, is missing, and it is said how much and where", async () => {
  await using lost = new LostDisk();
  await lost.broadcast(ALL);
  await lost.lose();
  const key = `${ID}/0-2.m4s`;
  const { bytes, facts } = lost.store.objects.get(key) ?? { bytes: new Uint8Array(0), facts: null };
  const damaged = bytes.slice();
  damaged[1000] = (damaged[1000] ?? 0) ^ 1;
  await lost.store.put(key, damaged, "", facts ?? "");
  await lost.store.remove(`${ID}/0-4.m4s`);
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toContain(
    "the 4 segments that the object store had; what came behind them and was not uploaded is missing; " +
      "2.0 s are missing at 4.0 s, 2.0 s are missing at 6.0 s.",
  );
  const found = await readJournal(lost.recordings.paths(ID));
  expect(found?.listed.segments.map(({ msn, discontinuity }) => [msn, discontinuity])).toEqual([
    [0, false],
    [1, false],
    [3, true],
    [5, true],
  ]);
  expect(found?.listed.segments[2]?.gap).toEqual({
    reason: "the disk was lost, and the object store does not have it",
    seconds: 2,
  });
  expect(await lost.findings()).toEqual([]);
});

test("without its initialization a segment is nothing", async () => {
  await using lost = new LostDisk();
  await lost.broadcast(ALL);
  await lost.lose();
  await lost.store.remove(`${ID}/0-init-0.mp4`);
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toBeNull();
  expect(existsSync(lost.folder)).toBe(false);
});

test("an object under the name of another is not taken for it", async () => {
  await using lost = new LostDisk();
  await lost.broadcast(ALL);
  await lost.lose();
  const other = lost.store.objects.get(`${ID}/0-1.m4s`);
  await lost.store.put(`${ID}/0-3.m4s`, other?.bytes ?? new Uint8Array(0), "", other?.facts ?? "");
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toContain("the 5 segments");
});

/** The broadcast went on after the loss, under later numbers and with times from the beginning. */
const LATER = programmeCuts({
  seconds: 4,
  resume: { nextMsn: 1000, nextInitializationId: 1000, targetDurationSeconds: 3, renditionNames: [] },
});

test("what was recorded after the loss goes behind it, and who reads it by its old places is told before", async () => {
  await using lost = new LostDisk();
  await lost.broadcast(ALL);
  await lost.lose();
  await lost.broadcast(LATER);
  const moves: boolean[] = [];
  const message = await lost.recordings.rebuild(ID, SIGNAL, async () => {
    moves.push(existsSync(lost.disk.mediaFile));
  });
  expect(message).toContain(
    "The disk had nothing of its first 12.0 s: it is put together from the 6 segments",
  );
  expect(message).toContain("0.0 s are missing at 12.0 s");
  expect(moves).toEqual([true]);
  const recording = await lost.recordings.finished(ID);
  expect(recording?.segments.map(({ msn, discontinuity }) => [msn, discontinuity])).toEqual([
    ...[0, 1, 2, 3, 4, 5].map((msn) => [msn, false]),
    [1000, true],
    [1001, false],
  ]);
  expect(recording).toMatchObject({ durationSeconds: 16, targetDurationSeconds: 3 });
  expect(await lost.findings()).toEqual([]);
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toBeNull();
});

test("one that fails on its way leaves what is there, and is done the next time", async () => {
  await using lost = new LostDisk();
  await lost.broadcast(ALL);
  await lost.lose();
  const before = await lost.broadcast(LATER);
  const { readWhole } = lost.store;
  const isAway = new ObjectStoreTroubleError("OBJECT_STORE_AWAY", "it is away");
  lost.store.readWhole = async (key) => {
    if (key.endsWith("0-4.m4s")) throw isAway;
    return readWhole.call(lost.store, key);
  };
  await expect(lost.recordings.rebuild(ID, SIGNAL)).rejects.toThrow("it is away");
  expect(await lost.disk.read()).toEqual(before);
  lost.store.readWhole = readWhole;
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toContain("the 6 segments");
});

test("a process that ended while it took its place has lost nothing", async () => {
  await using lost = new LostDisk();
  await lost.broadcast(ALL);
  await lost.lose();
  await lost.broadcast(LATER);
  await rename(lost.folder, `${lost.folder}.before`);
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toContain("nothing of its first 12.0 s");
  expect(await lost.recordings.finished(ID)).toMatchObject({ durationSeconds: 16 });
  expect(existsSync(`${lost.folder}.before`)).toBe(false);
});

test("what the disk has is not touched where nothing of what was before can be used", async () => {
  await using lost = new LostDisk();
  await lost.broadcast(ALL);
  await lost.lose();
  const before = await lost.broadcast(LATER);
  await lost.store.remove(`${ID}/0-init-0.mp4`);
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toBeNull();
  expect(await lost.disk.read()).toEqual(before);
  expect(existsSync(`${lost.folder}.rebuilt`)).toBe(false);
});

test("where the beginning is missing that is said", async () => {
  await using lost = new LostDisk();
  const later = programmeCuts({
    seconds: 6,
    resume: { nextMsn: 1, nextInitializationId: 0, targetDurationSeconds: 2, renditionNames: [] },
  });
  await lost.broadcast(later);
  await lost.lose();
  await lost.store.remove(`${ID}/0-1.m4s`);
  expect(await lost.recordings.rebuild(ID, SIGNAL)).toContain(
    "the 2 segments that the object store had; its beginning is missing",
  );
  expect(await lost.findings()).toEqual([]);
});

test("a clip by reference plays what is where it was, and of a recording that moved nothing", async () => {
  await using lost = new LostDisk();
  await lost.broadcast(ALL);
  const footages = new Footages(lost.recordings);
  const of = { id: "m", recordingId: ID, cut: null };
  const footage = await footages.of(of);
  if (footage === null) throw new Error("nothing was recorded");
  const clipOf = async (id: string, startSeconds: number, endSeconds: number): Promise<Played> => {
    const plan = await footages.plan(footage, { startSeconds, endSeconds });
    const stored = await footages.store(id, { plan, footage, recordingId: ID, isCopy: false }, SIGNAL);
    return { ...stored, id };
  };
  const early = await clipOf("early", 0, 4);
  const late = await clipOf("late", 7, 10);
  const before = await gatherPieces(
    (await footages.of(early))?.segments.flatMap(({ pieces }) => pieces) ?? [],
  );
  await lost.lose();
  await lost.store.remove(`${ID}/0-2.m4s`);
  await lost.recordings.rebuild(ID, SIGNAL);
  footages.forget();
  const after = await gatherPieces(
    (await footages.of(early))?.segments.flatMap(({ pieces }) => pieces) ?? [],
  );
  expect(await after.bytes()).toEqual(await before.bytes());
  expect(after.size).toBeGreaterThan(1000);
  expect(await footages.of(late)).toBeNull();
});
