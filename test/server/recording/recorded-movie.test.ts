import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { readFile, rm, truncate, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { Track } from "#media/track/track.ts";
import { streamPieces } from "#server/recording/piece.ts";
import type { RecordedMovie } from "#server/recording/recorded-movie.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { readMovie } from "#test/support/movie-reader.ts";
import { LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

/** What a process that has just started makes of the recording. */
async function movieIn(folder: RecordingFolder): Promise<RecordedMovie> {
  const recordings = new Recordings(folder.folder);
  const recording = await recordings.finished(LIVESTREAM_ID);
  const movie = recording === null ? null : await recordings.movie(recording);
  if (movie === null) throw new Error("there is no movie");
  return movie;
}

async function bytesOf({ pieces }: RecordedMovie): Promise<Blob> {
  return new Blob([await new Response(streamPieces(pieces)).bytes()]);
}

function headerFile(folder: RecordingFolder): string {
  return join(dirname(folder.mediaFile), "download.head");
}

/** The thread that makes it is at work; or has been, before anybody looked. */
async function untilMaking(
  folder: RecordingFolder,
  movie: Promise<unknown>,
): Promise<"too late" | undefined> {
  let isMade = false;
  void movie.then(() => {
    isMade = true;
  });
  while (!existsSync(`${headerFile(folder)}.tables`)) {
    if (isMade) return "too late";
    await setImmediate();
  }
}

test("a recording is a movie of all that was recorded, as long as it says", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 10 }));
  const movie = await movieIn(folder);
  const bytes = await bytesOf(movie);
  expect(movie.byteLength).toBe(bytes.size);
  const { video, audio, durationSeconds } = await readMovie(bytes);
  expect([video.length, audio.length]).toEqual([250, 469]);
  expect(video.every(({ data }) => data.byteLength === 100)).toBe(true);
  expect(durationSeconds).toBeCloseTo(10, 1);
  expect(readdirSync(dirname(folder.mediaFile)).sort()).toEqual([
    "download.head",
    "journal.ndjson",
    "media.mp4",
  ]);
});

test.each<[string, readonly Track[], { video: number; audio: number }]>([
  ["sound alone", [audioTrack], { video: 0, audio: 188 }],
  ["pictures alone", [videoTrack], { video: 100, audio: 0 }],
])("a recording of %s is a movie of that (R4)", async (_, tracks, counts) => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 4, tracks }));
  const { video, audio } = await readMovie(await bytesOf(await movieIn(folder)));
  expect({ video: video.length, audio: audio.length }).toEqual(counts);
});

test("a recording that was torn and repaired is a movie of what is left, and one that went on of all of it (R1)", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 4 }));
  await truncate(folder.mediaFile, (await folder.read()).media.byteLength - 1);
  const repaired = await folder.recordings.repair(LIVESTREAM_ID);
  if (repaired === null) throw new Error("there is a recording");
  const before = await readMovie(await bytesOf(await movieIn(folder)));
  expect(before.video).toHaveLength(90);
  await folder.record(
    programmeCuts({
      seconds: 4,
      resume: repaired,
      fromSeconds: repaired.endsAtSeconds,
      discontinuity: true,
    }),
  );
  const after = await readMovie(await bytesOf(await movieIn(folder)));
  expect(after.video).toHaveLength(190);
  expect(after.durationSeconds).toBeCloseTo(before.durationSeconds + 4, 1);
});

test("pictures that come to sound are in the movie from then on", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 4, tracks: [audioTrack] }));
  const first = await folder.recordings.repair(LIVESTREAM_ID);
  if (first === null) throw new Error("there is a recording");
  const more = { resume: first, fromSeconds: first.endsAtSeconds, discontinuity: true };
  await folder.record(programmeCuts({ seconds: 4, ...more }));
  const { video, audio } = await readMovie(await bytesOf(await movieIn(folder)));
  expect([video.length, video[0]?.isKey]).toEqual([100, true]);
  expect(video[0]?.seconds).toBeCloseTo(4, 1);
  expect(audio).toHaveLength(375);
});

