// The parts of the server that write to the disk, and a small real write in each.

import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseProbe } from "#server/store/database-probe.ts";
import { type DiskTrouble, diskTroubleOf } from "#server/store/disk-trouble.ts";

export type DiskPart = "store" | "recordings";

/** What is wrong with each part; null = it takes writes. */
export type DiskReport = Readonly<Record<DiskPart, DiskTrouble | null>>;

/** One block: of zeros it would be none where the file system compresses. */
const PROBE_BYTES = 4096;

/** `folder`: of recordings; made if it is not there, as the first recording would. */
export function tryDisk(database: DatabaseProbe, folder: string): DiskReport {
  return {
    store: troubleWith(() => database.write()),
    recordings: troubleWith(() => {
      const file = join(folder, "readiness");
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, randomBytes(PROBE_BYTES));
      rmSync(file);
    }),
  };
}

/** Whatever fails in an unknown way does not work. */
function troubleWith(write: () => void): DiskTrouble | null {
  try {
    write();
    return null;
  } catch (error) {
    return diskTroubleOf(error) ?? "disk_failing";
  }
}
