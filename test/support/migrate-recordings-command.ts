// `tandem migrate-recordings` as its operator runs it: a process of its own.

import { TANDEM } from "./tandem-server.ts";

/** What it printed. Throws where it did not end well, or said anything else. */
export async function migrateRecordings(
  environment: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<string> {
  const child = Bun.spawn([...TANDEM, "migrate-recordings", ...flags], {
    env: { ...process.env, ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const exitCode = await child.exited;
  if (exitCode !== 0 || errors !== "") throw new Error(`exit code ${exitCode}: ${errors}`);
  return output;
}
