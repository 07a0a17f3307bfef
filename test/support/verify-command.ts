// `tandem verify` as its operator runs it: a process of its own, and what it printed.

import { readFileSync } from "node:fs";
import { type CopiedServer, TANDEM } from "./tandem-server.ts";

interface Line {
  readonly finding: string;
  readonly path: string;
  readonly what: string;
  readonly mended?: string | null;
}

export interface Verified {
  readonly exitCode: number;
  readonly lines: readonly Line[];
  readonly errors: string;
  /** The most memory that it had, as far as it was looked at. */
  readonly memoryKilobytes: number;
}

/** On a data directory, or on all that a server or its copy has, with its flags. */
export async function verify(
  of: string | Pick<CopiedServer, "environment">,
  ...flags: readonly string[]
): Promise<Verified> {
  const environment = typeof of === "string" ? { TANDEM_DATA_DIR: of } : of.environment;
  const child = Bun.spawn([...TANDEM, "verify", ...flags], {
    env: { ...process.env, ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  let memoryKilobytes = 0;
  const looking = setInterval(() => {
    memoryKilobytes = peakOf(child.pid) ?? memoryKilobytes;
  }, 10);
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const exitCode = await child.exited;
  clearInterval(looking);
  const lines = output.split("\n").filter((line) => line !== "");
  return {
    exitCode,
    lines: lines.map((line) => JSON.parse(line)),
    errors,
    memoryKilobytes,
  };
}

/** Null where the system does not say. */
function peakOf(processId: number): number | null {
  try {
    const status = readFileSync(`/proc/${processId}/status`, "utf8");
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) || null;
  } catch {
    return null;
  }
}
