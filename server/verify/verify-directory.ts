// A data directory checked: its rows, its recordings and its pictures, and whether each refers to the others.

import { unmended, type Verified, type VerifyOptions } from "./verified.ts";
import { verifyObjects } from "./verify-objects.ts";
import { verifyRecordings } from "./verify-recordings.ts";
import { verifyThumbnails } from "./verify-thumbnails.ts";

export async function* verifyDirectory(options: VerifyOptions): AsyncGenerator<Verified> {
  const { directory, references } = options;
  for (const what of await references.problems()) {
    yield unmended({ finding: "damaged", path: directory.databaseFile, what }, options);
  }
  yield* verifyRecordings(options);
  yield* verifyThumbnails(options);
  if (options.objects !== null) yield* verifyObjects(options.objects, options);
}
