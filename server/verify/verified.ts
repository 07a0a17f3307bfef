// What is found in a data directory, and what is done about it.

import { stat } from "node:fs/promises";
import { unlessMissing } from "#server/common/failure.ts";
import type { Finding } from "#server/recording/finding.ts";
import type { DataDirectory } from "#server/store/data-directory.ts";
import type { References } from "#server/store/references.ts";
import type { LostAndFound } from "./lost-and-found.ts";
import type { StoredObjects } from "./verify-objects.ts";

/** `mended`: what was done about it, null where nothing could be; left out where nothing was to be done. */
export interface Verified extends Finding {
  readonly mended?: string | null;
}

export interface VerifyOptions {
  readonly directory: DataDirectory;
  readonly references: References;
  /** Null where recordings and pictures are kept in the directory alone. */
  readonly objects: StoredObjects | null;
  /** Where to put what nothing refers to; null: nothing is changed, and a server may run meanwhile. */
  readonly mendInto: LostAndFound | null;
}

/** A finding that nothing is done about. */
export function unmended(finding: Finding, { mendInto }: Pick<VerifyOptions, "mendInto">): Verified {
  return mendInto === null ? finding : { ...finding, mended: null };
}

/** Of what is gone again when it is looked at once more nothing is said: a server made it and took it away. */
export async function* unreferenced(path: string, { mendInto }: VerifyOptions): AsyncGenerator<Verified> {
  const finding: Finding = { finding: "unreferenced", path, what: "nothing refers to it" };
  if (mendInto !== null) yield { ...finding, mended: await mendInto.take(path) };
  else if (await staysFor(path)) yield finding;
}

const PASSING_MS = 200;

async function staysFor(path: string): Promise<boolean> {
  await Bun.sleep(PASSING_MS);
  return (await unlessMissing(stat(path))) !== null;
}
