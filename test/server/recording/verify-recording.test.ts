// Damages of a recording, one at a time: each is found and named, what can be mended is, and no whole part is lost by it.

import { describe, expect, test } from "bun:test";
import { rmSync } from "node:fs";
import type { SegmenterResume } from "#media/hls/segmenter.ts";
import { encodeJournalLine, type JournalEntry, parseJournal } from "#server/recording/journal.ts";
import { mendRecording } from "#server/recording/mend.ts";
import { verifyRecording } from "#server/recording/verify-recording.ts";
import { LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";
import { videoTrack } from "#test/support/tracks.ts";

/** Five segments of five parts, a reconnect, then sound is gone: two segments under another initialization. */
async function record(folder: RecordingFolder): Promise<void> {
  await folder.record(programmeCuts({ seconds: 10 }));
  const resume: SegmenterResume | null = await folder.recordings.repair(LIVESTREAM_ID);
  if (resume === null) throw new Error("nothing was recorded");
  await folder.record(
    programmeCuts({ seconds: 4, fromSeconds: 20, tracks: [videoTrack], discontinuity: true, resume }),
  );
}

const PARTS = 35;

interface Files {
  media: Uint8Array;
  /** With their line feeds; the first says the version. */
  lines: string[];
  entries: readonly JournalEntry[];
}

interface Damage {
  readonly what: string;
  readonly plant: (files: Files) => void;
  readonly found: readonly string[];
  /** Left after it was mended. */
  readonly left?: readonly string[];
  /** Parts afterwards. */
  readonly parts: number;
}

function flip(bytes: Uint8Array, at: number): void {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
}

function partOf({ entries }: Files, msn: number, index: number): readonly [number, number, number] {
  const end = entries.find((entry) => entry.type === "segment-end" && entry.msn === msn);
  const part = end?.type === "segment-end" ? end.parts[index] : undefined;
  if (part === undefined) throw new Error(`segment ${msn} has no part ${index}`);
  return part;
}

/** The index of a line in the file; the version is line 0. */
function lineOf({ entries }: Files, type: JournalEntry["type"], number: number): number {
  const isIt = (entry: JournalEntry): boolean =>
    entry.type === type && (entry.type === "initialization" ? entry.id : entry.msn) === number;
  return entries.findIndex(isIt) + 1;
}

function damageLine(files: Files, index: number): void {
  files.lines[index] = (files.lines[index] ?? "").replace("{", "[");
}

function changeEntry(files: Files, index: number, change: object): void {
  const entry = files.entries[index - 1];
  files.lines[index] = Buffer.from(encodeJournalLine({ ...entry, ...change } as JournalEntry)).toString();
}

const BEHIND_EACH_OTHER = [1, 2].map(
  (track) =>
    `damaged media.mp4: a part of segment 2 at byte * begins at * ticks of track ${track}, before *, where the part before ended`,
);

const DAMAGES: readonly Damage[] = [
  {
    what: "a bit of a part in the middle",
    plant: (files) => flip(files.media, partOf(files, 1, 2)[0] + 300),
    found: ["damaged media.mp4: a part of segment 1 at byte * is not what was written"],
    left: ["damaged media.mp4: a part of segment 1 at byte * is not what was written"],
    parts: PARTS,
  },
  {
    what: "a bit of an initialization",
    plant: (files) => flip(files.media, 200),
    found: ["damaged media.mp4: initialization 0 at byte 0 is not what was written"],
    left: ["damaged media.mp4: initialization 0 at byte 0 is not what was written"],
    parts: PARTS,
  },
  {
    what: "a media file that is shorter by a byte",
    plant: (files) => {
      files.media = files.media.subarray(0, -1);
    },
    found: ["damaged media.mp4: it ends at byte *, its journal speaks of *"],
    parts: PARTS - 1,
  },
  {
    what: "a media file that lacks its last two segments and a half",
    plant: (files) => {
      files.media = files.media.subarray(0, partOf(files, 4, 3)[0] + 10);
    },
    found: ["damaged media.mp4: it ends at byte *, its journal speaks of *"],
    parts: 4 * 5 + 3,
  },
  {
    what: "a media file that is longer by what is no fragment",
    plant: (files) => {
      files.media = Buffer.concat([files.media, Buffer.from("\0\0\0\u0010moofnothing")]);
    },
    found: ["unreferenced media.mp4: the journal says nothing of the bytes from * to *"],
    parts: PARTS,
  },
  {
    what: "a segment at the end that the journal does not have",
    plant: (files) => files.lines.splice(-2),
    found: ["unreferenced media.mp4: the journal says nothing of the bytes from * to *"],
    parts: PARTS,
  },
  {
    what: "the line of a segment's end in the middle",
    plant: (files) => damageLine(files, lineOf(files, "segment-end", 2)),
    found: [
      "damaged journal.ndjson: line 8 is not what was written",
      "missing journal.ndjson: segment 2 has no end before line 9",
      "unreferenced media.mp4: the journal says nothing of the bytes from * to *",
    ],
    parts: PARTS,
  },
  {
    what: "the line of a segment's beginning in the middle",
    plant: (files) => damageLine(files, lineOf(files, "segment-start", 2)),
    found: [
      "damaged journal.ndjson: line 7 is not what was written",
      "missing journal.ndjson: segment 2 has no beginning before line 8",
    ],
    parts: PARTS,
  },
  {
    what: "the line that says the version",
    plant: (files) => damageLine(files, 0),
    found: ["damaged journal.ndjson: line 1 is not what was written"],
    parts: PARTS,
  },
  {
    what: "a hole of two segments",
    plant: (files) => files.lines.splice(lineOf(files, "segment-start", 1), 4),
    found: [
      "missing journal.ndjson: nothing is said of segments 1 to 2",
      "unreferenced media.mp4: the journal says nothing of the bytes from * to *",
    ],
    parts: PARTS,
  },
  {
    what: "a hole from one segment into the next",
    plant: (files) => files.lines.splice(lineOf(files, "segment-end", 1), 2),
    found: [
      "missing journal.ndjson: segment 2 has no beginning before line 6",
      "missing journal.ndjson: segment 1 has no end before line 6",
      "unreferenced media.mp4: the journal says nothing of the bytes from * to *",
    ],
    parts: PARTS,
  },
  {
    what: "a line that is torn at the end",
    plant: (files) => files.lines.push("0123abcd {"),
    found: [`damaged journal.ndjson: line ${2 + 7 * 2 + 2} is torn`],
    parts: PARTS,
  },
  {
    what: "the line of an initialization, which nothing makes up for",
    plant: (files) => files.lines.splice(lineOf(files, "initialization", 1), 1),
    found: [
      "missing journal.ndjson: nothing is said of initialization 1 of segment 5",
      "missing journal.ndjson: nothing is said of initialization 1 of segment 6",
      "unreferenced media.mp4: the journal says nothing of the bytes from * to *",
    ],
    left: [
      "missing journal.ndjson: nothing is said of initialization 1 of segment 5",
      "missing journal.ndjson: nothing is said of initialization 1 of segment 6",
      "unreferenced media.mp4: the journal says nothing of the bytes from * to *",
    ],
    parts: PARTS,
  },
  {
    what: "a journal of a newer version",
    plant: (files) => {
      files.lines[0] = Buffer.from(
        encodeJournalLine({ type: "journal", version: 3 } as unknown as JournalEntry),
      ).toString();
    },
    found: [
      "damaged journal.ndjson: the journal is of version 3; this version of Tandem knows versions up to 2",
    ],
    left: [
      "damaged journal.ndjson: the journal is of version 3; this version of Tandem knows versions up to 2",
    ],
    parts: Number.NaN,
  },
  {
    what: "a segment's length that its parts do not have",
    plant: (files) => changeEntry(files, lineOf(files, "segment-end", 6), { byteLength: 5, partCount: 4 }),
    found: ["damaged media.mp4: segment 6 has 5 parts of * bytes together, its journal says 4 of 5"],
    left: ["damaged media.mp4: segment 6 has 5 parts of * bytes together, its journal says 4 of 5"],
    parts: Number.NaN,
  },
  {
    what: "a segment's duration that its samples do not have",
    plant: (files) => changeEntry(files, lineOf(files, "segment-end", 6), { durationSeconds: 4 }),
    found: ["damaged media.mp4: segment 6 has samples of 2 s, its journal says 4 s"],
    left: ["damaged media.mp4: segment 6 has samples of 2 s, its journal says 4 s"],
    parts: PARTS,
  },
  {
    what: "decoding times that go back",
    plant: (files) => {
      // Segment 1 is said to lie where segment 2 does, and to follow it.
      const [from, to] = [lineOf(files, "segment-start", 1), lineOf(files, "segment-start", 2)];
      const [own, other] = [files.entries[from - 1], files.entries[to - 1]] as { offset: number }[];
      changeEntry(files, from, { offset: other?.offset });
      changeEntry(files, to, { offset: own?.offset });
      const ends = [files.entries[from], files.entries[to]] as { parts: unknown }[];
      changeEntry(files, from + 1, { parts: ends[1]?.parts });
      changeEntry(files, to + 1, { parts: ends[0]?.parts });
    },
    found: BEHIND_EACH_OTHER,
    left: BEHIND_EACH_OTHER,
    parts: PARTS,
  },
];

async function findings(folder: RecordingFolder, isGrowing = false): Promise<string[]> {
  const paths = { media: folder.mediaFile, journal: folder.journalFile };
  const found = await Array.fromAsync(verifyRecording(paths, { isGrowing }));
  return found.map(({ finding, path, what }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const anyNumber = what.replace(/(bytes from|byte|begins at|to|of|before|speaks of) \d{3,}/g, "$1 *");
    return `${finding} ${name}: ${anyNumber}`;
  });
}

async function partsOf(folder: RecordingFolder): Promise<number> {
  const { entries } = await parseJournal((await folder.read()).journal);
  return entries.reduce((sum, entry) => sum + (entry.type === "segment-end" ? entry.parts.length : 0), 0);
}

async function planted(folder: RecordingFolder, plant: Damage["plant"]): Promise<void> {
  await record(folder);
  const { media, journal } = await folder.read();
  const { entries } = await parseJournal(journal);
  const files: Files = { media: new Uint8Array(media), lines: journal.split(/(?<=\n)/), entries };
  plant(files);
  await folder.write({ media: files.media, journal: files.lines.join("") });
}

test("nothing is found in a healthy recording, and nothing is written", async () => {
  await using folder = new RecordingFolder();
  await record(folder);
  const before = await folder.read();
  expect([await findings(folder), await partsOf(folder)]).toEqual([[], PARTS]);
  expect(await mendRecording({ media: folder.mediaFile, journal: folder.journalFile })).toEqual([]);
  expect(await folder.read()).toEqual(before);
});

describe.each(DAMAGES)("$what", ({ plant, found, left = [], parts }) => {
  test("is found, and mended without losing a whole part", async () => {
    await using folder = new RecordingFolder();
    await planted(folder, plant);
    expect(await findings(folder)).toEqual([...found]);
    await mendRecording({ media: folder.mediaFile, journal: folder.journalFile });
    expect(await findings(folder)).toEqual([...left]);
    if (!Number.isNaN(parts)) expect(await partsOf(folder)).toBe(parts);
  });
});

test.each(["segment-start", "segment-end"] as const)(
  "what a %s said is said again, number, time and place",
  async (type) => {
    await using folder = new RecordingFolder();
    await planted(folder, (files) => {
      for (const msn of [1, 5]) damageLine(files, lineOf(files, type, msn));
    });
    const mended = await mendRecording({ media: folder.mediaFile, journal: folder.journalFile });
    expect(mended).toHaveLength(1);
    const after = await folder.read();
    await using healthy = new RecordingFolder();
    await record(healthy);
    const strip = (journal: string): string =>
      journal.replaceAll(/^[0-9a-f]{8} /gm, "").replaceAll(/"frameRate":[^,]*/g, "");
    expect(strip(after.journal)).toBe(strip((await healthy.read()).journal));
  },
);

test("a hole keeps the numbers of the segments in it, far behind the first round of their counter", async () => {
  await using folder = new RecordingFolder();
  const firstNumber = 17_000_000_000;
  const resume = {
    ...{ nextMsn: firstNumber, nextInitializationId: firstNumber, targetDurationSeconds: 2 },
    renditionNames: [],
  };
  await folder.record(programmeCuts({ seconds: 8, resume }));
  const { media, journal } = await folder.read();
  const lines = journal.split(/(?<=\n)/);
  lines.splice(4, 4); // Of the second and the third segment.
  await folder.write({ media, journal: lines.join("") });
  await mendRecording({ media: folder.mediaFile, journal: folder.journalFile });
  const recording = await folder.recordings.finished(LIVESTREAM_ID);
  expect(recording?.segments.map(({ msn }) => msn - firstNumber)).toEqual([0, 1, 2, 3]);
  expect(await findings(folder)).toEqual([]);
});

test("a server that finds a damaged line within its recording mends it, and cuts nothing off", async () => {
  await using folder = new RecordingFolder();
  await planted(folder, (files) => damageLine(files, lineOf(files, "segment-end", 1)));
  const recording = await folder.recordings.repair(LIVESTREAM_ID);
  expect(recording?.segments.map(({ msn, partCount }) => [msn, partCount])).toEqual(
    Array.from({ length: 7 }, (_, msn) => [msn, 5]),
  );
  expect(await findings(folder)).toEqual([]);
});

test("what is being written at the end of one that grows is no finding", async () => {
  await using folder = new RecordingFolder();
  await record(folder);
  const { media, journal } = await folder.read();
  const lines = journal.split(/(?<=\n)/);
  const torn = [lines.slice(0, -1).join(""), lines.slice(0, -2).join(""), `${journal}0123abcd {"ty`];
  for (const text of torn) {
    await folder.write({ media, journal: text });
    expect(await findings(folder, true)).toEqual([]);
    expect(await findings(folder)).not.toEqual([]);
  }
});

test("files that are not there are missing, unless the recording has not begun", async () => {
  await using folder = new RecordingFolder();
  await record(folder);
  rmSync(folder.mediaFile);
  expect(await findings(folder)).toEqual(["missing media.mp4: there is a journal and no media file"]);
  expect(await findings(folder, true)).toEqual(["missing media.mp4: there is a journal and no media file"]);
  rmSync(folder.journalFile);
  const noJournal = "missing journal.ndjson: there is no journal: nothing says what the media file holds";
  expect(await findings(folder)).toEqual([noJournal]);
  expect(await findings(folder, true)).toEqual([]);
  await folder.record(programmeCuts({ seconds: 2 }));
  rmSync(folder.journalFile);
  expect(await findings(folder, true)).toEqual([noJournal]);
});

test("a journal of version 1, which says nothing of parts, is checked by the fragments that are there", async () => {
  await using folder = new RecordingFolder();
  await record(folder);
  const { media, journal } = await folder.read();
  const { entries } = await parseJournal(journal);
  const old = entries.map(({ rendition: _, ...entry }) => {
    const { parts: __, ...rest } = entry as Record<string, unknown>;
    return encodeJournalLine({
      ...rest,
      ...("parts" in entry ? { parts: undefined } : {}),
    } as unknown as JournalEntry);
  });
  await folder.write({ media, journal: Buffer.concat(old) });
  expect(await findings(folder)).toEqual([]);
  const cut = media.subarray(0, -1);
  await folder.write({ media: cut, journal: Buffer.concat(old) });
  expect(await findings(folder)).not.toEqual([]);
});
