import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { appendFile, readFile, rm, truncate } from "node:fs/promises";
import { dirname, join } from "node:path";
import { readFragment } from "#media/fmp4/fragment-reader.ts";
import { openDescriptors } from "#server/common/descriptor-count.ts";
import { type Footage, footageFacts, footageSeconds } from "#server/recording/footage.ts";
import { Footages, type Played, type StoredClip } from "#server/recording/footages.ts";
import { gatherPieces } from "#server/recording/piece.ts";
import { readRecording } from "#server/recording/recording.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";
import { audioTrack } from "#test/support/tracks.ts";

const CLIP_ID = "0190b8e8-0000-7000-8000-00000000000c";
const WHOLE: Played = { id: "m", recordingId: LIVESTREAM_ID, cut: null };
const never = new AbortController().signal;

let folder: RecordingFolder;
let footages: Footages;

/** Ten seconds, 25 pictures a second, a key frame every two; segments of two, parts of 0.4 s. */
beforeEach(async () => {
  folder = new RecordingFolder();
  footages = new Footages(folder.recordings);
  await folder.record(programmeCuts({ seconds: 10 }));
});

afterEach(() => folder[Symbol.asyncDispose]());

async function footageOf(played: Played): Promise<Footage> {
  const footage = await footages.of(played);
  if (footage === null) throw new Error("nothing there");
  return footage;
}

async function cut(
  startSeconds: number,
  endSeconds: number,
  { id = CLIP_ID, of = WHOLE, isCopy = false } = {},
): Promise<StoredClip & Played> {
  const footage = await footageOf(of);
  const plan = await footages.plan(footage, { startSeconds, endSeconds });
  const { recordingId } = of;
  return { ...(await footages.store(id, { plan, footage, recordingId, isCopy }, never)), id };
}

/** Decoding times of its pictures, from the beginning of the recording. */
async function pictures(footage: Footage): Promise<number[]> {
  const seconds: number[] = [];
  for (const { pieces, partCount, byteLength } of footage.segments) {
    const bytes = await (await gatherPieces(pieces)).bytes();
    expect(bytes.byteLength).toBe(byteLength);
    let parts = 0;
    for (let at = 0; at < bytes.byteLength; parts += 1) {
      const fragment = readFragment(bytes, at);
      const run = fragment?.runs.find(({ trackId }) => trackId === 1);
      seconds.push(...(run?.samples ?? []).map(({ dts }) => dts / 90_000));
      at += fragment?.byteLength ?? bytes.byteLength;
    }
    expect(parts).toBe(partCount);
  }
  return seconds;
}

function frames(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => (from + index) / 25);
}

function ownFile(id = CLIP_ID): string {
  return join(folder.folder, id, "media.mp4");
}

