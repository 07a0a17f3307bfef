import { expect, test } from "bun:test";
import { stat } from "node:fs/promises";
import { encodeJournalLine, type JournalEntry, parseJournal } from "#server/recording/journal.ts";
import { LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";

const SECONDS = 6;

/** Three segments of five parts each, and where every part begins and ends. */
async function recorded(folder: RecordingFolder): Promise<{ starts: number[]; ends: number[] }> {
  await folder.record(programmeCuts({ seconds: SECONDS }));
  const { entries } = await parseJournal((await folder.read()).journal);
  const parts = entries.flatMap((entry) => (entry.type === "segment-end" ? entry.parts : []));
  expect(parts).toHaveLength(15);
  return { starts: parts.map(([offset]) => offset), ends: parts.map(([offset, length]) => offset + length) };
}

/** As after a power cut: these bytes never reached the disk, though the journal speaks of them. */
async function loseBytes(folder: RecordingFolder, from: number): Promise<void> {
  const { media, journal } = await folder.read();
  await folder.write({ media: Buffer.from(media).fill(0, from), journal });
}

test.each([0, 1, 7, 13, 14])(
  "of bytes lost from part %i on, all parts before it are kept (R2)",
  async (part) => {
    await using folder = new RecordingFolder();
    const { starts, ends } = await recorded(folder);
    await loseBytes(folder, (starts[part] ?? 0) + 100);
    const recording = await folder.recordings.repair(LIVESTREAM_ID);
    const wholeParts = recording?.segments.map(({ partCount }) => partCount) ?? [];
    expect(wholeParts.reduce((sum, count) => sum + count, 0)).toBe(part);
    expect(recording?.durationSeconds ?? 0).toBeCloseTo(part * 0.4, 6);
    expect((await stat(folder.mediaFile)).size).toBe(ends[part - 1] ?? starts[0] ?? 0);
    expect(await folder.recordings.repair(LIVESTREAM_ID)).toEqual(recording);
  },
);

test("one bit of the last part is enough, and one of an earlier segment is not looked for", async () => {
  await using folder = new RecordingFolder();
  const { starts } = await recorded(folder);
  const { media, journal } = await folder.read();
  for (const [part, whole] of [
    [14, 14],
    [3, 15],
  ] as const) {
    const damaged = Buffer.from(media);
    damaged.writeUInt8(damaged.readUInt8((starts[part] ?? 0) + 300) ^ 1, (starts[part] ?? 0) + 300);
    await folder.write({ media: damaged, journal });
    const segments = (await folder.recordings.repair(LIVESTREAM_ID))?.segments ?? [];
    expect(segments.reduce((sum, { partCount }) => sum + partCount, 0)).toBe(whole);
  }
});

test("reading writes nothing, whatever is torn", async () => {
  await using folder = new RecordingFolder();
  await recorded(folder);
  const { media, journal } = await folder.read();
  const torn = { media: media.subarray(0, media.byteLength - 1), journal: `${journal}torn` };
  await folder.write(torn);
  const read = await folder.recordings.finished(LIVESTREAM_ID);
  expect(read?.segments).toHaveLength(2);
  const after = await folder.read();
  expect(after.journal).toBe(torn.journal);
  expect(after.media.byteLength).toBe(torn.media.byteLength);
});

test("a journal of version 1 is written anew as one of this version, and goes on", async () => {
  await using folder = new RecordingFolder();
  await recorded(folder);
  const { media, journal } = await folder.read();
  const { entries } = await parseJournal(journal);
  const old = entries.map(({ rendition: _, ...entry }) => {
    const { parts: __, ...rest } = entry as Record<string, unknown>;
    return encodeJournalLine(rest as unknown as JournalEntry);
  });
  await folder.write({ media, journal: Buffer.concat(old) });
  const before = await folder.recordings.repair(LIVESTREAM_ID);
  expect(before?.segments.map(({ msn }) => msn)).toEqual([0, 1, 2]);
  expect(before?.renditionNames).toEqual(["v0-360"]);
  expect((await parseJournal((await folder.read()).journal)).version).toBe(2);
  if (before === null) throw new Error("no recording");
  await folder.record(
    programmeCuts({ seconds: 2, fromSeconds: SECONDS, discontinuity: true, resume: before }),
  );
  expect((await folder.recordings.repair(LIVESTREAM_ID))?.segments.map(({ msn }) => msn)).toEqual([
    0, 1, 2, 3,
  ]);
});

test("a journal of a newer version is refused, and left as it is", async () => {
  await using folder = new RecordingFolder();
  await recorded(folder);
  const { media } = await folder.read();
  const newer = encodeJournalLine({ type: "journal", version: 3 } as unknown as JournalEntry);
  const text = Buffer.from(newer).toString();
  await folder.write({ media, journal: text });
  expect(folder.recordings.repair(LIVESTREAM_ID)).rejects.toThrow("version 3");
  expect(await folder.read()).toEqual({ media, journal: text });
});