describe("the head of a movie", () => {
  test("is made once for all who ask, and found by the next process", async () => {
    await using folder = new RecordingFolder();
    await folder.record(programmeCuts({ seconds: 4 }));
    const { recordings } = folder;
    const recording = await recordings.finished(LIVESTREAM_ID);
    if (recording === null) throw new Error("there is a recording");
    const [first, second] = await Promise.all([recordings.movie(recording), recordings.movie(recording)]);
    expect(second).toEqual(first as RecordedMovie);
    expect(await recordings.movie(recording)).toBe(await recordings.movie(recording));
    const another = await recordings.repair(LIVESTREAM_ID);
    const made = await Promise.all([another, recording].map((each) => each && recordings.movie(each)));
    expect(made[0]).toEqual(made[1]);
    const { ino } = await Bun.file(headerFile(folder)).stat();
    expect(await movieIn(folder)).toEqual(made[0] as RecordedMovie);
    expect((await Bun.file(headerFile(folder)).stat()).ino).toBe(ino);
  });

  test.each<[string, (bytes: Buffer) => Buffer | null]>([
    ["missing", () => null],
    ["empty", () => Buffer.alloc(0)],
    ["cut off", (bytes) => bytes.subarray(0, -1)],
    ["longer", (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])],
    ["damaged in its first byte", (bytes) => flipped(bytes, 0)],
    ["damaged in its middle", (bytes) => flipped(bytes, bytes.byteLength >> 1)],
    ["damaged in what it says of itself", (bytes) => flipped(bytes, bytes.byteLength - 30)],
    ["damaged in its last byte", (bytes) => flipped(bytes, bytes.byteLength - 1)],
  ])("is made anew where it is %s", async (_, damage) => {
    await using folder = new RecordingFolder();
    await folder.record(programmeCuts({ seconds: 4 }));
    const movie = await movieIn(folder);
    const whole = await readFile(headerFile(folder));
    const damaged = damage(Buffer.from(whole));
    if (damaged === null) await rm(headerFile(folder));
    else await writeFile(headerFile(folder), damaged);
    expect(await movieIn(folder)).toEqual(movie);
    expect(await readFile(headerFile(folder))).toEqual(whole);
  });

  test("is made anew where it is gone from one moment to the next", async () => {
    await using folder = new RecordingFolder();
    await folder.record(programmeCuts({ seconds: 4 }));
    const recording = await folder.recordings.finished(LIVESTREAM_ID);
    if (recording === null) throw new Error("there is a recording");
    const movie = await folder.recordings.movie(recording);
    await rm(headerFile(folder));
    expect(await folder.recordings.movie(recording)).toEqual(movie);
    expect(existsSync(headerFile(folder))).toBe(true);
  });

  test("is made anew where the recording is another one by now", async () => {
    await using folder = new RecordingFolder();
    await folder.record(programmeCuts({ seconds: 8 }));
    const movie = await movieIn(folder);
    await truncate(folder.mediaFile, (await folder.read()).media.byteLength >> 1);
    await folder.recordings.repair(LIVESTREAM_ID);
    expect((await movieIn(folder)).byteLength).toBeLessThan(movie.byteLength);
  });

  test.each([
    ["before it is begun", async () => undefined, "ENOENT"],
    ["while it is made", untilMaking, "the recording is removed"],
  ])("of a recording that is removed %s leaves nothing behind", async (_, untilThen, failure) => {
    await using folder = new RecordingFolder();
    await folder.record(programmeCuts({ seconds: 300 }));
    const { recordings } = folder;
    const recording = await recordings.finished(LIVESTREAM_ID);
    if (recording === null) throw new Error("there is a recording");
    const ask = () => recordings.movie(recording).catch(String);
    let movie = ask();
    while ((await untilThen(folder, movie)) === "too late") {
      await rm(headerFile(folder));
      movie = ask();
    }
    await recordings.remove(LIVESTREAM_ID);
    expect(await movie).toContain(failure);
    expect(existsSync(dirname(folder.mediaFile))).toBe(false);
    await folder.record(programmeCuts({ seconds: 2 }));
    expect((await readMovie(await bytesOf(await movieIn(folder)))).video).toHaveLength(50);
  });

  test("cannot be made of what are no fragments, and says where", async () => {
    await using folder = new RecordingFolder();
    await folder.record(programmeCuts({ seconds: 4 }));
    const { media, journal } = await folder.read();
    const recording = await folder.recordings.finished(LIVESTREAM_ID);
    const offset = recording?.segments[1]?.offset ?? 0;
    await folder.write({ media: Buffer.from(media).fill(0, offset), journal });
    expect(await movieIn(folder).catch(String)).toContain('a "\\u0000');
    expect(existsSync(headerFile(folder))).toBe(false);
    await folder.write({ media: Buffer.from(media).fill(0, offset, offset + 4), journal });
    expect(await movieIn(folder).catch(String)).toContain("box of 0 bytes");
  });
});

function flipped(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}
