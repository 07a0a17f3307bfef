// Blocking Playlist Reload, preload hints and rendition reports: what a player that is near live goes by.

import { edgeOf, type Reading } from "./history.ts";
import { type Found, ofEach, ofEachPair, type Rule } from "./rule.ts";

/** A wait ends after so many target durations (rfc8216bis §6.2.5.2). */
const LONGEST_WAIT_TARGET_DURATIONS = 3;

/** For a busy machine to answer. */
const SLACK_MS = 2000;

export const RELOAD_RULES: readonly Rule[] = [
  ofEach(
    {
      id: "reload-has-what-was-asked",
      section: "§6.2.5.2",
      says: "a blocked reload is answered by a playlist with the segment or the part that was asked for, or a later one",
    },
    function* judge(reading) {
      const { msn, part } = reading.directives;
      if (msn === null || reading.playlist.hasEnded) return;
      const edge = edgeOf(reading);
      const isThere = edge.msn > msn || (part !== null && edge.msn === msn && edge.partCount > part);
      if (!isThere)
        yield `asked for ${part === null ? "" : `part ${part} of `}segment ${msn}, it reaches part ${edge.partCount} of ${edge.msn}`;
    },
  ),
  {
    ...{
      id: "reload-wait",
      section: "§6.2.5.2",
      says: "no reload is blocked for longer than three target durations; one that cannot be answered by then is a 503",
    },
    *find({ playlists, readings }): Generator<Found> {
      const targetSeconds = readings[0]?.playlist.targetDurationSeconds ?? 10;
      const longestMs = targetSeconds * LONGEST_WAIT_TARGET_DURATIONS * 1000;
      for (const { url, status, askedAtMs, answeredAtMs } of playlists) {
        const tookMs = answeredAtMs - askedAtMs;
        if (tookMs > longestMs + SLACK_MS)
          yield { reading: null, message: `${url} took ${tookMs.toFixed(0)} ms` };
        if (status === 503 && tookMs < longestMs - SLACK_MS)
          yield { reading: null, message: `${url} was 503 after ${tookMs.toFixed(0)} ms` };
      }
    },
  },
  ofEach(
    {
      id: "low-latency-profile",
      section: "Appendix B.1",
      says: "low latency has blocking reloads, delta updates and, while it is live, a hint of the next part",
    },
    function* judge({ playlist }) {
      if (playlist.partTargetSeconds === null) return;
      if (!playlist.serverControl.isYes("CAN-BLOCK-RELOAD")) yield "CAN-BLOCK-RELOAD=YES is missing";
      if (playlist.serverControl.raw("CAN-SKIP-UNTIL") === null) yield "CAN-SKIP-UNTIL is missing";
      const hints = playlist.hints.filter((hint) => hint.raw("TYPE") === "PART");
      if (!playlist.hasEnded && hints.length !== 1) yield `${hints.length} parts are hinted at`;
    },
  ),
  ofEach(
    { id: "hint-at-end", section: "§4.4.5.3", says: "a playlist that has ended hints at nothing" },
    function* judge({ playlist }) {
      if (playlist.hasEnded && playlist.hints.length > 0) yield "it does";
    },
  ),
  ofEach(
    { id: "hint-is-new", section: "§4.4.5.3", says: "what is hinted at is not listed" },
    function* judge({ playlist, segments }) {
      const listed = new Set(segments.flatMap(({ parts }) => parts.map(({ uri }) => uri)));
      for (const hint of playlist.hints) {
        const uri = hint.text("URI") ?? "";
        if (listed.has(uri)) yield `${uri} is`;
      }
    },
  ),
  ofEachPair(
    {
      id: "hint-honoured",
      section: "§6.2.6, §4.4.5.3",
      says: "the next part is the one that was hinted at, unless its encoder was lost",
    },
    function* judge(before, after) {
      const hinted = before.playlist.hints.find((hint) => hint.raw("TYPE") === "PART")?.text("URI") ?? null;
      const next = nextPartAfter(before, after);
      if (hinted === null || next === null || next === hinted) return;
      yield `${hinted} was hinted at, ${next} came`;
    },
  ),
  ofEach(
    {
      id: "reports",
      section: "§4.4.5.4",
      says: "a rendition report names a playlist's last segment and, with parts, its last part",
    },
    function* judge({ playlist, segments }) {
      const last = segments.at(-1)?.msn ?? 0;
      for (const report of playlist.reports) {
        const uri = report.text("URI") ?? "";
        const msn = report.number("LAST-MSN") ?? Number.NaN;
        if (/^[a-z]+:/i.test(uri)) yield `${uri} is not relative`;
        if (playlist.partTargetSeconds !== null && report.number("LAST-PART") === null)
          yield `${uri} has no LAST-PART`;
        if (!(Math.abs(msn - last) <= 1)) yield `${uri} is at ${msn}, this playlist at ${last}`;
      }
    },
  ),
];

/** The part at the place that was the next one; null where none came, or parts of it are listed no more, or all begins anew. */
function nextPartAfter(before: Reading, after: Reading): string | null {
  const edge = edgeOf(before);
  const isContinued = before.segments.at(-1)?.uri === null;
  const segment = after.segments.find(({ msn }) => msn === edge.msn);
  if (segment === undefined) return null;
  const next = segment.parts[edge.partCount];
  // The open segment was closed with the parts that were there: the next one is the first of the segment behind it.
  if (next === undefined && isContinued && segment.uri !== null && segment.parts.length === edge.partCount) {
    const behind = after.segments.find(({ msn }) => msn === edge.msn + 1);
    return behind === undefined || behind.hasDiscontinuity ? null : (behind.parts[0]?.uri ?? null);
  }
  return segment.hasDiscontinuity && edge.partCount === 0 ? null : (next?.uri ?? null);
}
