import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { readFragment } from "#media/fmp4/fragment-reader.ts";
import type { Cut } from "#media/hls/segment.ts";
import type { AppendFiles, RecordingFile } from "#server/recording/append-files.ts";
import { HeldBytes } from "#server/recording/held-bytes.ts";
import { type JournalEntry, parseJournal } from "#server/recording/journal.ts";
import type { RecordedSegment } from "#server/recording/listed-entries.ts";
import { isInMemory } from "#server/recording/piece.ts";
import { Recorder } from "#server/recording/recorder.ts";
import { seededRandom } from "#test/support/damage.ts";
import { areInstalled } from "#test/support/program.ts";
import {
  bytesOf,
  LIVESTREAM_ID,
  noReports,
  programmeCuts,
  RecordingFolder,
} from "#test/support/recording-folder.ts";
import { until } from "#test/support/until.ts";

/** Files in memory, which append when they are let. */
class HeldFiles implements AppendFiles {
  readonly mediaLength = 0;
  readonly journalLength = 0;
  readonly appended: Record<RecordingFile, Uint8Array[]> = { media: [], journal: [] };
  /** Every call, in order. */
  readonly calls: { readonly file: RecordingFile; readonly byteLength: number }[] = [];
  /** For each time the disk was told to keep everything: the calls before. */
  readonly syncedAfter: number[] = [];
  isClosed = false;
  inFlight = 0;
  mostInFlight = 0;
  #waiting: (() => void)[] = [];
  #isOpen: boolean;

  constructor({ isOpen }: { isOpen: boolean }) {
    this.#isOpen = isOpen;
  }

