import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFragment } from "#media/fmp4/fragment-reader.ts";
import type { Cut, Segment } from "#media/hls/segment.ts";
import { encodeJournalLine, encodeJournalVersion, parseJournal } from "#server/recording/journal.ts";
import type { Recording } from "#server/recording/recording.ts";
import { bytesOf, LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

function segmentsOf(cuts: readonly Cut[]): Segment[] {
  return cuts.flatMap((cut) => (cut.type === "segment" ? [cut.segment] : []));
}

/** Without where its bytes lie. */
function factsOf({ segments }: Recording): Segment[] {
  return segments.map(({ offset: _, rendition: __, ...facts }) => facts);
}

async function opened(folder: RecordingFolder): Promise<Recording> {
  const recording = await folder.recordings.repair(LIVESTREAM_ID);
  if (recording === null) throw new Error("no recording");
  return recording;
}

/** Every byte is one of the initializations' or of the segments', in order, and each segment is whole fragments. */
async function expectWhole(folder: RecordingFolder, recording: Recording): Promise<void> {
  const { media, journal } = await folder.read();
  expect(media.byteLength).toBe(recording.sizeBytes);
  const extents = recording.renditions
    .flatMap(({ initializations, segments }) => [...initializations, ...segments])
    .sort((a, b) => a.offset - b.offset);
  let end = 0;
  for (const { offset, byteLength } of extents) {
    expect(offset).toBe(end);
    end += byteLength;
  }
  expect(end).toBe(media.byteLength);
  for (const { offset, byteLength, partCount } of recording.segments) {
    let at = offset;
    for (let part = 0; part < partCount; part += 1) at += readFragment(media, at)?.byteLength ?? 0;
    expect(at).toBe(offset + byteLength);
  }
  expect((await parseJournal(journal)).byteLength).toBe(Buffer.byteLength(journal));
}

test("a recording reads back as it was cut, byte for byte", async () => {
  await using folder = new RecordingFolder();
  const cuts = programmeCuts({ seconds: 5 });
  await folder.record(cuts);
  const recording = await opened(folder);
  expect(factsOf(recording)).toEqual(segmentsOf(cuts));
  expect(new Uint8Array((await folder.read()).media)).toEqual(new Uint8Array(bytesOf(cuts)));
  await expectWhole(folder, recording);
  expect(recording).toMatchObject({
    media: { file: folder.mediaFile },
    targetDurationSeconds: 2,
    nextMsn: 3,
    nextInitializationId: 1,
    sizeBytes: bytesOf(cuts).byteLength,
    tracks: [
      { trackId: 1, kind: "video", timescale: 90_000, codec: "avc1.42c01e", width: 640, height: 360 },
      { trackId: 2, kind: "audio", timescale: 48_000, codec: "mp4a.40.2", width: null, height: null },
    ],
  });
  expect(recording.durationSeconds).toBeCloseTo(5, 6);
  // The sound's last frame reaches past the last picture.
  expect(recording.endsAtSeconds).toBeGreaterThanOrEqual(5);
  expect(recording.endsAtSeconds).toBeLessThan(5 + 1024 / 48_000);
});

test("where nothing was recorded there is no recording, and no folder comes into being", async () => {
  await using folder = new RecordingFolder();
  expect(await folder.recordings.repair(LIVESTREAM_ID)).toBeNull();
  expect(existsSync(folder.journalFile)).toBe(false);
});

test("after a restart the recording goes on in the same files, with the next numbers", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 4 }));
  const before = await opened(folder);
  await folder.record(
    programmeCuts({ seconds: 4, fromSeconds: before.endsAtSeconds, discontinuity: true, resume: before }),
  );
  const recording = await opened(folder);
  expect(
    recording.segments.map(({ msn, initializationId, discontinuity }) => [
      msn,
      initializationId,
      discontinuity,
    ]),
  ).toEqual([
    [0, 0, false],
    [1, 0, false],
    [2, 1, true],
    [3, 1, false],
  ]);
  expect(recording.renditions[0]?.initializations.map(({ id }) => id)).toEqual([0, 1]);
  expect(recording.durationSeconds).toBeCloseTo(8, 6);
  await expectWhole(folder, recording);
});

