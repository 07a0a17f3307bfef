// A picture of even grey before a segment, for those who come to a stream without a picture that decoding can begin with: what
// follows heals it within a refresh of the encoder's. Whoever was there before never gets it.

import { CodecError } from "#media/codecs/codec-error.ts";
import { blankPicture } from "#media/codecs/h264/blank-picture.ts";
import { parseAvcDecoderConfigurationRecord } from "#media/codecs/h264/decoder-configuration-record.ts";
import { joinNalUnits } from "#media/codecs/h264/nal-units.ts";
import { ParameterSets } from "#media/codecs/h264/parameter-sets.ts";
import { avcRecordIn } from "#media/fmp4/avc-record.ts";
import { Fmp4Error } from "#media/fmp4/fmp4-error.ts";
import { encodeFragment } from "#media/fmp4/fmp4-muxer.ts";
import { readFragment } from "#media/fmp4/fragment-reader.ts";
import { MIN_LISTED_SEGMENTS, type PlaylistWindow } from "./playlist-window.ts";

/** Pictures are the first track of an initialization. */
const VIDEO_TRACK_ID = 1;

/** How far behind the end of a playlist players begin (RFC 8216 §6.3.3). */
const HOLD_BACK_TARGET_DURATIONS = 3;

/**
 * The segment that whoever comes now begins before, with a lead-in; null where there is an independent segment to begin with, and
 * where there are no pictures. No lead-in is before the first segment of all: it would have no number.
 */
export function leadInMsn(window: PlaylistWindow): number | null {
  const { facts, targetDurationSeconds, hasEnded } = window;
  if (hasEnded || targetDurationSeconds === null || facts === null || facts.resolution === null) return null;
  const newest = window.segments.slice(-MIN_LISTED_SEGMENTS);
  if (newest.some(({ independent }) => independent)) return null;
  const numbered = newest.filter(({ msn }) => msn > 0);
  let seconds = 0;
  const start = numbered.findLast(({ durationSeconds }) => {
    seconds += durationSeconds;
    return seconds >= HOLD_BACK_TARGET_DURATIONS * targetDurationSeconds;
  });
  return (start ?? numbered[0])?.msn ?? null;
}

/**
 * A fragment that is decoded just before the segment's first picture. Null where the segment begins with none, where one of the two
 * is damaged, and for streams that no such picture can be made for.
 */
export function encodeLeadIn(initialization: Uint8Array, segment: Uint8Array): Uint8Array | null {
  try {
    return leadInOf(initialization, segment);
  } catch (error) {
    if (error instanceof CodecError || error instanceof Fmp4Error) return null;
    throw error;
  }
}

function leadInOf(initialization: Uint8Array, segment: Uint8Array): Uint8Array | null {
  const record = avcRecordIn(initialization);
  const run = readFragment(segment)?.runs.find(({ trackId }) => trackId === VIDEO_TRACK_ID);
  const first = run?.samples[0];
  if (record === null || first === undefined || first.dts === 0) return null;
  const sets = new ParameterSets();
  sets.replaceBy(record);
  const active = sets.first;
  const picture = active === null ? null : blankPicture(active, active.picture.id);
  if (picture === null) return null;
  const { nalUnitLengthSize } = parseAvcDecoderConfigurationRecord(record);
  const data = joinNalUnits([picture], nalUnitLengthSize);
  const dts = Math.max(0, first.dts - first.durationTicks);
  const samples = [{ trackId: VIDEO_TRACK_ID, dts, pts: dts, isSync: true, data }];
  return encodeFragment(0, [{ trackId: VIDEO_TRACK_ID, kind: "video", samples, endDts: first.dts }]);
}
