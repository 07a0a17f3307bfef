// Root may do everything; what a user may not do is found out as nobody.

import { areInstalled } from "./program.ts";

/** The user and group id of Debian's `nobody`. */
export const NOBODY = 65_534;

/** Whether a program can be run as nobody: only root may change the user. */
export const changesUser: boolean = process.getuid?.() === 0 && areInstalled("setpriv");

/**
 * What comes before a command that nobody shall run. It is root who finds the program, so its path may lead through folders
 * that are closed to nobody.
 */
export const AS_NOBODY: readonly string[] = [
  Bun.which("setpriv") ?? "setpriv",
  ...[`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"],
];