test("ten reconnects are one recording, as long as its samples (R3)", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2 }));
  for (let reconnect = 0; reconnect < 10; reconnect += 1) {
    const before = await opened(folder);
    const fromSeconds = before.endsAtSeconds;
    await folder.record(programmeCuts({ seconds: 1.2, fromSeconds, discontinuity: true, resume: before }));
  }
  const recording = await opened(folder);
  expect(recording.segments.map(({ msn }) => msn)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(recording.durationSeconds).toBeCloseTo(14, 6);
  await expectWhole(folder, recording);
});

test("audio alone and video alone are as long as they are (R4)", async () => {
  for (const track of [audioTrack, videoTrack]) {
    await using folder = new RecordingFolder();
    await folder.record(programmeCuts({ seconds: 4, tracks: [track] }));
    const recording = await opened(folder);
    expect(recording.tracks.map(({ kind }) => kind)).toEqual([track.kind]);
    expect(Math.abs(recording.durationSeconds - 4)).toBeLessThan(1024 / 48_000);
    expect(Math.abs(recording.endsAtSeconds - 4)).toBeLessThan(1024 / 48_000);
  }
});

test("a track that came late is one of the recording's (R4)", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2, tracks: [videoTrack] }));
  const resume = await opened(folder);
  await folder.record(programmeCuts({ seconds: 2, fromSeconds: 2, discontinuity: true, resume }));
  expect((await opened(folder)).tracks.map(({ kind }) => kind)).toEqual(["video", "audio"]);
});

/** Each byte is a recording written, opened and read back twice: seconds, and more on a slow disk. */
const THOUSANDS_OF_FILES_MS = 60_000;

test(
  "of media torn at any byte of the last segment the whole parts are kept (R1, R2)",
  async () => {
    await using folder = new RecordingFolder();
    const cuts = programmeCuts({ seconds: 2.8 });
    await folder.record(cuts);
    const whole = await folder.read();
    const last = (await opened(folder)).segments[1];
    const partEnds: number[] = [];
    let end = last?.offset ?? 0;
    for (const cut of cuts) {
      if (cut.type !== "part" || cut.part.msn !== 1) continue;
      end += cut.part.bytes.byteLength;
      partEnds.push(end);
    }
    expect(partEnds).toHaveLength(2);
    expect(end).toBe(whole.media.byteLength);
    for (let length = last?.offset ?? 0; length <= whole.media.byteLength; length += 1) {
      await folder.write({ media: whole.media.subarray(0, length), journal: whole.journal });
      const recording = await opened(folder);
      const wholeParts = partEnds.filter((partEnd) => partEnd <= length).length;
      expect(recording.sizeBytes).toBe(partEnds[wholeParts - 1] ?? last?.offset ?? 0);
      expect(recording.segments.map(({ partCount }) => partCount)).toEqual(
        wholeParts === 0 ? [5] : [5, wholeParts],
      );
      expect(recording.durationSeconds).toBeCloseTo(2 + wholeParts * 0.4, 6);
      await expectWhole(folder, recording);
      expect(await opened(folder)).toEqual(recording);
    }
  },
  THOUSANDS_OF_FILES_MS,
);

test(
  "of a journal torn at any byte only what its whole lines do not say is found anew (R1, R2)",
  async () => {
    await using folder = new RecordingFolder();
    await folder.record(programmeCuts({ seconds: 3 }));
    const whole = await folder.read();
    const lineEnds = [...whole.journal.matchAll(/\n/g)].map(({ index }) => index + 1);
    expect(lineEnds).toHaveLength(6);
    /** Segments, by how many lines are whole: the version, an initialization, a start, an end, a start, an end. */
    const segmentCounts = [0, 0, 0, 1, 1, 2, 2];
    for (let length = 0; length <= whole.journal.length; length += 1) {
      await folder.write({ media: whole.media, journal: whole.journal.slice(0, length) });
      const recording = await opened(folder);
      const wholeLines = lineEnds.filter((lineEnd) => lineEnd <= length).length;
      expect(recording.segments).toHaveLength(segmentCounts[wholeLines] ?? 0);
      await expectWhole(folder, recording);
      expect(await opened(folder)).toEqual(recording);
    }
  },
  THOUSANDS_OF_FILES_MS,
);

test("a segment is not closed with the parts of the one behind it", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 4 }));
  const { media, journal } = await folder.read();
  await folder.write({ media, journal: journal.split("\n").slice(0, 3).join("\n").concat("\n") });
  const recording = await opened(folder);
  expect(recording.segments.map(({ msn, partCount }) => [msn, partCount])).toEqual([[0, 5]]);
  expect(recording.durationSeconds).toBeCloseTo(2, 6);
});

