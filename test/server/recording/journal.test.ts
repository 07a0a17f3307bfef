import { expect, test } from "bun:test";
import { crc32 } from "node:zlib";
import {
  encodeJournalLine,
  encodeJournalVersion,
  type JournalEntry,
  NewerJournalError,
  parseJournal,
} from "#server/recording/journal.ts";
import { seededRandom } from "#test/support/damage.ts";

const ENTRIES: readonly JournalEntry[] = [
  {
    type: "initialization",
    rendition: "v0-360",
    id: 0,
    offset: 0,
    byteLength: 1237,
    tracks: [
      { trackId: 1, kind: "video", timescale: 90_000, codec: "avc1.42c01e", width: 640, height: 360 },
      { trackId: 2, kind: "audio", timescale: 48_000, codec: "mp4a.40.2", width: null, height: null },
    ],
  },
  {
    type: "segment-start",
    rendition: "v0-360",
    msn: 0,
    initializationId: 0,
    discontinuity: false,
    independent: true,
    programDateTimeMs: 1_795_521_600_000,
    offset: 1237,
  },
  {
    type: "segment-end",
    rendition: "v0-360",
    msn: 0,
    durationSeconds: 2,
    byteLength: 250_000,
    partCount: 10,
    frameRate: 30,
    targetDurationSeconds: 2,
    parts: [
      [1237, 125_000, 0xcafebabe],
      [126_237, 125_000, 0],
    ],
  },
];

const VERSION = Buffer.from(encodeJournalVersion()).toString();
const LINES = ENTRIES.map((entry) => Buffer.from(encodeJournalLine(entry)).toString());
const TEXT = VERSION + LINES.join("");

test("a line is its checksum and the entry, and the first one is the version", () => {
  expect(VERSION).toBe('4086dd6c {"type":"journal","version":2}\n');
  const line = encodeJournalLine({ ...segmentEnd(), msn: 7 });
  expect(Buffer.from(line).toString()).toBe(
    '9e7faaf3 {"type":"segment-end","rendition":"v0-360","msn":7,"durationSeconds":2,"byteLength":250000,"partCount":10,"frameRate":30,"targetDurationSeconds":2,"parts":[[1237,125000,3405691582],[126237,125000,0]]}\n',
  );
});

test("entries read back as they were written", async () => {
  expect(await parseJournal(TEXT)).toEqual({
    version: 2,
    entries: ENTRIES,
    byteLength: TEXT.length,
    isBroken: false,
  });
});

test("an empty journal has no entries", async () => {
  expect(await parseJournal("")).toEqual({ version: 2, entries: [], byteLength: 0, isBroken: false });
});

test("of a journal torn at any byte the whole lines are read (R2)", async () => {
  for (let length = 0; length <= TEXT.length; length += 1) {
    const torn = TEXT.slice(0, length);
    const wholeLines = torn.split("\n").length - 1;
    expect(await parseJournal(torn)).toEqual({
      version: 2,
      entries: ENTRIES.slice(0, Math.max(0, wholeLines - 1)),
      byteLength: [VERSION, ...LINES].slice(0, wholeLines).join("").length,
      isBroken: false,
    });
  }
});

test("a journal of version 1 is read as its one rendition, with parts and a frame rate that nobody knows", async () => {
  const old = ENTRIES.map(({ rendition: _, ...entry }) => {
    const {
      parts: __,
      frameRate,
      ...rest
    } = entry as Partial<Extract<JournalEntry, { type: "segment-end" }>>;
    const counted = frameRate === undefined ? rest : { ...rest, frameCount: 60 };
    return Buffer.from(encodeJournalLine(counted as JournalEntry)).toString();
  }).join("");
  const [initialization, start, end] = ENTRIES;
  const oldEnd = { ...end, frameRate: null, frameCount: 60, parts: [] };
  const entries = [initialization, start, oldEnd] as JournalEntry[];
  expect(await parseJournal(old)).toEqual({ version: 1, entries, byteLength: old.length, isBroken: false });
  const sound = { ...JSON.parse(old.slice(9, old.indexOf("\n"))), tracks: [] };
  const [named] = (await parseJournal(Buffer.from(encodeJournalLine(sound)).toString())).entries;
  expect(named?.rendition).toBe("a0");
});

test("a journal of a newer version is not read", async () => {
  const json = '{"type":"journal","version":3}';
  const text = `${crc32(json).toString(16).padStart(8, "0")} ${json}\n${LINES.join("")}`;
  const refusal = await parseJournal(text).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(NewerJournalError);
  expect(String(refusal)).toBe(
    "NewerJournalError: the journal is of version 3; this version of Tandem knows versions up to 2",
  );
});

test("a changed character takes its line and all that follow, and whole lines behind it are told of", async () => {
  const random = seededRandom(1);
  for (let at = 0; at < TEXT.length; at += 1) {
    const code = 32 + Math.floor(random() * 95);
    const changed = String.fromCharCode(code === TEXT.charCodeAt(at) ? code + 1 : code);
    const damaged = TEXT.slice(0, at) + changed + TEXT.slice(at + 1);
    const wholeLines = TEXT.slice(0, at).split("\n").length - 1;
    const { entries, isBroken } = await parseJournal(damaged);
    expect(entries).toEqual(ENTRIES.slice(0, Math.max(0, wholeLines - 1)));
    // A changed line feed takes the line behind it, too.
    const lastLines = TEXT[at] === "\n" ? 2 : 1;
    expect(isBroken).toBe(wholeLines + lastLines < [VERSION, ...LINES].length);
  }
});

test("a line of nothing but its checksum is none", async () => {
  expect((await parseJournal(`${VERSION}${LINES[0]}00000000 \n${LINES[1]}`)).entries).toEqual(
    ENTRIES.slice(0, 1),
  );
});

test("what is left of a file after a power cut is no line", async () => {
  for (const rest of ["\0".repeat(4096), "\uFFFD\n", "\n\n"]) {
    expect(await parseJournal(TEXT + rest)).toEqual({
      version: 2,
      entries: ENTRIES,
      byteLength: TEXT.length,
      isBroken: false,
    });
  }
});

test("of a day of segments a thousand are read in a turn of the event loop", async () => {
  let turns = 0;
  let turn = setImmediate(function next() {
    turns += 1;
    turn = setImmediate(next);
  });
  const { entries } = await parseJournal(VERSION + (LINES[2] ?? "").repeat(2500));
  clearImmediate(turn);
  expect(entries).toHaveLength(2500);
  expect(turns).toBe(2);
});

test("every checksum has eight digits, those that begin with a zero, too", () => {
  for (let msn = 0; msn < 100; msn += 1) {
    const line = Buffer.from(encodeJournalLine({ ...segmentEnd(), msn })).toString();
    expect(line).toMatch(/^[0-9a-f]{8} \{.*\}\n$/);
  }
});

function segmentEnd(): Extract<JournalEntry, { type: "segment-end" }> {
  const entry = ENTRIES[2];
  if (entry?.type !== "segment-end") throw new Error("not the end of a segment");
  return entry;
}
