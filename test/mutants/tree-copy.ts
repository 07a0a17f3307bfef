// A copy of the checkout that mutants are tried in: the checkout itself is never changed.

import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Target } from "./targets.ts";

/** Neither read by a test of a target nor worth the time; `node_modules` is linked. */
const LEFT_OUT = [".git", "data", "dist", "node_modules"];

/** A mutant can wait for ever: this much longer than the tests take without it, and what a busy machine may add. */
const DEADLINE_FACTOR = 5;
const DEADLINE_SLACK_MS = 4000;

/** Tests of a target, and the compiler, take a small part of it. */
const MAX_MS = 120_000;

/** What the tests, or the compiler, said of a mutant. */
export type Trial = "passed" | "failed" | "timed out";

export class TreeCopy {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `parent`: the folder that it is made in, outside of the checkout. */
  static async of(root: string, parent: string): Promise<TreeCopy> {
    const folder = await mkdtemp(join(parent, "tandem-mutants-"));
    await cp(root, folder, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => path === root || !isLeftOut(root, path),
    });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    return new TreeCopy(folder);
  }

  /** How long the tests take when nothing is changed, in milliseconds. Throws when they do not pass, or the file does not compile alone. */
  async rehearse({ file, tests }: Target): Promise<number> {
    const source = await Bun.file(join(this.#folder, file)).text();
    if (!(await this.compiles(file, source))) throw new Error(`${file} does not compile without a mutant`);
    const startedAt = performance.now();
    if ((await this.#run(testCommand(tests), MAX_MS)) !== "passed") {
      throw new Error(`without a mutant, \`bun test ${tests.join(" ")}\` fails`);
    }
    return Math.ceil(performance.now() - startedAt);
  }

  /** Runs the tests with one file changed. */
  async try({ file, tests }: Target, source: string, usualMs: number): Promise<Trial> {
    const deadlineMs = usualMs * DEADLINE_FACTOR + DEADLINE_SLACK_MS;
    return await this.#withChanged(file, source, () => this.#run(testCommand(tests), deadlineMs));
  }

  /** Whether the compiler takes it: what is no longer used is no mistake of a mutant. */
  async compiles(file: string, source: string): Promise<boolean> {
    const project = join(this.#folder, "tsconfig.mutant.json");
    const settings = file.startsWith("media/") ? "./media/tsconfig.json" : "./tsconfig.json";
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false };
    await Bun.write(
      project,
      JSON.stringify({ extends: settings, compilerOptions, include: [], files: [file] }),
    );
    return await this.#withChanged(file, source, async () => {
      const tsc = join(this.#folder, "node_modules/.bin/tsc");
      return (await this.#run([process.execPath, tsc, "-p", project], MAX_MS)) === "passed";
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

  async #run(command: readonly string[], deadlineMs: number): Promise<Trial> {
    const child = Bun.spawn([...command], {
      cwd: this.#folder,
      stdio: ["ignore", "ignore", "ignore"],
      timeout: deadlineMs,
      killSignal: "SIGKILL",
    });
    await child.exited;
    if (child.signalCode !== null) return "timed out";
    return child.exitCode === 0 ? "passed" : "failed";
  }
}

function testCommand(tests: readonly string[]): string[] {
  return [process.execPath, "test", "--bail", ...tests.map((path) => `./${path}`)];
}

function isLeftOut(root: string, path: string): boolean {
  const isAtRoot = join(root, basename(path)) === path;
  return isAtRoot && LEFT_OUT.includes(basename(path));
}
