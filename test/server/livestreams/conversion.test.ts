import { expect, test } from "bun:test";
import type { Track } from "#media/track/track.ts";
import { conversionOf } from "#server/livestreams/conversion.ts";
import type { ConversionResult } from "#server/livestreams/conversion-runner.ts";
import { LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const NO_MOVIE = async () => null;
const NOT_STORED = async () => null;
const NOBODY_WATCHES = async () => undefined;

const NOTHING_RECORDED: ConversionResult = { ok: false, message: "Nothing was recorded." };

function convert({ recordings }: RecordingFolder): Promise<ConversionResult> {
  const repair = (livestreamId: string) => recordings.repair(livestreamId);
  return conversionOf({ repair, rebuild: NOT_STORED, movie: NO_MOVIE }, NOBODY_WATCHES)(
    LIVESTREAM_ID,
    new AbortController().signal,
  );
}

async function factsOf(tracks: readonly Track[]): Promise<ConversionResult> {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 3, tracks }));
  return await convert(folder);
}

test("a recording becomes what its journal says of it", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 3 }));
  const { media } = await folder.read();
  expect(await convert(folder)).toEqual({
    ok: true,
    message: null,
    facts: {
      durationSeconds: 3,
      sizeBytes: media.byteLength,
      width: 640,
      height: 360,
      videoCodec: "avc1.42c01e",
      audioCodec: "mp4a.40.2",
    },
  });
});

test("sound alone has no picture, a picture alone no sound (R4)", async () => {
  expect(await factsOf([audioTrack])).toMatchObject({
    ok: true,
    facts: { width: null, height: null, videoCodec: null, audioCodec: "mp4a.40.2" },
  });
  expect(await factsOf([videoTrack])).toMatchObject({
    ok: true,
    facts: { width: 640, height: 360, videoCodec: "avc1.42c01e", audioCodec: null },
  });
});

test("where nothing was recorded nothing is made of it", async () => {
  await using folder = new RecordingFolder();
  expect(await convert(folder)).toEqual(NOTHING_RECORDED);
});

test("a recording without one whole part is nothing", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 0.4 }));
  const { media, journal } = await folder.read();
  await folder.write({ media: media.subarray(0, media.byteLength - 1), journal });
  expect(await convert(folder)).toEqual(NOTHING_RECORDED);
});

test("after a crash within a segment its whole parts are converted, and the same the second time (R1)", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2 }));
  const { media, journal } = await folder.read();
  await folder.write({ media: media.subarray(0, media.byteLength - 1), journal });
  const result = await convert(folder);
  expect(result).toMatchObject({ ok: true, facts: { durationSeconds: 1.6 } });
  expect(await convert(folder)).toEqual(result);
});

test("a recording that cannot be read is a reason to refuse, not to delete", async () => {
  const repair = () => Promise.reject(new Error("EIO: i/o error"));
  const convertBroken = conversionOf({ repair, rebuild: NOT_STORED, movie: NO_MOVIE }, NOBODY_WATCHES);
  const failure = await convertBroken(LIVESTREAM_ID, new AbortController().signal).catch(
    (error: unknown) => error,
  );
  expect(String(failure)).toContain("EIO");
});

test("its download is prepared, and nobody waits for that or hears that it failed", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 3 }));
  const recording = await folder.recordings.repair(LIVESTREAM_ID);
  const prepared: unknown[] = [];
  const movie = (asked: unknown) => {
    prepared.push(asked);
    return Promise.reject(new Error("ENOSPC: no space left on device"));
  };
  const convertOne = conversionOf(
    { repair: async () => recording, rebuild: NOT_STORED, movie },
    NOBODY_WATCHES,
  );
  expect(await convertOne(LIVESTREAM_ID, new AbortController().signal)).toMatchObject({ ok: true });
  expect(prepared).toEqual([recording]);
});

test("what the disk has lost is put together first, and said with the asset", async () => {
  await using folder = new RecordingFolder();
  const calls: string[] = [];
  const convertLost = conversionOf(
    {
      repair: async () => {
        calls.push("repair");
        return calls.includes("rebuild") ? folder.recordings.repair(LIVESTREAM_ID) : null;
      },
      rebuild: async (_, __, onMove) => {
        calls.push("rebuild");
        await folder.record(programmeCuts({ seconds: 3 }));
        await onMove?.();
        return "The disk had nothing of it.";
      },
      movie: NO_MOVIE,
    },
    async (id) => {
      calls.push(`close ${id}`);
    },
  );
  expect(await convertLost(LIVESTREAM_ID, new AbortController().signal)).toMatchObject({
    ...{ ok: true, message: "The disk had nothing of it." },
    facts: { durationSeconds: 3 },
  });
  expect(calls).toEqual(["repair", "rebuild", `close ${LIVESTREAM_ID}`, "repair"]);
});

test("a recording that begins with the broadcast is not looked for anywhere else", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 3 }));
  const convertOne = conversionOf(
    {
      repair: (livestreamId) => folder.recordings.repair(livestreamId),
      rebuild: () => Promise.reject(new Error("nobody was to ask")),
      movie: NO_MOVIE,
    },
    NOBODY_WATCHES,
  );
  expect(await convertOne(LIVESTREAM_ID, new AbortController().signal)).toMatchObject({ ok: true });
});

test("one that begins later than the broadcast is looked for", async () => {
  await using folder = new RecordingFolder();
  const resume = { nextMsn: 2, nextInitializationId: 0, targetDurationSeconds: 2, renditionNames: [] };
  await folder.record(programmeCuts({ seconds: 3, resume }));
  let looked = 0;
  const convertOne = conversionOf(
    {
      repair: (livestreamId) => folder.recordings.repair(livestreamId),
      rebuild: async () => {
        looked += 1;
        return null;
      },
      movie: NO_MOVIE,
    },
    NOBODY_WATCHES,
  );
  expect(await convertOne(LIVESTREAM_ID, new AbortController().signal)).toMatchObject({
    ...{ ok: true, message: null },
    facts: { durationSeconds: 3 },
  });
  expect(looked).toBe(1);
});
