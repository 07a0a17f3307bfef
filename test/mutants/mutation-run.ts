// Tries every mutant of some targets, several at a time, and says which of them no test noticed.

import { join } from "node:path";
import { type Mutant, mutantsOf } from "./mutations.ts";
import { stringUnionsOf } from "./string-unions.ts";
import type { Target } from "./targets.ts";
import { TreeCopy } from "./tree-copy.ts";

export interface TargetResult {
  readonly file: string;
  /** Those that compile, or that a test noticed. */
  readonly total: number;
  readonly killed: number;
  readonly survivors: readonly Mutant[];
}

/** Mutants of one target, and what became of them so far. */
interface Work {
  readonly target: Target;
  readonly mutants: readonly Mutant[];
  readonly usualMs: number;
  readonly survivors: Mutant[];
  uncompiled: number;
}

export interface MutationRun {
  /** Of the checkout, which is only read. */
  readonly root: string;
  /** The folder that the checkout is copied into. */
  readonly copiesIn: string;
  readonly targets: readonly Target[];
  /** How many mutants are tried at a time. */
  readonly concurrency: number;
  /** Called with each target's result as soon as it is there. */
  onResult(result: TargetResult): void;
  readonly signal: AbortSignal;
}

/** Throws what the signal was aborted with. */
export async function runMutants(run: MutationRun): Promise<TargetResult[]> {
  const copies: TreeCopy[] = [];
  try {
    while (copies.length < run.concurrency) copies.push(await TreeCopy.of(run.root, run.copiesIn));
    const results: TargetResult[] = [];
    for (const target of run.targets) {
      const result = await runTarget(run, target, copies);
      results.push(result);
      run.onResult(result);
    }
    return results;
  } finally {
    for (const copy of copies) await copy.remove();
  }
}

async function runTarget(
  { root, signal }: MutationRun,
  target: Target,
  copies: readonly TreeCopy[],
): Promise<TargetResult> {
  const work = await prepare(root, target, copies);
  const queue = [...work.mutants];
  await Promise.all(
    copies.map(async (copy) => {
      for (let next = queue.shift(); next !== undefined && !signal.aborted; next = queue.shift()) {
        await tryOne(copy, work, next);
      }
    }),
  );
  signal.throwIfAborted();
  const survivors = work.survivors.sort((a, b) => work.mutants.indexOf(a) - work.mutants.indexOf(b));
  const total = work.mutants.length - work.uncompiled;
  return { file: target.file, total, killed: total - survivors.length, survivors };
}

async function prepare(root: string, target: Target, copies: readonly TreeCopy[]): Promise<Work> {
  const source = await Bun.file(join(root, target.file)).text();
  const mutants = mutantsOf(target.file, source, await stringUnionsOf(root, target.file));
  const durations = await Promise.all(copies.map((copy) => copy.rehearse(target)));
  return { target, mutants, usualMs: Math.max(...durations), survivors: [], uncompiled: 0 };
}

/** One that the tests let pass may still be one that the compiler refuses: that is no mutant at all. */
async function tryOne(copy: TreeCopy, work: Work, mutant: Mutant): Promise<void> {
  const { file, source } = mutant;
  const trial = await copy.try(work.target, source, work.usualMs);
  if (trial !== "passed") return;
  if (await copy.compiles(file, source)) work.survivors.push(mutant);
  else work.uncompiled += 1;
}
