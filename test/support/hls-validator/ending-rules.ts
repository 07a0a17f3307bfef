// What EXT-X-ENDLIST and EXT-X-PLAYLIST-TYPE promise, and how much a live playlist lists at least.

import { secondsOf } from "./history.ts";
import { ofEach, ofEachPair, type Rule } from "./rule.ts";

/** A live playlist never lists less than this (rfc8216bis §6.2.2). */
const LEAST_TARGET_DURATIONS = 3;

/** Apple's authoring specification, of live playlists. */
const LEAST_SEGMENTS = 6;

export const ENDING_RULES: readonly Rule[] = [
  ofEachPair(
    { id: "end-is-final", section: "§4.4.3.4, §6.2.1", says: "what has ended neither changes nor goes on" },
    function* judge(before, after) {
      if (!before.playlist.hasEnded) return;
      if (!after.playlist.hasEnded) yield "its EXT-X-ENDLIST is gone";
      const names = (reading: typeof before) => reading.segments.map(({ uri }) => uri).join(" ");
      if (names(before) !== names(after)) yield "its segments are others";
    },
  ),
  ofEachPair(
    { id: "type-constant", section: "§6.2.1", says: "EXT-X-PLAYLIST-TYPE does not change" },
    function* judge({ playlist: was }, { playlist: is }) {
      if (was.playlistType !== is.playlistType) yield `it was ${was.playlistType} and is ${is.playlistType}`;
    },
  ),
  ofEachPair(
    { id: "event-keeps-all", section: "§4.4.3.5, §6.2.1", says: "nothing is removed from an EVENT or a VOD" },
    function* judge({ playlist: was }, { playlist: is }) {
      if (was.playlistType !== null && was.mediaSequence !== is.mediaSequence)
        yield `its first segment was ${was.mediaSequence} and is ${is.mediaSequence}`;
    },
  ),
  ofEach(
    { id: "vod-is-whole", section: "§4.4.3.5, §6.2.1", says: "a VOD has an end, and no parts" },
    function* judge({ playlist }) {
      if (playlist.playlistType !== "VOD") return;
      if (!playlist.hasEnded) yield "it has no EXT-X-ENDLIST";
      if (playlist.segments.some(({ parts }) => parts.length > 0)) yield "it has parts";
    },
  ),
  ofEachPair(
    {
      id: "window",
      section: "§6.2.2",
      says: "no segment leaves that makes the playlist shorter than three target durations",
    },
    function* judge({ playlist: was }, { playlist: is, segments }) {
      if (is.mediaSequence === was.mediaSequence || is.hasEnded) return;
      const seconds = secondsOf(segments.filter(({ uri }) => uri !== null));
      const least = LEAST_TARGET_DURATIONS * (is.targetDurationSeconds ?? 0);
      if (seconds < least) yield `${seconds.toFixed(3)} s are left of ${least} s`;
    },
  ),
  ofEachPair(
    {
      id: "window-segments",
      section: "Apple's authoring specification 8.20",
      says: "no segment leaves that makes the playlist shorter than six segments",
    },
    function* judge({ playlist: was }, { playlist: is, segments }) {
      const count = segments.filter(({ uri }) => uri !== null).length;
      if (is.mediaSequence !== was.mediaSequence && count < LEAST_SEGMENTS) yield `${count} are left`;
    },
  ),
];
