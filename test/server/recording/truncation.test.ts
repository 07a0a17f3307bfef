// A recording that ends at any byte of its last two fragments: whichever lines of the journal reached the disk, every part before
// is kept, and what is left is a recording like any other (R1, R2).

import { expect, test } from "bun:test";
import { parseJournal, type RecordedPart } from "#server/recording/journal.ts";
import { verifyRecording } from "#server/recording/verify-recording.ts";
import { LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";

const PART_SECONDS = 0.1;

async function partsOf(folder: RecordingFolder): Promise<RecordedPart[]> {
  const { entries } = await parseJournal((await folder.read()).journal);
  return entries.flatMap((entry) => (entry.type === "segment-end" ? entry.parts : []));
}

test.each([
  ["the machine was gone: the journal speaks of more than there is", 0],
  ["the process was gone: the segment's last line was not written", 1],
])(
  "%s",
  async (_, linesLost) => {
    await using folder = new RecordingFolder();
    await folder.record(programmeCuts({ seconds: 2.5, partSeconds: PART_SECONDS }));
    const { media, journal } = await folder.read();
    const parts = await partsOf(folder);
    const lines = journal.split(/(?<=\n)/);
    const text = lines.slice(0, lines.length - linesLost).join("");
    const from = parts.at(-2)?.[0] ?? 0;
    expect(media.byteLength - from).toBeGreaterThan(400);
    const paths = { media: folder.mediaFile, journal: folder.journalFile };
    for (let length = from; length <= media.byteLength; length += 1) {
      await folder.write({ media: media.subarray(0, length), journal: text });
      const recording = await folder.recordings.repair(LIVESTREAM_ID);
      const kept = parts.filter(([offset, byteLength]) => offset + byteLength <= length);
      expect(await partsOf(folder)).toEqual(kept);
      const lost = (parts.length - kept.length) * PART_SECONDS;
      expect(recording?.durationSeconds).toBeGreaterThan(2.5 - lost - 0.001);
      expect(await Array.fromAsync(verifyRecording(paths, { isGrowing: false }))).toEqual([]);
    }
  },
  60_000,
);
