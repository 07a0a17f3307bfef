// A copy of the checkout that mutants are tried in: the checkout itself is never changed.

import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

/** Neither read by a test of a target nor worth the time; `node_modules` is linked. */
const LEFT_OUT = [".git", "data", "dist", "node_modules"];

/** A mutant can wait for ever: this much longer than the tests take without it, and what a busy machine may add. */
const DEADLINE_FACTOR = 5;
const DEADLINE_SLACK_MS = 4000;

/** What the tests, or the compiler, said of a mutant. */
export type Trial = "passed" | "failed" | "timed out";

export class TreeCopy {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async of(root: string): Promise<TreeCopy> {
    const folder = await mkdtemp(join(tmpdir(), "tandem-mutants-"));
    await cp(root, folder, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => path === root || !isLeftOut(root, path),
    });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    return new TreeCopy(folder);
  }

  /** Runs the tests once as they are: how long they take, in milliseconds. Throws when they do not pass. */
  async rehearse(tests: readonly string[]): Promise<number> {
    const startedAt = performance.now();
    const { exitCode, output } = await this.#run(testCommand(tests), null);
    if (exitCode !== 0) throw new Error(`without a mutant, ${tests.join(" ")} failed:\n${output}`);
    return Math.ceil(performance.now() - startedAt);
  }

  /** Runs the tests with one file changed. */
  async try(file: string, source: string, tests: readonly string[], usualMs: number): Promise<Trial> {
    return await this.#withChanged(file, source, async () => {
      const deadlineMs = usualMs * DEADLINE_FACTOR + DEADLINE_SLACK_MS;
      const { exitCode, isKilled } = await this.#run(testCommand(tests), deadlineMs);
      if (isKilled) return "timed out";
      return exitCode === 0 ? "passed" : "failed";
    });
  }

  /** Whether the compiler takes it. */
  async compiles(file: string, source: string): Promise<boolean> {
    return await this.#withChanged(file, source, async () => {
      const project = file.startsWith("media/") ? "media" : ".";
      const tsc = join(this.#folder, "node_modules/.bin/tsc");
      const { exitCode } = await this.#run([process.execPath, tsc, "-p", project], null);
      return exitCode === 0;
    });
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #withChanged<T>(file: string, source: string, run: () => Promise<T>): Promise<T> {
    const path = join(this.#folder, file);
    const original = await Bun.file(path).text();
    await Bun.write(path, source);
    try {
      return await run();
    } finally {
      await Bun.write(path, original);
    }
  }

  async #run(
    command: readonly string[],
    deadlineMs: number | null,
  ): Promise<{ exitCode: number | null; isKilled: boolean; output: string }> {
    const child = Bun.spawn([...command], {
      cwd: this.#folder,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      env: { ...process.env, NO_COLOR: "1" },
      ...(deadlineMs === null ? {} : { timeout: deadlineMs, killSignal: "SIGKILL" }),
    });
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { exitCode: child.exitCode, isKilled: child.signalCode !== null, output: `${output}${errors}` };
  }
}

function testCommand(tests: readonly string[]): string[] {
  return [process.execPath, "test", "--bail", ...tests.map((path) => `./${path}`)];
}

function isLeftOut(root: string, path: string): boolean {
  const isAtRoot = join(root, basename(path)) === path;
  return isAtRoot && LEFT_OUT.includes(basename(path));
}