describe("a clip by reference", () => {
  test("is from the key frame at or before its start to the nearest picture's end", async () => {
    const clip = await cut(4.7, 7.295);
    expect(clip).toMatchObject({ startSeconds: 4, endSeconds: 7.28, recordingId: LIVESTREAM_ID });
    const footage = await footageOf(clip);
    expect(await pictures(footage)).toEqual(frames(100, 182));
    expect(clip.facts).toEqual(footageFacts(footage));
    expect(clip.facts.durationSeconds).toBeCloseTo(3.28, 9);
    expect(clip.facts).toMatchObject({ width: 640, height: 360, videoCodec: "avc1.42c01e" });
    expect(footage.segments[0]).toMatchObject({ msn: 2, discontinuity: false, independent: true });
  });

  test("has no bytes of its own where it begins and ends with fragments", async () => {
    const clip = await cut(2, 6.4);
    expect(readdirSync(dirname(ownFile()))).toEqual([]);
    expect(await pictures(await footageOf(clip))).toEqual(frames(50, 160));
  });

  test("has one fragment of its own at an end within one, in a recording that is whole", async () => {
    const clip = await cut(2, 6.5);
    const own = await readRecording(folder.recordings.paths(CLIP_ID));
    expect(own?.segments.map(({ partCount }) => partCount)).toEqual([1]);
    const { media } = await folder.read();
    expect((await readFile(ownFile())).byteLength).toBeLessThan(media.byteLength / 20);
    const last = (await footageOf(clip)).segments.at(-1);
    expect(last?.pieces.map(({ file }) => file)).toEqual([folder.mediaFile, ownFile()]);
  });

  test.each([
    [0, 10, 0, 250],
    [0, 0.001, 0, 1],
    [3.99, 4.001, 50, 100],
    [4, 4.001, 100, 101],
    [4, 6.001, 100, 150],
    [9.99, 10, 200, 250],
  ])("from %p s to %p s has pictures %p to %p", async (start, end, from, to) => {
    const clip = await cut(start, end);
    expect(await pictures(await footageOf(clip))).toEqual(frames(from, to));
    expect(clip.facts.durationSeconds).toBeCloseTo((to - from) / 25, 9);
  });

  test("of a clip refers to the recording, and has what the first one had of its own", async () => {
    const outer = await cut(2, 6.5);
    const inner = await cut(2.5, outer.facts.durationSeconds, { id: "inner", of: outer });
    expect(inner).toMatchObject({ startSeconds: 2, recordingId: LIVESTREAM_ID });
    await folder.recordings.remove(CLIP_ID);
    expect(await pictures(await footageOf(inner))).toEqual(frames(100, 162));
  });

  test("goes across a change of tracks, with both initializations", async () => {
    const recording = await folder.recordings.repair(LIVESTREAM_ID);
    if (recording === null) throw new Error("nothing recorded");
    const more = { seconds: 4, fromSeconds: 10, resume: recording, discontinuity: true };
    await folder.record(programmeCuts(more));
    footages = new Footages(new Recordings(folder.folder));
    const clip = await cut(9, 11);
    const footage = await footageOf(clip);
    expect(footage.initializations.map(({ id }) => id)).toEqual([0, 1]);
    expect(footage.segments.map(({ discontinuity }) => discontinuity)).toEqual([false, true]);
    expect(await pictures(footage)).toEqual(frames(200, 275));
    const behind = await footageOf(await cut(10.5, 11, { id: "behind" }));
    expect(behind.initializations.map(({ id }) => id)).toEqual([1]);
    expect(behind.segments.map(({ discontinuity }) => discontinuity)).toEqual([false]);
  });

  test("is not there where its recording is not", async () => {
    const clip = await cut(2, 6.5);
    await folder.recordings.remove(LIVESTREAM_ID);
    footages = new Footages(folder.recordings);
    expect(await footages.of(clip)).toBeNull();
    await folder.record(programmeCuts({ seconds: 10 }));
    expect(await pictures(await footageOf(clip))).toEqual(frames(50, 162));
  });

  test("begins with a key frame also within what is not said to begin with one", async () => {
    const footage = await footageOf(WHOLE);
    const segments = footage.segments.map((segment) => ({ ...segment, independent: false }));
    const plan = await footages.plan({ ...footage, segments }, { startSeconds: 4.7, endSeconds: 5 });
    expect(plan.startSeconds).toBeCloseTo(4, 9);
  });
});

describe("a copy", () => {
  test("is a recording of its own, with the same samples and sound checksums", async () => {
    const reference = await footageOf(await cut(4.7, 7.295));
    const copy = await cut(4.7, 7.295, { id: "copy", isCopy: true });
    expect(copy).toMatchObject({ recordingId: "copy", cut: null });
    await folder.recordings.remove(LIVESTREAM_ID);
    const { media } = await folder.read().catch(() => ({ media: null }));
    expect(media).toBeNull();
    const footage = await footageOf(copy);
    expect(await pictures(footage)).toEqual(frames(100, 182));
    expect(footageFacts(footage)).toEqual(footageFacts(reference));
    expect(footage.targetDurationSeconds).toBe(reference.targetDurationSeconds);
    // A repair reads every byte of the last parts, and finds nothing to cut off.
    const repaired = await folder.recordings.repair("copy");
    expect(repaired?.segments).toHaveLength(footage.segments.length);
  });

  test("stops where it is aborted", async () => {
    const footage = await footageOf(WHOLE);
    const plan = await footages.plan(footage, { startSeconds: 0, endSeconds: 10 });
    const job = { plan, footage, recordingId: LIVESTREAM_ID, isCopy: true };
    await expect(footages.store("copy", job, AbortSignal.abort(new Error("the end")))).rejects.toThrow(
      "the end",
    );
  });
});