test("what is found of an unfinished segment is written down: it is there when the recording goes on", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2.8 }));
  const { media, journal } = await folder.read();
  await folder.write({ media: media.subarray(0, media.byteLength - 1), journal });
  const resume = await opened(folder);
  expect(resume.nextMsn).toBe(2);
  expect(resume.endsAtSeconds).toBeCloseTo(2.4, 1);
  await folder.record(
    programmeCuts({ seconds: 2, fromSeconds: resume.endsAtSeconds, discontinuity: true, resume }),
  );
  const recording = await opened(folder);
  expect(recording.segments.map(({ msn }) => msn)).toEqual([0, 1, 2]);
  expect(recording.durationSeconds).toBeCloseTo(4.4, 6);
  await expectWhole(folder, recording);
});

test("a start without parts before the unfinished segment does not keep it from being written down", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2 }));
  const { media, journal } = await folder.read();
  const { entries } = await parseJournal(journal);
  const [initialization, start] = entries;
  if (initialization === undefined || start?.type !== "segment-start") throw new Error("no start");
  const journalLines = [initialization, start, { ...start, msn: 1 }].map(encodeJournalLine);
  const lines = [encodeJournalVersion(), ...journalLines];
  await folder.write({ media, journal: Buffer.concat(lines) });
  const recording = await opened(folder);
  expect(recording.segments.map(({ msn }) => msn)).toEqual([1]);
  expect(await opened(folder)).toEqual(recording);
});

test("sound behind the last picture is what an unfinished segment lasts", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2 }));
  const both = await folder.read();
  const sound = programmeCuts({ seconds: 1, tracks: [audioTrack] }).flatMap((cut) =>
    cut.type === "part" ? [asTrack(cut.part.bytes, 2)] : [],
  );
  const start = (await parseJournal(both.journal)).entries[1];
  if (start?.type !== "segment-start") throw new Error("no start");
  const open = encodeJournalLine({ ...start, msn: 1, offset: both.media.byteLength });
  await folder.write({
    media: Buffer.concat([both.media, ...sound]),
    journal: Buffer.concat([Buffer.from(both.journal), open]),
  });
  const recording = await opened(folder);
  expect(recording.segments[1]?.durationSeconds).toBeCloseTo(1, 1);
  expect(recording.segments[1]?.frameRate).toBeNull();
});

test("an unfinished first segment leaves the target duration that was asked for, unless it is longer", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2 }));
  const { media, journal } = await folder.read();
  const withoutEnd = `${journal.split("\n").slice(0, 3).join("\n")}\n`;
  for (const [least, expected] of [
    [6, 6],
    [1, 2],
  ] as const) {
    await folder.write({ media, journal: withoutEnd });
    expect((await folder.recordings.repair(LIVESTREAM_ID, least))?.targetDurationSeconds).toBe(expected);
  }
});

test("a power cut that leaves anything behind the last whole part is none the worse (R2)", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 3 }));
  const { media, journal } = await folder.read();
  const expected = await opened(folder);
  for (const rest of [
    new Uint8Array(4096),
    new Uint8Array(4096).fill(0xff),
    Buffer.from("moof".repeat(100)),
  ]) {
    await folder.write({
      media: Buffer.concat([media, rest]),
      journal: Buffer.concat([Buffer.from(journal), rest]),
    });
    expect(await opened(folder)).toEqual(expected);
    await expectWhole(folder, expected);
  }
});

test("without any media a journal is no segments", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 2 }));
  await folder.write({ media: new Uint8Array(0), journal: (await folder.read()).journal });
  expect(await opened(folder)).toMatchObject({
    renditions: [],
    segments: [],
    targetDurationSeconds: null,
    durationSeconds: 0,
    sizeBytes: 0,
    tracks: [],
    nextMsn: 0,
    nextInitializationId: 0,
    endsAtSeconds: 0,
  });
});

/** The fragment with another track_ID: bytes 8 to 11 behind the name of its `tfhd`. */
function asTrack(fragment: Uint8Array, trackId: number): Uint8Array {
  const bytes = Buffer.from(fragment);
  bytes.writeUInt32BE(trackId, bytes.indexOf("tfhd") + 8);
  return bytes;
}
