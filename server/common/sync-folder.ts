// What a folder holds, kept through a loss of power.

import { open } from "node:fs/promises";

/** That something in it was made, renamed or removed is on the disk. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