  async append(file: RecordingFile, chunks: readonly Uint8Array[]): Promise<void> {
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    this.calls.push({ file, byteLength: Buffer.concat(chunks).byteLength });
    if (!this.#isOpen) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.appended[file].push(...chunks);
    this.inFlight -= 1;
  }

  async sync(): Promise<void> {
    this.syncedAfter.push(this.calls.length);
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }

  letGo(): void {
    this.#isOpen = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** Where the recorder says that its bytes are; nobody reads it here. */
const FILE = "media.mp4";

const RECORD_PROGRAMME = Bun.fileURLToPath(import.meta.resolve("#test/support/record-programme.ts"));

function recorderOn(openFiles: () => AppendFiles): { recorder: Recorder; failures: string[] } {
  const failures: string[] = [];
  const recorder = new Recorder({
    openFiles,
    held: new HeldBytes(FILE),
    onWritten: () => undefined,
    onFailure: (message) => failures.push(message),
  });
  return { recorder, failures };
}

function isWritten(recorder: Recorder, msn: number): boolean {
  return recorder.held.segment("v0-360", msn)?.every((piece) => !isInMemory(piece)) ?? false;
}

function writeAll(recorder: Pick<Recorder, "write">, cuts: readonly Cut[]): void {
  for (const cut of cuts) recorder.write(cut);
}

test("a line of the journal comes after the bytes it speaks of", async () => {
  const files = new HeldFiles({ isOpen: true });
  const { recorder } = recorderOn(() => files);
  let mediaLength = 0;
  const lines: { entry: JournalEntry; mediaLength: number }[] = [];
  const append = files.append.bind(files);
  files.append = async (file, chunks) => {
    await append(file, chunks);
    if (file === "media") mediaLength += Buffer.concat(chunks).byteLength;
    else {
      const { entries } = await parseJournal(Buffer.concat(chunks).toString());
      lines.push(...entries.map((entry) => ({ entry, mediaLength })));
    }
  };
  writeAll(recorder, programmeCuts({ seconds: 6 }));
  await recorder.end();
  let offset = 0;
  expect(lines.map(({ entry }) => entry.type)).toEqual([
    "initialization",
    ...Array.from({ length: 3 }, () => ["segment-start", "segment-end"] as const).flat(),
  ]);
  for (const { entry, mediaLength: written } of lines) {
    if (entry.type === "segment-start") offset = entry.offset;
    if (entry.type === "segment-end") expect(written).toBeGreaterThanOrEqual(offset + entry.byteLength);
    if (entry.type === "initialization") expect(written).toBeGreaterThanOrEqual(entry.byteLength);
  }
});

test("one write at a time, and what waited for it goes out together", async () => {
  const files = new HeldFiles({ isOpen: false });
  const { recorder } = recorderOn(() => files);
  const cuts = programmeCuts({ seconds: 2 });
  writeAll(recorder, cuts);
  expect(files.calls.map(({ file }) => file)).toEqual(["journal"]);
  files.letGo();
  await recorder.end();
  // The version, the initialization, its line and the segment's first, five parts as one, the segment's last line.
  const calls = files.calls.map(({ file }) => file);
  expect(calls).toEqual(["journal", "media", "journal", "media", "journal"]);
  expect(files.mostInFlight).toBe(1);
  expect(Buffer.concat(files.appended.media)).toEqual(Buffer.from(bytesOf(cuts)));
  expect(files.isClosed).toBe(true);
});

test("the disk is told to keep everything with every segment that ends five seconds after the last time", async () => {
  const files = new HeldFiles({ isOpen: true });
  const { recorder } = recorderOn(() => files);
  const told: number[] = [];
  for (const cut of programmeCuts({ seconds: 16 })) {
    recorder.write(cut);
    if (cut.type !== "segment") continue;
    while (!isWritten(recorder, cut.segment.msn)) await setImmediate();
    await setImmediate();
    told.push(files.syncedAfter.length);
  }
  await recorder.end();
  // Segments of two seconds: behind the third, and behind the third after it.
  expect(told).toEqual([0, 0, 1, 1, 1, 2, 2, 2]);
  // The segment's own line in the journal was written before.
  for (const count of files.syncedAfter) expect(files.calls[count - 1]?.file).toBe("journal");
});

test("a disk that cannot keep what it took ends the recording, and writes do not wait for one that is slow", async () => {
  const files = new HeldFiles({ isOpen: true });
  const { promise, reject } = Promise.withResolvers<void>();
  files.sync = () => promise;
  const { recorder, failures } = recorderOn(() => files);
  const cuts = programmeCuts({ seconds: 10 });
  writeAll(recorder, cuts);
  await until(
    "all of it written",
    () => Buffer.concat(files.appended.media).byteLength === bytesOf(cuts).byteLength,
  );
  expect(failures).toEqual([]);
  reject(new Error("EIO: fdatasync"));
  await until("the failure", () => failures.length > 0);
  expect(failures).toEqual(["EIO: fdatasync"]);
});

test("files are not closed while the disk is still keeping what they have", async () => {
  const files = new HeldFiles({ isOpen: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  files.sync = () => promise;
  const { recorder } = recorderOn(() => files);
  const cuts = programmeCuts({ seconds: 10 });
  writeAll(recorder, cuts);
  await until(
    "all of it written",
    () => Buffer.concat(files.appended.media).byteLength === bytesOf(cuts).byteLength,
  );
  const ended = recorder.end();
  await setImmediate();
  expect(files.isClosed).toBe(false);
  resolve();
  await ended;
  expect(files.isClosed).toBe(true);
});

test("the bytes of a part are written as they are, not copied", async () => {
  const files = new HeldFiles({ isOpen: true });
  const { recorder } = recorderOn(() => files);
  const cuts = programmeCuts({ seconds: 2 });
  writeAll(recorder, cuts);
  await recorder.end();
  const parts = cuts.flatMap((cut) => (cut.type === "part" ? [cut.part.bytes] : []));
  for (const part of parts) expect(files.appended.media).toContain(part);
});

test("what is on the disk is read from where it is written, and before that from memory", async () => {
  await using folder = new RecordingFolder();
  const files = new HeldFiles({ isOpen: false });
  const { recorder } = recorderOn(() => files);
  const cuts = programmeCuts({ seconds: 4 });
  writeAll(recorder, cuts);
  const parts = cuts.flatMap((cut) => (cut.type === "part" && cut.part.msn === 0 ? [cut.part.bytes] : []));
  expect(recorder.held.segment("v0-360", 0)).toEqual(parts);
  files.letGo();
  await recorder.end();
  await folder.record(cuts);
  const recording = await folder.recordings.repair(LIVESTREAM_ID);
  const places =
    recording?.segments.map(({ offset, byteLength }) => [{ file: FILE, offset, byteLength }]) ?? [];
  expect(places).toHaveLength(2);
  expect([0, 1].map((msn) => recorder.held.segment("v0-360", msn))).toEqual(places);
  expect(recorder.held.segment("v0-360", 2)).toBeNull();
  expect(recorder.held.initialization("v0-360", 1)).toBeNull();
});

test("after a restart what was recorded before is found, too", async () => {
  await using folder = new RecordingFolder();
  await folder.record(programmeCuts({ seconds: 4 }));
  const before = await folder.recordings.repair(LIVESTREAM_ID);
  if (before === null) throw new Error("no recording");
  const recorder = folder.recordings.record(LIVESTREAM_ID, before, noReports);
  const file = folder.mediaFile;
  const [first] = before.segments;
  const placeOf = (segment: RecordedSegment | undefined) => [
    { file, offset: segment?.offset ?? 0, byteLength: segment?.byteLength ?? 0 },
  ];
  expect(recorder.held.segment("v0-360", 0)).toEqual(placeOf(first));
  expect(recorder.held.initialization("v0-360", 0)).toEqual([
    { file, offset: 0, byteLength: first?.offset ?? 0 },
  ]);
  writeAll(recorder, programmeCuts({ seconds: 2, fromSeconds: 4, discontinuity: true, resume: before }));
  await recorder.end();
  const after = await folder.recordings.repair(LIVESTREAM_ID);
  expect(recorder.held.segment("v0-360", 2)).toEqual(placeOf(after?.segments[2]));
  expect(after?.segments[2]?.offset).toBeGreaterThan(before.sizeBytes);
});

test("a disk that stalls keeps nobody waiting, and gets everything once it goes on (L5)", async () => {
  const files = new HeldFiles({ isOpen: false });
  const { recorder, failures } = recorderOn(() => files);
  const cuts = programmeCuts({ seconds: 60 });
  writeAll(recorder, cuts);
  expect(files.calls).toHaveLength(1);
  files.letGo();
  await recorder.end();
  expect(failures).toEqual([]);
  expect(sha256(files.appended.media)).toBe(sha256([bytesOf(cuts)]));
});

test("a disk that stalls for good ends the recording at a bounded number of bytes, once", async () => {
  const files = new HeldFiles({ isOpen: false });
  const { recorder, failures } = recorderOn(() => files);
  const bytes = new Uint8Array(1024 * 1024);
  for (let index = 0; index < 200; index += 1) {
    recorder.write({
      type: "part",
      rendition: "v0-360",
      part: { msn: 0, index, durationSeconds: 1, independent: true, bytes },
    });
    expect(failures).toHaveLength(index < 63 ? 0 : 1);
  }
  // 64 MiB, and the first line of the journal.
  expect(failures[0]).toBe("the disk is 67108904 bytes behind");
  files.letGo();
  await recorder.end();
  expect(files.appended.media).toEqual([]);
  expect(files.isClosed).toBe(true);
});

test("a disk that keeps up is never behind, however long it records", async () => {
  const files = new HeldFiles({ isOpen: true });
  files.append = async () => {};
  const { recorder, failures } = recorderOn(() => files);
  const bytes = new Uint8Array(1024 * 1024);
  for (let index = 0; index < 200; index += 1) {
    recorder.write({
      type: "part",
      rendition: "v0-360",
      part: { msn: 0, index, durationSeconds: 1, independent: true, bytes },
    });
    if (index % 50 === 49) await setImmediate();
  }
  await recorder.end();
  expect(failures).toEqual([]);
});

test("a write that fails ends the recording once, and never throws (R5)", async () => {
  const files = new HeldFiles({ isOpen: true });
  files.append = () => Promise.reject(new Error("ENOSPC: no space left on device, write"));
  const { recorder, failures } = recorderOn(() => files);
  writeAll(recorder, programmeCuts({ seconds: 4 }));
  await recorder.end();
  writeAll(recorder, programmeCuts({ seconds: 4 }));
  expect(failures).toEqual(["ENOSPC: no space left on device, write"]);
  expect(recorder.held.segment("v0-360", 0)?.every(isInMemory)).toBe(true);
  expect(files.isClosed).toBe(true);
});

test("files that cannot be opened are a recording that failed, not a broadcast (R5)", async () => {
  const { recorder, failures } = recorderOn(() => {
    throw new Error("EROFS: read-only file system");
  });
  writeAll(recorder, programmeCuts({ seconds: 2 }));
  await recorder.end();
  expect(failures).toEqual(["EROFS: read-only file system"]);
});

test("a disk that is full from the start ends the recording (R5)", async () => {
  await using folder = new RecordingFolder();
  mkdirSync(dirname(folder.mediaFile));
  symlinkSync("/dev/full", folder.mediaFile);
  const failures: string[] = [];
  const recorder = folder.recordings.record(LIVESTREAM_ID, null, {
    ...noReports,
    stopped: (message) => failures.push(message),
  });
  writeAll(recorder, programmeCuts({ seconds: 4 }));
  await recorder.end();
  expect(failures).toHaveLength(1);
  expect(failures[0]).toContain("ENOSPC");
});

test.skipIf(!areInstalled("bash"))(
  "where the disk was full in the middle of a part, what is whole before it is kept (R5)",
  async () => {
    await using folder = new RecordingFolder();
    await folder.record([]); // The reserve, which is larger than that, is there already.
    const limit = Math.floor(bytesOf(programmeCuts({ seconds: 6 })).byteLength * 0.6);
    const child = Bun.spawn({
      // The limit on a file's size, in blocks of 1024 bytes; the signal that comes with it is ignored.
      cmd: [
        ...["bash", "-c", `trap '' XFSZ; ulimit -f ${Math.floor(limit / 1024)}; exec "$0" "$@"`],
        ...[process.execPath, RECORD_PROGRAMME, folder.folder, "6"],
      ],
      stdout: "pipe",
      stderr: "inherit",
    });
    expect(await child.stdout.text()).toContain("EFBIG");
    expect(await child.exited).toBe(0);
    const recording = await folder.recordings.repair(LIVESTREAM_ID);
    expect(recording?.segments.length).toBe(2);
    expect(recording?.durationSeconds).toBeGreaterThan(2);
    expect(recording?.durationSeconds).toBeLessThan(4);
    expect(recording?.sizeBytes).toBe((await folder.read()).media.byteLength);
  },
);

test("killed again and again, the recording stays whole and goes on (R1)", async () => {
  await using folder = new RecordingFolder();
  const random = seededRandom(1);
  let before: readonly RecordedSegment[] = [];
  for (let kill = 0; kill < 10; kill += 1) {
    const child = Bun.spawn({
      cmd: [process.execPath, RECORD_PROGRAMME, folder.folder, "200"],
      stdout: "pipe",
      stderr: "inherit",
    });
    const killAfter = Math.floor(random() * 40);
    let dots = 0;
    for await (const bytes of child.stdout) {
      dots += bytes.byteLength;
      if (dots > killAfter) child.kill("SIGKILL");
    }
    await child.exited;
    const recording = await folder.recordings.repair(LIVESTREAM_ID);
    const segments = recording?.segments ?? [];
    expect(segments.slice(0, before.length)).toEqual([...before]);
    expect(segments.map(({ msn }) => msn)).toEqual([...segments.keys()]);
    expect(segments.length).toBeGreaterThanOrEqual(before.length + dots);
    expect((await folder.read()).media.byteLength).toBe(recording?.sizeBytes ?? -1);
    before = segments;
  }
  const { media } = await folder.read();
  for (const { offset, byteLength, partCount } of before) {
    let at = offset;
    for (let part = 0; part < partCount; part += 1) at += readFragment(media, at)?.byteLength ?? 0;
    expect(at).toBe(offset + byteLength);
  }
}, 30_000);

function sha256(chunks: readonly Uint8Array[]): string {
  const hash = createHash("sha256");
  for (const chunk of chunks) hash.update(chunk);
  return hash.digest("hex");
}

test("an end waits no longer than its deadline for a disk that takes nothing, and closes the files after", async () => {
  const failures: string[] = [];
  const files = new HeldFiles({ isOpen: false });
  const recorder = new Recorder({
    openFiles: () => files,
    held: new HeldBytes(FILE),
    onWritten: () => undefined,
    onFailure: (message) => failures.push(message),
    endDeadlineMs: 10,
  });
  // Keeps this process alive, as its sockets keep the server: the deadline itself does not.
  const alive = setInterval(() => {}, 1000);
  for (const cut of programmeCuts({ seconds: 1 })) recorder.write(cut);
  await recorder.end();
  clearInterval(alive);
  expect(failures).toHaveLength(1);
  expect(failures[0]).toContain("the disk took no more at the end");
  expect(files.isClosed).toBe(false);
  files.letGo();
  await until("the files to be closed", () => files.isClosed);
});
