import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "#server/common/log.ts";
import type { DiskReport } from "#server/readiness/disk-parts.ts";
import { DiskProbe, diskSentence, type ProbeThread } from "#server/readiness/disk-probe.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const WELL: DiskReport = { store: null, recordings: null };
const READ_ONLY: DiskReport = { store: "disk_failing", recordings: "disk_read_only" };

/** A thread that answers when the test says so. */
class FakeThread implements ProbeThread {
  onmessage: ProbeThread["onmessage"] = null;
  onerror: ProbeThread["onerror"] = null;
  questions = 0;
  isTerminated = false;
  /** Given as soon as it is asked; null: none. */
  report: DiskReport | null = WELL;

  postMessage(): void {
    this.questions += 1;
    const { report } = this;
    if (report !== null) queueMicrotask(() => this.answer(report));
  }

  answer(data: DiskReport): void {
    this.onmessage?.(new MessageEvent("message", { data }));
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

class Probed {
  readonly threads: FakeThread[] = [];
  cannotBegin = false;
  readonly lines: { event: string; part: string }[] = [];
  readonly probe: DiskProbe;

  constructor(options: { keptMs?: number; deadlineMs?: number } = {}) {
    this.probe = new DiskProbe({
      ...{ databaseFile: "", recordingsFolder: "", ...options },
      begin: () => {
        if (this.cannotBegin) throw new Error("no more threads");
        const thread = new FakeThread();
        this.threads.push(thread);
        return thread;
      },
      log: createLog({
        level: "info",
        write: (line) => this.lines.push(JSON.parse(line)),
        clock: new FakeClock(),
      }),
    });
  }

  async problems() {
    return { store: await this.probe.problem("store"), recordings: await this.probe.problem("recordings") };
  }

  get thread(): FakeThread {
    const thread = this.threads.at(-1);
    if (thread === undefined) throw new Error("no thread was begun");
    return thread;
  }
}

test("however often it is asked, the disk is tried once in a while", async () => {
  const probed = new Probed();
  const answers = await Promise.all(Array.from({ length: 100 }, () => probed.problems()));
  expect(answers.every(({ store, recordings }) => store === null && recordings === null)).toBe(true);
  expect(probed.thread.questions).toBe(1);
});

test("an answer is not kept for long", async () => {
  const probed = new Probed({ keptMs: 0 });
  expect(await probed.problems()).toEqual(WELL);
  probed.thread.report = READ_ONLY;
  expect(await probed.problems()).toEqual(READ_ONLY);
  probed.thread.report = WELL;
  expect(await probed.problems()).toEqual(WELL);
  expect(probed.lines.map(({ event, part }) => `${event} ${part}`)).toEqual([
    ...["disk_not_well store", "disk_not_well recordings", "disk_well store", "disk_well recordings"],
  ]);
});

test("a disk that does not answer is a problem, and is not asked again before it has", async () => {
  const probed = new Probed({ keptMs: 0, deadlineMs: 1 });
  await probed.problems();
  probed.thread.report = null;
  const { questions } = probed.thread;
  expect(await probed.problems()).toEqual({ store: "disk_silent", recordings: "disk_silent" });
  expect(probed.thread.questions).toBe(questions + 1);
  probed.thread.answer(WELL);
  probed.thread.report = WELL;
  expect(await probed.problems()).toEqual(WELL);
});

test("a thread that cannot run is a problem; the next question has another", async () => {
  const probed = new Probed({ keptMs: 0 });
  await probed.problems();
  probed.thread.report = null;
  const problem = probed.probe.problem("store");
  probed.thread.onerror?.(new ErrorEvent("error"));
  expect(await problem).toBe("disk_failing");
  expect(probed.thread.isTerminated).toBe(true);
  expect(await probed.problems()).toEqual(WELL);
  expect(probed.threads).toHaveLength(2);
});

test("a thread that cannot even be begun is a problem, too, until it can", async () => {
  const probed = new Probed({ keptMs: 0 });
  probed.cannotBegin = true;
  expect(await probed.probe.problem("store")).toBe("disk_failing");
  probed.cannotBegin = false;
  expect(await probed.problems()).toEqual(WELL);
});

test("the real thread writes to a real disk, and sees what cannot be written", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-readiness-"));
  const databaseFile = join(folder, "tandem.sqlite");
  const log = createLog({ level: "error", write: () => undefined, clock: new FakeClock() });
  const probe = new DiskProbe({ databaseFile, recordingsFolder: join(folder, "recordings"), log, keptMs: 0 });
  expect(await probe.problem("recordings")).toBeNull();
  expect(await probe.problem("store")).toBe("disk_failing");
  openDatabase(databaseFile).close();
  expect(await probe.problem("store")).toBeNull();
  probe.stop();
  rmSync(folder, { recursive: true, force: true }); // SQLite's thread may be removing its files, too.
});

test("what is the matter is half a sentence", () => {
  expect(diskSentence("disk_silent")).toBe("the disk does not answer");
  expect(diskSentence("disk_full")).toBe("the disk is full");
});