test("a copy that the disk has no room for is refused", async () => {
  const footage = await footageOf(WHOLE);
  const plan = await footages.plan(footage, { startSeconds: 0, endSeconds: 10 });
  const segments = plan.segments.map((segment) => ({ ...segment, byteLength: 1e18 }));
  const job = { plan: { ...plan, segments }, footage, recordingId: LIVESTREAM_ID, isCopy: true };
  await expect(footages.store("copy", job, never)).rejects.toMatchObject({ code: "disk_full" });
  expect(existsSync(join(folder.folder, "copy"))).toBe(false);
});

test("clips leave no file open", async () => {
  await cut(2, 6.5);
  const before = openDescriptors();
  for (let count = 0; count < 5; count += 1)
    await cut(2, 6.5, { id: `copy ${count}`, isCopy: count % 2 === 0 });
  expect(openDescriptors()).toBe(before);
});

describe("of what is being recorded", () => {
  test("the open segment is as long as its whole parts, and the clip stays as it is while it goes on", async () => {
    // The last segment has no end in the journal, and a torn part behind it.
    const { journal, media } = await folder.read();
    const lines = journal.trimEnd().split("\n");
    await folder.write({ media, journal: `${lines.slice(0, -1).join("\n")}\n` });
    await truncate(folder.mediaFile, media.byteLength - 10);
    const footage = await footages.soFar(LIVESTREAM_ID);
    if (footage === null) throw new Error("nothing recorded");
    expect(footageSeconds(footage)).toBeCloseTo(9.6, 6);
    const plan = await footages.plan(footage, { startSeconds: 7, endSeconds: 9.5 });
    const stored = await footages.store(
      CLIP_ID,
      { plan, footage, recordingId: LIVESTREAM_ID, isCopy: false },
      never,
    );
    const clip = { ...stored, id: CLIP_ID };
    expect(await pictures(await footageOf(clip))).toEqual(frames(150, 237));
    await folder.write({ media, journal });
    footages = new Footages(folder.recordings);
    expect(await pictures(await footageOf(clip))).toEqual(frames(150, 237));
  });

  test("what is read is not repaired", async () => {
    await appendFile(folder.journalFile, "torn");
    const before = await folder.read();
    await footages.soFar(LIVESTREAM_ID);
    expect(await folder.read()).toEqual(before);
  });

  test("nothing is there before the first part", async () => {
    expect(await footages.soFar("unknown")).toBeNull();
    await folder.write({ media: new Uint8Array(), journal: "" });
    expect(await footages.soFar(LIVESTREAM_ID)).toBeNull();
  });
});

test("a clip begins with a picture, and one of sound alone does not", async () => {
  const clip = await cut(4.7, 7.295);
  expect(await footages.firstPicture(clip)).toMatchObject({ height: 360, data: new Uint8Array(100).fill(1) });
  await rm(folder.folder, { recursive: true });
  await folder.record(programmeCuts({ seconds: 10, tracks: [audioTrack] }));
  footages = new Footages(new Recordings(folder.folder));
  const sound = await cut(3.33, 5);
  expect(await footages.firstPicture(sound)).toBeNull();
  expect(sound.startSeconds).toBeWithin(3.3, 3.33);
  expect(sound.endSeconds).toBeWithin(4.98, 5.02);
  const [first] = (await footageOf(sound)).segments;
  const dateMs = Date.UTC(2026, 10, 24, 12) + sound.startSeconds * 1000;
  expect(Math.abs((first?.programDateTimeMs ?? 0) - dateMs)).toBeLessThan(2);
});
