// A recording made as fast as the disk takes it, by the server's own recorder, of cuts that are there already.

import { setImmediate } from "node:timers/promises";
import type { Cut } from "#media/hls/segment.ts";
import type { Recordings } from "#server/recording/recordings.ts";

/** Segments that may wait for the disk. */
const MAX_WAITING = 20;

/** What the livestream has no recording of yet. Throws when it cannot be recorded. */
export async function recordAtOnce(
  recordings: Recordings,
  livestreamId: string,
  cuts: Iterable<Cut>,
): Promise<void> {
  const failures: string[] = [];
  const recorder = recordings.record(livestreamId, null, {
    stopped: (message) => void failures.push(message),
    resumed: () => undefined,
  });
  for (const cut of cuts) {
    recorder.write(cut);
    if (cut.type !== "segment" || cut.segment.msn % MAX_WAITING !== 0) continue;
    const { rendition, segment } = cut;
    while (failures.length === 0 && recorder.held.placeOf(rendition, segment.msn) !== "recorded")
      await setImmediate();
  }
  await recorder.end();
  if (failures.length > 0) throw new Error(failures.join());
}
