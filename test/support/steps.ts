// The steps of the test command, each a line when it begins and a line with its time when it ends, and how they went.

import type { Tally } from "./junit.ts";
import type { Provision } from "./provision.ts";

export class Steps {
  readonly #print: (line: string) => void;
  readonly #total: Tally = { passed: 0, failed: 0, skipped: 0, failures: [] };

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** A check: passed unless it throws, and what it throws is printed. Never rejects, so it may run beside others. */
  async check(name: string, run: () => Promise<void>): Promise<void> {
    const startedAt = this.#begin(name);
    try {
      await run();
      this.#end("ok", name, startedAt);
      this.#total.passed += 1;
    } catch (error) {
      this.#end("FAILED", name, startedAt);
      const why = error instanceof Error ? error.message : String(error);
      this.#print(why);
      this.#total.failed += 1;
      this.#total.failures.push(`${name}\n${why}`);
    }
  }

  /** Obtains what is missing and can be had; what cannot is said and skipped. Never rejects. */
  async provide(name: string, provision: Provision): Promise<void> {
    if (provision.state === "obtainable")
      return this.check(`${name}: ${provision.how}`, () => provision.obtain());
    if (provision.state === "present") this.#print(`ok      ${name}: already there`);
    else {
      this.#print(`skipped ${name}: ${provision.reason}`);
      this.#total.skipped += 1;
    }
  }

  /** Many tests, which print as they go. */
  async suite(name: string, run: () => Promise<Tally>): Promise<void> {
    this.#print("");
    const startedAt = this.#begin(name);
    const tally = await run();
    const { passed, failed, skipped, failures } = tally;
    const counts = `${passed} passed, ${failed} failed, ${skipped} skipped`;
    this.#end(failed === 0 ? "ok" : "FAILED", `${name}: ${counts}`, startedAt);
    this.#print("");
    this.#total.passed += passed;
    this.#total.failed += failed;
    this.#total.skipped += skipped;
    this.#total.failures.push(...failures);
  }

  get total(): Readonly<Tally> {
    return this.#total;
  }

  #begin(name: string): number {
    this.#print(`begins  ${name}`);
    return performance.now();
  }

  #end(outcome: "ok" | "FAILED", name: string, startedAt: number): void {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    this.#print(`${outcome.padEnd(7)} ${name} (${seconds} s)`);
  }
}
