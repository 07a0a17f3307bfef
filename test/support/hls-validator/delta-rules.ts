// Playlist Delta Updates (rfc8216bis §4.4.5.2, §6.2.5.1).

import { edgeOf, type ReadHistory, type Reading, secondsOf } from "./history.ts";
import { type Found, ofEach, type Rule } from "./rule.ts";

export const DELTA_RULES: readonly Rule[] = [
  ofEach(
    {
      id: "delta-asked",
      section: "§6.2.5.1",
      says: "only who asks for a delta update gets one, of a server that says it can",
    },
    function* judge({ playlist, directives }) {
      if (playlist.skippedSegments === 0) return;
      if (!directives.isDelta) yield "nobody asked for one";
      if (playlist.serverControl.number("CAN-SKIP-UNTIL") === null) yield "there is no CAN-SKIP-UNTIL";
    },
  ),
  ofEach(
    { id: "delta-skips-some", section: "§4.4.5.2", says: "SKIPPED-SEGMENTS is at least 1" },
    function* judge({ playlist: { lines, skippedSegments } }) {
      const hasSkip = lines.some((line) => line.kind === "tag" && line.name === "EXT-X-SKIP");
      if (hasSkip && !(skippedSegments >= 1)) yield `it is ${skippedSegments}`;
    },
  ),
  ofEach(
    {
      id: "delta-boundary",
      section: "§6.2.5.1",
      says: "nothing is skipped that is nearer to the end than CAN-SKIP-UNTIL",
    },
    function* judge({ playlist }) {
      const boundary = playlist.serverControl.number("CAN-SKIP-UNTIL");
      const seconds = secondsOf(playlist.segments);
      if (playlist.skippedSegments > 0 && boundary !== null && seconds < boundary - 0.001)
        yield `${seconds.toFixed(3)} s are left of ${boundary} s`;
    },
  ),
  ofEach(
    {
      id: "delta-known",
      section: "§6.2.5.1, §6.3.7",
      says: "what is skipped is what a player has that follows the playlist",
    },
    function* judge({ unknownSkipped }) {
      if (unknownSkipped.length > 0) yield `segments ${unknownSkipped.join(", ")} were never listed`;
    },
  ),
  {
    ...{
      id: "delta-merges",
      section: "§6.2.5.1",
      says: "a delta update and what it skipped are the whole playlist, segment by segment",
    },
    find: differing,
  },
];

/** A delta update and a whole playlist that reach as far as each other are of the same version. */
function* differing({ readings }: ReadHistory): Generator<Found> {
  for (const [index, reading] of readings.entries()) {
    const before = readings[index - 1];
    if (before === undefined || before.playlist.skippedSegments > 0 === reading.playlist.skippedSegments > 0)
      continue;
    const [was, is] = [edgeOf(before), edgeOf(reading)];
    if (was.msn !== is.msn || was.partCount !== is.partCount) continue;
    if (before.playlist.hasEnded !== reading.playlist.hasEnded) continue;
    if (merged(before) !== merged(reading))
      yield { reading, message: `${merged(before)}\nand\n${merged(reading)}` };
  }
}

/** What does not tell how it was fetched. */
function merged({ segments, playlist }: Reading): string {
  const { mediaSequence, discontinuitySequence, targetDurationSeconds, partTargetSeconds } = playlist;
  const listed = segments.map(({ lateTags: _, ...segment }) => JSON.stringify(segment));
  return [
    JSON.stringify({ mediaSequence, discontinuitySequence, targetDurationSeconds, partTargetSeconds }),
    ...listed,
  ].join("\n");
}
