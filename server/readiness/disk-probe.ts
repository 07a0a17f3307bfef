// Whether the disk takes what the server writes, asked as often as anybody likes and tried at most once a second.

import type { Log } from "#server/common/log.ts";
import { DISK_TROUBLES, type DiskTrouble } from "#server/store/disk-trouble.ts";
import type { DiskPart, DiskPlaces, DiskReport } from "./disk-parts.ts";

/** As {@link DiskTrouble}, or the disk has not answered in time. */
export type DiskProblem = DiskTrouble | "disk_silent";

/** An answer is good for this long, so that asking costs nothing. */
const KEPT_MS = 1000;

/** A disk that takes longer for a few kilobytes does not keep up with a recording either. */
const DEADLINE_MS = 3000;

export interface DiskProbeOptions extends DiskPlaces {
  readonly log: Log;
  readonly begin?: () => ProbeThread;
  readonly keptMs?: number;
  readonly deadlineMs?: number;
}

/** What answers each question with one {@link DiskReport}. */
export interface ProbeThread {
  onmessage: ((event: MessageEvent<DiskReport>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(places: DiskPlaces): void;
  terminate(): void;
}

const PARTS: readonly DiskPart[] = ["store", "recordings"];

const NO_ANSWER: Readonly<Record<DiskPart, DiskProblem>> = {
  store: "disk_silent",
  recordings: "disk_silent",
};

export class DiskProbe {
  readonly #options: DiskProbeOptions;
  #thread: ProbeThread | null = null;
  /** The question that has not been answered; a disk that hangs is not asked again. */
  #asking: Promise<DiskReport> | null = null;
  #last: { readonly report: DiskReport; readonly atMs: number } | null = null;
  #told: Readonly<Record<DiskPart, DiskProblem | null>> = { store: null, recordings: null };

  constructor(options: DiskProbeOptions) {
    this.#options = options;
  }

  /** What is wrong with the part now, null when nothing is. */
  async problem(part: DiskPart): Promise<DiskProblem | null> {
    const { keptMs = KEPT_MS } = this.#options;
    if (this.#last !== null && performance.now() - this.#last.atMs < keptMs) return this.#last.report[part];
    const problems = await this.#answerInTime();
    this.#tell(problems);
    return problems[part];
  }

  stop(): void {
    this.#thread?.terminate();
  }

  async #answerInTime(): Promise<Readonly<Record<DiskPart, DiskProblem | null>>> {
    const { deadlineMs = DEADLINE_MS } = this.#options;
    this.#asking ??= this.#ask();
    const { promise: late, resolve } = Promise.withResolvers<typeof NO_ANSWER>();
    const timer = setTimeout(() => resolve(NO_ANSWER), deadlineMs);
    const answer = await Promise.race([this.#asking, late]);
    clearTimeout(timer);
    return answer;
  }

  #ask(): Promise<DiskReport> {
    const { databaseFile, recordingsFolder, begin = beginWorker } = this.#options;
    const { promise, resolve } = Promise.withResolvers<DiskReport>();
    const answered = (report: DiskReport): void => {
      this.#asking = null;
      this.#last = { report, atMs: performance.now() };
      resolve(report);
    };
    // A thread that cannot run says nothing of the disk, but tells that something is out.
    const failed = (): void => {
      this.#thread?.terminate();
      this.#thread = null;
      answered({ store: "disk_failing", recordings: "disk_failing" });
    };
    try {
      const thread = this.#thread ?? begin();
      this.#thread = thread;
      thread.onmessage = ({ data }: MessageEvent<DiskReport>) => answered(data);
      thread.onerror = failed;
      thread.postMessage({ databaseFile, recordingsFolder });
    } catch {
      queueMicrotask(failed);
    }
    return promise;
  }

  #tell(problems: Readonly<Record<DiskPart, DiskProblem | null>>): void {
    const { log } = this.#options;
    for (const part of PARTS) {
      const problem = problems[part];
      if (problem === this.#told[part]) continue;
      if (problem === null) log.info("disk_well", { part });
      else log.error("disk_not_well", { part, message: diskSentence(problem) });
    }
    this.#told = problems;
  }
}

/** Half a sentence: what is the matter. */
export function diskSentence(problem: DiskProblem): string {
  return problem === "disk_silent" ? "the disk does not answer" : DISK_TROUBLES[problem];
}

function beginWorker(): Worker {
  const worker = new Worker(new URL("./disk-probe-worker.ts", import.meta.url));
  worker.unref();
  return worker;
}
