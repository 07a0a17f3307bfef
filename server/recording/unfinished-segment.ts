// What is whole of the segment that was being written when the process, or the machine, went away.

import { crc32 } from "node:zlib";
import { Fmp4Error } from "#media/fmp4/fmp4-error.ts";
import { type Fragment, type FragmentRun, readFragment } from "#media/fmp4/fragment-reader.ts";
import { FrameRate } from "#media/track/frame-rate.ts";
import type { RecordedTrack, SegmentEndEntry, SegmentStartEntry } from "./journal.ts";
import type { PieceFile } from "./piece.ts";

/** Far more than the longest segment; one that was left open is looked for no further. */
const MAX_SEGMENT_BYTES = 64 * 1024 * 1024;

/** What is known of the recording that it ends. */
interface Unfinished {
  /** The tracks of its initialization; none where that is not there. */
  readonly tracks: readonly RecordedTrack[];
  /** As the live playlist promised it; null where no segment was complete before. */
  readonly targetDurationSeconds: number | null;
  /** The same of its parts. */
  readonly partTargetSeconds: number | null;
  readonly leastTargetDurationSeconds: number;
}

/** A fragment that is whole, and where it is in the file. */
export interface FoundFragment extends Fragment {
  readonly offset: number;
  readonly crc32: number;
}

/** The end that an unfinished segment gets; null when no part of it is whole, or nobody could play it. */
export function closingEntry(
  open: SegmentStartEntry,
  fragments: readonly FoundFragment[],
  { tracks, targetDurationSeconds, partTargetSeconds, leastTargetDurationSeconds }: Unfinished,
): SegmentEndEntry | null {
  const lead = leadOf(tracks, fragments);
  if (lead === undefined) return null;
  const runs = fragments
    .flatMap((fragment) => fragment.runs)
    .filter(({ trackId }) => trackId === lead.trackId);
  const durationTicks = runs.reduce((sum, run) => sum + run.durationTicks, 0);
  const durationSeconds = durationTicks / lead.timescale;
  return {
    type: "segment-end",
    rendition: open.rendition,
    msn: open.msn,
    durationSeconds,
    byteLength: fragments.reduce((sum, { byteLength }) => sum + byteLength, 0),
    partCount: fragments.length,
    frameRate: lead.kind === "video" ? frameRateOf(runs, lead.timescale) : null,
    targetDurationSeconds:
      targetDurationSeconds ?? Math.max(leastTargetDurationSeconds, Math.round(durationSeconds)),
    ...(partTargetSeconds === null ? {} : { partTargetSeconds }),
    parts: fragments.map((part) => [part.offset, part.byteLength, part.crc32]),
  };
}

/** The fragments that are whole, from `offset` up to `end` at most, and that number themselves as one segment's do. */
export async function readFragments(media: PieceFile, offset: number, end: number): Promise<FoundFragment[]> {
  const bytes = await readAtMost(media, offset, Math.min(end, offset + MAX_SEGMENT_BYTES));
  const fragments: FoundFragment[] = [];
  for (let at = 0; ; ) {
    const fragment = wholeFragment(bytes, at);
    const last = fragments.at(-1);
    if (fragment === null) return fragments;
    if (last !== undefined && fragment.sequenceNumber !== last.sequenceNumber + 1) return fragments;
    const next = at + fragment.byteLength;
    fragments.push({ ...fragment, offset: offset + at, crc32: crc32(bytes.subarray(at, next)) });
    at = next;
  }
}

/** As far as there is so much: a file on the disk may be torn. */
async function readAtMost(
  { file, store }: PieceFile,
  offset: number,
  end: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (store !== undefined) return store.read(file, offset, end - offset);
  return await Bun.file(file).slice(offset, end).bytes();
}

/** Whether anything between is a whole fragment, behind whatever is none. At most as much as a segment may be. */
export async function holdsFragment(mediaFile: string, offset: number, end: number): Promise<boolean> {
  const bytes = Buffer.from(await Bun.file(mediaFile).slice(offset, end).bytes());
  for (let at = bytes.indexOf("moof"); at !== -1; at = bytes.indexOf("moof", at + 1)) {
    if (at >= BOX_TYPE_OFFSET && wholeFragment(bytes, at - BOX_TYPE_OFFSET) !== null) return true;
  }
  return false;
}

/** A box begins with its length. */
const BOX_TYPE_OFFSET = 4;

/** Whole milliseconds apart is as near as an encoder's pictures come: what lasts less is only decoded, and not seen. */
const LEAST_SEEN_MS = 1;

function frameRateOf(runs: readonly FragmentRun[], timescale: number): number | null {
  const frameRate = new FrameRate(null);
  let timeMs = 0;
  for (const { durationTicks } of runs.flatMap(({ samples }) => samples)) {
    const durationMs = (durationTicks * 1000) / timescale;
    if (durationMs < LEAST_SEEN_MS) continue;
    frameRate.push(timeMs);
    timeMs += durationMs;
  }
  return frameRate.perSecond;
}

/** The track that says how long the fragments last: the video, while there is any of it. */
function leadOf(tracks: readonly RecordedTrack[], fragments: readonly Fragment[]): RecordedTrack | undefined {
  const trackIds = new Set(fragments.flatMap(({ runs }) => runs).map(({ trackId }) => trackId));
  const present = tracks.filter(({ trackId }) => trackIds.has(trackId));
  return present.find(({ kind }) => kind === "video") ?? present[0];
}

function wholeFragment(bytes: Uint8Array, offset: number): Fragment | null {
  try {
    return readFragment(bytes, offset);
  } catch (error) {
    // After a power cut a file's end may hold anything.
    if (error instanceof Fmp4Error) return null;
    throw error;
  }
}
