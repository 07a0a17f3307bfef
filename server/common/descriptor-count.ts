// The file descriptors of this process: how many it may have open, and how many it has.

import { readdirSync, readFileSync, statSync } from "node:fs";
import { codeOf, isMissing } from "./failure.ts";

const OPEN_FOLDER = "/proc/self/fd";
const LIMITS_FILE = "/proc/self/limits";

/** The soft limit, which Bun raises to the hard one when it starts; infinite where the system does not tell. */
export function descriptorLimit(readLimits: () => string = () => readFileSync(LIMITS_FILE, "utf8")): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readLimits())?.[1];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch (error) {
    if (isMissing(error)) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** Linux has said it as the size of the folder since 6.2; before that its entries are counted, with one descriptor more. */
export function openDescriptors({
  sizeOf = () => statSync(OPEN_FOLDER).size,
  countEntries = () => readdirSync(OPEN_FOLDER).length - 1,
} = {}): number {
  try {
    const size = sizeOf();
    return size > 0 ? size : countEntries();
  } catch (error) {
    // That one more could not be had is an answer, too.
    if (isOutOfDescriptors(error)) return Number.POSITIVE_INFINITY;
    if (isMissing(error)) return 0;
    throw error;
  }
}

/** Whether it failed for want of a descriptor: of this process, or of the whole system. */
export function isOutOfDescriptors(error: unknown): boolean {
  const code = codeOf(error);
  return code === "EMFILE" || code === "ENFILE";
}
