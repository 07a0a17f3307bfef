// A journal written anew: whole on the disk before it takes the place of the one before.

import { open, rename } from "node:fs/promises";
import { encodeJournalLine, encodeJournalVersion, type JournalEntry } from "./journal.ts";

export async function writeNewJournal(path: string, entries: readonly JournalEntry[]): Promise<void> {
  const written = `${path}.new`;
  const handle = await open(written, "w");
  try {
    await handle.writeFile(Buffer.concat([encodeJournalVersion(), ...entries.map(encodeJournalLine)]));
    await handle.datasync();
  } finally {
    await handle.close();
  }
  await rename(written, path);
}
