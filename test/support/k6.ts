// The load generator k6: from the PATH or, where there is Go, built once for this user and kept in their cache.

import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Provision } from "./provision.ts";

const VERSION = "v1.4.0";

/** The first minor version of Go 1 that fetches by itself the newer Go that k6 asks for. */
const OLDEST_GO = 21;

/** Four times what it takes on 2 cores that do something else as well. */
export const K6_BUILD_DEADLINE_MS = 20 * 60_000;

const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "tandem/k6");
const BUILT = join(CACHE, VERSION, "k6");

export function k6Provision(): Provision {
  if (k6Path() !== null) return { state: "present" };
  const reason = whyNotBuilt();
  if (reason !== null) return { state: "unavailable", reason };
  return {
    state: "obtainable",
    how: `${VERSION}, which Go builds once, into ${BUILT}; some minutes`,
    obtain: build,
  };
}

/** The path of the program; where it has to be built, that is printed first. Throws with what is missing. */
export async function ensureK6(print: (line: string) => void): Promise<string> {
  const provision = k6Provision();
  if (provision.state === "unavailable") throw new Error(`k6 is needed: ${provision.reason}`);
  if (provision.state === "obtainable") {
    const startedAt = performance.now();
    print(`k6 ${provision.how}`);
    await provision.obtain();
    print(`k6 built in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  }
  return k6Path() ?? BUILT;
}

function k6Path(): string | null {
  return Bun.which("k6") ?? (existsSync(BUILT) ? BUILT : null);
}

function whyNotBuilt(): string | null {
  const elsewhere = "https://grafana.com/docs/k6/latest/set-up/install-k6/ has it ready-made";
  const go = Bun.which("go");
  if (go === null) return `it is not installed, and neither is Go, which builds it; ${elsewhere}`;
  const said = Bun.spawnSync([go, "env", "GOVERSION"], { stderr: "ignore" }).stdout.toString().trim();
  const minor = Number(/^go1\.(\d+)/.exec(said)?.[1] ?? 0);
  if (minor >= OLDEST_GO) return null;
  return `it is not installed, and Go 1.${OLDEST_GO} or newer builds it, not ${said || "this Go"}; ${elsewhere}`;
}

/** Built beside its place and moved there whole: a build that is cut short, or a second one, leaves no half program. */
async function build(): Promise<void> {
  mkdirSync(join(CACHE, VERSION), { recursive: true });
  const folder = mkdtempSync(join(CACHE, "building-"));
  try {
    const child = Bun.spawn([...gently(), "go", "install", `go.k6.io/k6@${VERSION}`], {
      env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0" },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: K6_BUILD_DEADLINE_MS,
    });
    const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    if (child.exitCode !== 0) throw new Error(`Go could not build k6.\n${`${output}${errors}`.slice(-4000)}`);
    renameSync(join(folder, "k6"), BUILT);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whatever runs beside the build goes before it. */
function gently(): string[] {
  const nice = Bun.which("nice");
  return nice === null ? [] : [nice, "-n", "19"];
}
