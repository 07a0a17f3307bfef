// A process that goes on with the recording in a folder for some seconds of programme; it prints a dot for every segment
// that is on the disk, and how the recording failed.

import { setImmediate } from "node:timers/promises";
import { Recordings } from "#server/recording/recordings.ts";
import { LIVESTREAM_ID, programmeCuts } from "./recording-folder.ts";

const [, , folder = "", seconds = ""] = process.argv;
const recordings = new Recordings(folder);
const recording = await recordings.open(LIVESTREAM_ID);
let failure: string | null = null;
const recorder = recordings.record(LIVESTREAM_ID, recording, (message) => {
  failure = message;
});
const resume =
  recording === null ? {} : { resume: recording, fromSeconds: recording.endsAtSeconds, discontinuity: true };
for (const cut of programmeCuts({ seconds: Number(seconds), ...resume })) {
  recorder.write(cut);
  if (cut.type !== "segment") continue;
  while (failure === null && recorder.segment(cut.segment.msn) === null) await setImmediate();
  if (failure === null) process.stdout.write(".");
}
await recorder.end();
process.stdout.write(failure ?? "");
