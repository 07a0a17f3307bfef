// Installs the packages of bun.lock when they are missing or out of date, so that a fresh clone runs with one command.
// Runs before anything is installed, so it imports no package.

import { accessSync, constants, existsSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "#server/common/failure.ts";
import { OWN_EXECUTABLE } from "#server/common/own-executable.ts";

const ROOT = join(import.meta.dir, "../..");

const INSTALL: readonly string[] = ["install", "--frozen-lockfile"];

/**
 * Brings `node_modules` to exactly what bun.lock says; about 20 ms and no network when it already is, and nothing is written
 * then: the checkout may be another user's, for whom without the tools of developers (`areToolsNeeded`) is complete as well.
 * Throws when it cannot: with the installer's own words, or in one line where this user may not write.
 */
export function ensurePackages({ areToolsNeeded }: { readonly areToolsNeeded: boolean }): void {
  const all = install();
  if (all.success) return;
  if (mayInstall())
    throw new Error(`the packages could not be installed\n${all.stdout}${all.stderr}`.trimEnd());
  if (!areToolsNeeded && install("--production").success) return;
  throw new Error(
    `the packages that bun.lock names are not all installed, and this user may not write them to ${ROOT}: ` +
      `let its owner run "bun ${INSTALL.join(" ")}" there`,
  );
}

function install(...flags: readonly string[]): Bun.SyncSubprocess<"pipe", "pipe"> {
  return Bun.spawnSync([OWN_EXECUTABLE, ...INSTALL, "--no-progress", ...flags], {
    cwd: ROOT,
    stdout: "pipe",
    stderr: "pipe",
  });
}

function mayInstall(): boolean {
  const modules = join(ROOT, "node_modules");
  try {
    accessSync(existsSync(modules) ? modules : ROOT, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

if (import.meta.main) {
  try {
    ensurePackages({ areToolsNeeded: false });
  } catch (error) {
    process.stderr.write(`tandem: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}
