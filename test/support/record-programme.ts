// A process that goes on with the recording in a folder for some seconds of programme; it prints a dot for every segment
// that is on the disk, and how the recording failed.

import { setImmediate } from "node:timers/promises";
import { isInMemory, type Piece } from "#server/recording/piece.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { LIVESTREAM_ID, noReports, programmeCuts } from "./recording-folder.ts";

const [, , folder = "", seconds = ""] = process.argv;
const recordings = new Recordings(folder);
const recording = await recordings.repair(LIVESTREAM_ID);
let failure: string | null = null;
const recorder = recordings.record(LIVESTREAM_ID, recording, {
  ...noReports,
  stopped: (message) => {
    failure = message;
  },
});
const resume =
  recording === null ? {} : { resume: recording, fromSeconds: recording.endsAtSeconds, discontinuity: true };
for (const cut of programmeCuts({ seconds: Number(seconds), ...resume })) {
  recorder.write(cut);
  if (cut.type !== "segment") continue;
  while (failure === null && !isOnDisk(recorder.held.segment(cut.rendition, cut.segment.msn)))
    await setImmediate();
  if (failure === null) process.stdout.write(".");
}
await recorder.end();
process.stdout.write(failure ?? "");

function isOnDisk(pieces: readonly Piece[] | null): boolean {
  return pieces?.every((piece) => !isInMemory(piece)) ?? false;
}
