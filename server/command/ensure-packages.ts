// Installs the packages of bun.lock when they are missing or out of date, so that a fresh clone runs with one command.
// Runs before anything is installed, so it imports no package.

import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");

/**
 * Brings `node_modules` to exactly what bun.lock says; about 20 ms and no network when it already is.
 * Throws with the installer's own words when it cannot.
 */
export function ensurePackages(): void {
  const install = Bun.spawnSync([process.execPath, "install", "--frozen-lockfile", "--no-progress"], {
    cwd: ROOT,
    stdout: "pipe",
    stderr: "pipe",
  });
  if (install.success) return;
  throw new Error(`The packages could not be installed.\n${install.stdout}${install.stderr}`.trimEnd());
}

if (import.meta.main) {
  try {
    ensurePackages();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
