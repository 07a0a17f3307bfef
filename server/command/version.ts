// Which Tandem this is: the package's version, and the commit it was built from.

import packageJson from "#server/package.json" with { type: "json" };

/** Put in place by the build of the single binary; "" where the sources came without their history. */
declare const TANDEM_COMMIT: string;

export const VERSION: string = packageJson.version;

/** Such as `0.1.0 (abcdef1)`; the version alone where no commit is known. */
export function describeVersion(): string {
  const commit = typeof TANDEM_COMMIT === "string" ? TANDEM_COMMIT : commitOfCheckout(import.meta.dir);
  return commit === "" ? VERSION : `${VERSION} (${commit})`;
}

/** Seven characters or more of the hash; "" where there is no git or no checkout. */
export function commitOfCheckout(folder: string): string {
  if (Bun.which("git") === null) return "";
  const git = Bun.spawnSync(["git", "rev-parse", "--short=7", "HEAD"], { cwd: folder, stderr: "ignore" });
  return git.success ? git.stdout.toString().trim() : "";
}
