// The bytes behind the URIs: there, always the same, and the parts of a segment are the segment (rfc8216bis §3, §6.2.1).

import type { FetchedMedia, ReadHistory } from "./history.ts";
import type { Found, Rule } from "./rule.ts";

export const BYTES_RULES: readonly Rule[] = [
  {
    ...{ id: "media-there", section: "§6.2.1, §6.2.2", says: "what is listed can be had" },
    find: missing,
  },
  {
    ...{ id: "media-unchanged", section: "§6.2.1", says: "a URI always has the same bytes" },
    *find({ media }): Generator<Found> {
      const known = new Map<string, Uint8Array>();
      for (const { uri, bytes } of media.filter(({ status }) => status === 200)) {
        const was = known.get(uri);
        if (was !== undefined && !areSame(was, bytes)) yield { reading: null, message: `${uri} has others` };
        known.set(uri, bytes);
      }
    },
  },
  {
    ...{
      id: "parts-are-segment",
      section: "§3",
      says: "the parts of a segment that have bytes, joined, are its bytes",
    },
    find: differing,
  },
];

/** A gap has none. */
function* missing({ media, readings }: ReadHistory): Generator<Found> {
  const gaps = new Set(
    readings.flatMap(({ segments }) =>
      segments.flatMap(({ uri, isGap, parts }) => [
        ...(isGap && uri !== null ? [uri] : []),
        ...parts.filter((part) => part.isGap).map((part) => part.uri),
      ]),
    ),
  );
  for (const { uri, status } of media)
    if (status !== 200 && !gaps.has(uri))
      yield { reading: null, message: `${uri} was answered with ${status}` };
}

function* differing({ media, readings }: ReadHistory): Generator<Found> {
  const found = new Map<string, FetchedMedia>();
  for (const each of media) if (each.status === 200) found.set(each.uri, each);
  const judged = new Set<string>();
  for (const reading of readings) {
    for (const { uri, parts } of reading.segments) {
      if (uri === null || parts.length === 0 || judged.has(uri)) continue;
      const whole = found.get(uri);
      const pieces = parts.filter((part) => !part.isGap).map((part) => found.get(part.uri));
      if (whole === undefined || pieces.includes(undefined)) continue;
      judged.add(uri);
      const joined = Buffer.concat(pieces.map((piece) => piece?.bytes ?? new Uint8Array()));
      if (!areSame(whole.bytes, joined))
        yield { reading, message: `${uri} has ${whole.bytes.length} bytes, its parts ${joined.length}` };
    }
  }
}

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
