// Whether it is a playlist at all: encoding, tags, attributes, and their order (rfc8216bis §4.1 to §4.4).

import { type Line, readAttributes } from "./lines.ts";
import { ofEach, type Rule } from "./rule.ts";
import { hasForm, MULTIVARIANT_TAGS, TAGS } from "./tag-table.ts";

type Tag = Extract<Line, { kind: "tag" }>;

/** U+0000 to U+001F and U+007F to U+009F, but for CR and LF. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for them.
const CONTROL = /[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

export const SYNTAX_RULES: readonly Rule[] = [
  ofEach(
    {
      id: "encoding",
      section: "§4.1",
      says: "UTF-8 without a byte order mark and without control characters",
    },
    function* judge({ fetched: { text } }) {
      if (text.startsWith("\ufeff")) yield "it begins with a byte order mark";
      if (text.includes("\ufffd")) yield "it is no UTF-8";
      if (CONTROL.test(text)) yield "it has control characters";
    },
  ),
  ofEach(
    { id: "first-line", section: "§4.4.1.1", says: "#EXTM3U is the first line" },
    function* judge({ fetched: { text } }) {
      if (!/^#EXTM3U\r?\n/.test(text)) yield `it begins with "${text.slice(0, 20)}"`;
    },
  ),
  ofEach(
    { id: "known-tags", section: "§4.4", says: "each tag is one that players know" },
    function* judge({ playlist }) {
      for (const { name, number } of tagsOf(playlist.lines))
        if (!TAGS.has(name) && !MULTIVARIANT_TAGS.has(name)) yield `line ${number} has ${name}`;
    },
  ),
  ofEach(
    { id: "one-kind", section: "§4.4.6", says: "a media playlist has no tag of a multivariant playlist" },
    function* judge({ playlist }) {
      for (const { name, number } of tagsOf(playlist.lines))
        if (MULTIVARIANT_TAGS.has(name)) yield `line ${number} has ${name}`;
    },
  ),
  ofEach(
    { id: "single-tags", section: "§4.4.3", says: "a tag of the whole playlist stands once" },
    function* judge({ playlist }) {
      const seen = new Set<string>();
      for (const { name, number } of tagsOf(playlist.lines)) {
        if (TAGS.get(name)?.isSingle === true && seen.has(name)) yield `line ${number} has ${name} again`;
        seen.add(name);
      }
    },
  ),
  ofEach(
    {
      id: "tag-values",
      section: "§4.2, §4.4",
      says: "each tag has the attributes it must have, in their form",
    },
    function* judge({ playlist }) {
      for (const tag of tagsOf(playlist.lines))
        for (const fault of valueFaults(tag)) yield `${tag.name} of line ${tag.number}: ${fault}`;
    },
  ),
  ofEach(
    { id: "target-duration-there", section: "§4.4.3.1", says: "EXT-X-TARGETDURATION is required" },
    function* judge({ playlist }) {
      if (playlist.targetDurationSeconds === null) yield "there is none";
    },
  ),
  ofEach(
    {
      id: "sequence-tags-first",
      section: "§4.4.3.2, §4.4.3.3",
      says: "sequence numbers come before the first segment and before any discontinuity",
    },
    function* judge({ playlist }) {
      const first = playlist.lines.find(isOfSegment)?.number ?? Number.POSITIVE_INFINITY;
      for (const { name, number } of tagsOf(playlist.lines)) {
        const isSequence = name === "EXT-X-MEDIA-SEQUENCE" || name === "EXT-X-DISCONTINUITY-SEQUENCE";
        if (isSequence && number > first)
          yield `${name} stands in line ${number}, a segment in line ${first}`;
      }
    },
  ),
  ofEach(
    { id: "durations-there", section: "§4.4.4.1", says: "EXTINF is required for each segment" },
    function* judge({ playlist }) {
      for (const { uri, durationSeconds } of playlist.segments)
        if (uri !== null && Number.isNaN(durationSeconds)) yield `${uri} has none`;
    },
  ),
];

/** It belongs to a segment, or stands for some. */
function isOfSegment(line: Line): boolean {
  if (line.kind === "uri") return true;
  return ["EXT-X-DISCONTINUITY", "EXTINF", "EXT-X-PART", "EXT-X-SKIP"].includes(line.name);
}

function tagsOf(lines: readonly Line[]): Tag[] {
  return lines.filter((line) => line.kind === "tag");
}

function* valueFaults({ name, value }: Tag): Generator<string> {
  const rule = TAGS.get(name);
  if (rule === undefined) return;
  if (rule.value === null) {
    if (value !== "") yield `it has the value ${value} (${rule.section})`;
    return;
  }
  if (rule.value instanceof RegExp) {
    if (!rule.value.test(value)) yield `"${value}" is no value of it (${rule.section})`;
    return;
  }
  const { attributes, faults } = readAttributes(value);
  yield* faults;
  for (const [attribute, { form, isRequired }] of Object.entries(rule.value)) {
    const raw = attributes.raw(attribute);
    if (raw === null && isRequired) yield `${attribute} is missing (${rule.section})`;
    if (raw !== null && !hasForm(raw, form)) yield `${attribute}=${raw} (${rule.section})`;
  }
  for (const attribute of attributes.names)
    if (!Object.hasOwn(rule.value, attribute)) yield `${attribute} is unknown (${rule.section})`;
}
