// The recordings of a data directory: each is checked, none is missing that a row needs, and none is there for nobody.

import { stat } from "node:fs/promises";
import { join } from "node:path";
import { unlessMissing } from "#server/common/failure.ts";
import type { Finding } from "#server/recording/finding.ts";
import { mendRecording } from "#server/recording/mend.ts";
import { RECORDING_FILES, RESERVE_FILE, recordingPaths } from "#server/recording/recording-files.ts";
import { verifyRecording } from "#server/recording/verify-recording.ts";
import type { RecordingNeed } from "#server/store/references.ts";
import { namesIn } from "./names-in.ts";
import { unmended, unreferenced, type Verified, type VerifyOptions } from "./verified.ts";
import { isStored } from "./verify-objects.ts";

/** What the server leaves for a moment while it tries whether the disk takes writes. */
const PROBE_FILE = "readiness";

/** So many findings of one recording are remembered, to tell what mending it has done away with. */
const MAX_REMEMBERED = 1000;

export async function* verifyRecordings(options: VerifyOptions): AsyncGenerator<Verified> {
  const { directory, references } = options;
  const folder = directory.recordingsFolder;
  for (const name of await namesIn(folder)) {
    if (name === RESERVE_FILE || name === PROBE_FILE) continue;
    const need = await references.recording(name);
    if (need === "removing") continue;
    const isFolder = (await unlessMissing(stat(join(folder, name))))?.isDirectory() === true;
    if (need === null || !isFolder) yield* unreferenced(join(folder, name), options);
    else yield* verifyOne(join(folder, name), need, options);
  }
  for (const id of await references.wholeRecordings()) {
    const path = join(folder, id);
    if ((await unlessMissing(stat(path))) !== null || (await references.recording(id)) !== "whole") continue;
    if (options.objects !== null && (await isStored(options.objects, id))) continue;
    yield unmended(
      { finding: "missing", path, what: "the recording of a media asset is not there" },
      options,
    );
  }
}

async function* verifyOne(
  folder: string,
  need: RecordingNeed,
  options: VerifyOptions,
): AsyncGenerator<Verified> {
  const id = folder.slice(folder.lastIndexOf("/") + 1);
  const findings = findingsIn(folder, need);
  // The head of its download is kept here, or what was left when it went.
  const isHere = !(await isInStoreAlone(id, folder, options));
  if (isHere && options.mendInto === null) {
    for await (const finding of findings) {
      // What was deleted meanwhile is not damaged.
      const isStill = await options.references.recording(id);
      if (isStill === null || isStill === "removing") return;
      yield finding;
    }
  } else if (isHere) yield* mendOne(folder, need, findings);
  for (const name of await namesIn(folder)) {
    if (!RECORDING_FILES.has(name)) yield* unreferenced(join(folder, name), options);
  }
}

async function isInStoreAlone(id: string, folder: string, { objects }: VerifyOptions): Promise<boolean> {
  if (objects === null || (await Bun.file(recordingPaths(folder).media).exists())) return false;
  return isStored(objects, id);
}

async function* mendOne(
  folder: string,
  need: RecordingNeed,
  findings: AsyncGenerator<Finding>,
): AsyncGenerator<Verified> {
  const before = await remembered(findings);
  if (before.length === 0) return;
  const done = (await mendRecording(recordingPaths(folder))).join("; ");
  const after = await remembered(findingsIn(folder, need));
  const isIn = (all: readonly Finding[], { what }: Finding): boolean =>
    all.some((each) => each.what === what);
  for (const finding of before) yield { ...finding, mended: isIn(after, finding) ? null : done };
  for (const finding of after) if (!isIn(before, finding)) yield { ...finding, mended: null };
}

function findingsIn(folder: string, need: RecordingNeed): AsyncGenerator<Finding> {
  return verifyRecording(recordingPaths(folder), { isGrowing: need === "growing" });
}

async function remembered(findings: AsyncGenerator<Finding>): Promise<Finding[]> {
  const some: Finding[] = [];
  for await (const finding of findings) {
    some.push(finding);
    if (some.length === MAX_REMEMBERED) break;
  }
  return some;
}
