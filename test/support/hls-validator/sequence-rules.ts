// What may change from one playlist to the next: segments come at its end and leave at its beginning, and nothing else does.

import { edgeOf, type ReadHistory, type Reading } from "./history.ts";
import type { ListedSegment } from "./media-playlist.ts";
import { type Found, ofEach, ofEachPair, type Rule } from "./rule.ts";

export const SEQUENCE_RULES: readonly Rule[] = [
  ofEachPair(
    { id: "media-sequence-rises", section: "§6.2.2", says: "EXT-X-MEDIA-SEQUENCE never decreases" },
    function* judge({ playlist: was }, { playlist: is }) {
      if (is.mediaSequence < was.mediaSequence)
        yield `it was ${was.mediaSequence} and is ${is.mediaSequence}`;
    },
  ),
  ofEachPair(
    {
      id: "goes-forward",
      section: "§6.2.1",
      says: "segments and parts come only at the end, and stay there",
    },
    function* judge(before, after) {
      const [was, is] = [edgeOf(before), edgeOf(after)];
      if (is.msn < was.msn || (is.msn === was.msn && is.partCount < was.partCount))
        yield `it reached part ${was.partCount} of segment ${was.msn} and reaches part ${is.partCount} of ${is.msn}`;
    },
  ),
  ofEachPair(
    {
      id: "segment-unchanged",
      section: "§6.2.1",
      says: "a segment keeps its sequence number, URI, duration, date, initialization and parts",
    },
    function* judge(before, after) {
      const known = new Map(before.segments.map((segment) => [segment.msn, segment]));
      for (const segment of after.segments) {
        const was = known.get(segment.msn);
        if (was === undefined) continue;
        for (const change of changesOf(was, segment)) yield `segment ${segment.msn}: ${change}`;
      }
    },
  ),
  ofEachPair(
    {
      id: "discontinuity-sequence",
      section: "§6.2.2, §4.4.3.3",
      says: "EXT-X-DISCONTINUITY-SEQUENCE rises by the discontinuities that left",
    },
    function* judge(before, after) {
      const known = new Map(before.segments.map((segment) => [segment.msn, segment]));
      for (const { msn, discontinuityNumber } of after.segments) {
        const was = known.get(msn)?.discontinuityNumber;
        if (was !== undefined && was !== discontinuityNumber) {
          yield `segment ${msn} had the discontinuity sequence number ${was} and has ${discontinuityNumber}`;
          return;
        }
      }
      if (after.playlist.discontinuitySequence < before.playlist.discontinuitySequence)
        yield `it was ${before.playlist.discontinuitySequence}, it is ${after.playlist.discontinuitySequence}`;
    },
  ),
  {
    ...{ id: "uri-once", section: "§6.2.1, §3", says: "no URI stands for two segments, or two parts" },
    find: twiceUsed,
  },
  ofEach(
    {
      id: "map-with-discontinuity",
      section: "§4.4.4.3, §4.4.4.5",
      says: "another EXT-X-MAP comes with a discontinuity, and each segment that is no gap has one",
    },
    function* judge({ segments }) {
      for (const [index, { msn, mapUri, hasDiscontinuity, isGap }] of segments.entries()) {
        const before = segments[index - 1]?.mapUri ?? null;
        if (mapUri === null && !isGap) yield `segment ${msn} has no initialization`;
        if (before !== null && before !== mapUri && !hasDiscontinuity)
          yield `segment ${msn} begins with ${mapUri} and without a discontinuity`;
      }
    },
  ),
];

function* changesOf(was: ListedSegment, is: ListedSegment): Generator<string> {
  if (was.uri !== null && was.uri !== is.uri) yield `${was.uri} became ${is.uri}`;
  if (was.uri !== null && was.durationSeconds !== is.durationSeconds)
    yield `${was.durationSeconds} s became ${is.durationSeconds} s`;
  if (was.mapUri !== is.mapUri) yield `${was.mapUri} became ${is.mapUri}`;
  if (was.hasDiscontinuity !== is.hasDiscontinuity) yield "its discontinuity came or went";
  if (was.isGap && !is.isGap) yield "it was a gap"; // That bytes are lost later is nobody's choice.
  if (
    was.programDateTime !== null &&
    is.programDateTime !== null &&
    was.programDateTime !== is.programDateTime
  )
    yield `${was.programDateTime} became ${is.programDateTime}`;
  // Old parts leave from the front; those that are listed in both stand at the end of the shorter list.
  const offset = is.uri === null || was.uri !== null ? was.parts.length - is.parts.length : 0;
  for (const [index, part] of is.parts.entries()) {
    const old = was.parts[index + Math.max(0, offset)];
    if (old !== undefined && JSON.stringify(old) !== JSON.stringify(part))
      yield `part ${old.uri} became ${JSON.stringify(part)}`;
  }
}

function* twiceUsed({ readings }: ReadHistory): Generator<Found> {
  const owners = new Map<string, string>();
  for (const reading of readings) {
    for (const [uri, owner] of namesIn(reading)) {
      const other = owners.get(uri);
      if (other !== undefined && other !== owner)
        yield { reading, message: `${uri} is ${other} and ${owner}` };
      owners.set(uri, owner);
    }
  }
}

function* namesIn({ segments }: Reading): Generator<[uri: string, owner: string]> {
  for (const { msn, uri, parts } of segments) {
    if (uri !== null) yield [uri, `segment ${msn}`];
    const seen = new Set<string>();
    for (const part of parts) {
      // Which of the parts it is cannot be said once the first ones have left.
      yield [part.uri, seen.has(part.uri) ? `another part of segment ${msn}` : `a part of segment ${msn}`];
      seen.add(part.uri);
    }
  }
}
