// The multivariant playlist that leads to the others (rfc8216bis §4.4.6, and Apple's authoring specification).

import type { ReadHistory } from "./history.ts";
import { type Attributes, attributesOf, type Line, linesOf, readAttributes } from "./lines.ts";
import type { Found, Rule } from "./rule.ts";
import { MULTIVARIANT_TAGS, TAGS } from "./tag-table.ts";

/** Tags that both kinds of playlist may have (rfc8216bis §4.4.1, §4.4.2). */
const COMMON_TAGS = ["EXTM3U", "EXT-X-VERSION", "EXT-X-INDEPENDENT-SEGMENTS", "EXT-X-START", "EXT-X-DEFINE"];

/** Codecs of pictures, as RFC 6381 begins them. */
const VIDEO_CODEC = /^(avc[13]|hvc1|hev1|av01|vp09|dvh1)\./;

interface Variant {
  readonly attributes: Attributes;
  readonly uri: string | null;
  readonly faults: readonly string[];
}

export const MULTIVARIANT_RULES: readonly Rule[] = [
  ofMultivariant(
    { id: "multivariant-kind", section: "§4.4.3, §4.4.4", says: "it has no tag of a media playlist" },
    function* judge(lines) {
      for (const line of lines)
        if (line.kind === "tag" && TAGS.has(line.name) && !COMMON_TAGS.includes(line.name))
          yield `line ${line.number} has ${line.name}`;
        else if (line.kind === "tag" && !TAGS.has(line.name) && !MULTIVARIANT_TAGS.has(line.name))
          yield `line ${line.number} has ${line.name}, which nobody knows`;
    },
  ),
  ofMultivariant(
    { id: "variant-uri", section: "§4.4.6.2", says: "each EXT-X-STREAM-INF has a URI behind it" },
    function* judge(lines) {
      const variants = variantsOf(lines);
      if (variants.length === 0) yield "there is no variant";
      if (variants.some(({ uri }) => uri === null)) yield "one has none";
      const uris = variants.map(({ uri }) => uri);
      if (new Set(uris).size < uris.length) yield "two have the same";
    },
  ),
  ofMultivariant(
    {
      id: "variant-attributes",
      section: "§4.2, §4.4.6.2, Apple's authoring specification 9",
      says: "each variant has BANDWIDTH, AVERAGE-BANDWIDTH and CODECS and, with pictures, RESOLUTION and FRAME-RATE",
    },
    function* judge(lines) {
      for (const { attributes, uri, faults } of variantsOf(lines)) {
        yield* faults;
        const codecs = attributes.text("CODECS")?.split(",") ?? [];
        const needed = { BANDWIDTH: /^[1-9]\d*$/, "AVERAGE-BANDWIDTH": /^[1-9]\d*$/, CODECS: /^"[^"]+"$/ };
        const pictures = { RESOLUTION: /^\d+x\d+$/, "FRAME-RATE": /^\d+\.\d{3}$/ };
        const all = codecs.some((codec) => VIDEO_CODEC.test(codec)) ? { ...needed, ...pictures } : needed;
        for (const [name, form] of Object.entries(all))
          if (!form.test(attributes.raw(name) ?? "")) yield `${uri} has ${name}=${attributes.raw(name)}`;
        if (new Set(codecs).size < codecs.length) yield `${uri} names a codec twice`;
        const [peak, average] = [attributes.number("BANDWIDTH"), attributes.number("AVERAGE-BANDWIDTH")];
        if (peak !== null && average !== null && average > peak)
          yield `${uri} is more on average than at its peak`;
      }
    },
  ),
  ofMultivariant(
    { id: "rendition-groups", section: "§4.4.6.2, §4.4.6.1.1", says: "each group that is named is there" },
    function* judge(lines) {
      const groups = new Set<string>();
      const names = new Set<string>();
      for (const line of lines) {
        if (line.kind !== "tag" || line.name !== "EXT-X-MEDIA") continue;
        const media = attributesOf(line.value);
        const group = `${media.raw("TYPE")} ${media.raw("GROUP-ID")}`;
        const name = `${group} ${media.raw("NAME")}`;
        groups.add(group);
        if (names.has(name)) yield `${name} stands twice`;
        names.add(name);
      }
      for (const { attributes, uri } of variantsOf(lines)) {
        for (const type of ["AUDIO", "VIDEO", "SUBTITLES"]) {
          const group = attributes.raw(type);
          if (group !== null && !groups.has(`${type} ${group}`)) yield `${uri} names ${type}=${group}`;
        }
      }
    },
  ),
  {
    ...{
      id: "reports-of-all",
      section: "§4.4.5.4, Appendix B.1",
      says: "with low latency, each playlist reports of every other one of the multivariant playlist",
    },
    find: unreported,
  },
];

function ofMultivariant(
  described: Omit<Rule, "find">,
  judge: (lines: readonly Line[]) => Iterable<string>,
): Rule {
  return {
    ...described,
    *find({ multivariant }): Generator<Found> {
      if (multivariant === null) return;
      for (const message of judge(linesOf(multivariant))) yield { reading: null, message };
    },
  };
}

function variantsOf(lines: readonly Line[]): Variant[] {
  return lines.flatMap((line, index): Variant[] => {
    if (line.kind !== "tag" || line.name !== "EXT-X-STREAM-INF") return [];
    const next = lines[index + 1];
    return [{ ...readAttributes(line.value), uri: next?.kind === "uri" ? next.uri : null }];
  });
}

function* unreported({ multivariant, readings }: ReadHistory): Generator<Found> {
  if (multivariant === null) return;
  const lines = linesOf(multivariant);
  const media = lines.flatMap((line) =>
    line.kind === "tag" && line.name === "EXT-X-MEDIA" ? (attributesOf(line.value).text("URI") ?? []) : [],
  );
  const others = new Set([...variantsOf(lines).map(({ uri }) => uri ?? ""), ...media].map(folderOf)).size - 1;
  for (const reading of readings) {
    const { partTargetSeconds, hasEnded, reports } = reading.playlist;
    if (partTargetSeconds !== null && !hasEnded && reports.length !== others)
      yield { reading, message: `it reports of ${reports.length}, there are ${others}` };
  }
}

/** A playlist's URI without its query: each viewer has a session of their own in it. */
function folderOf(uri: string): string {
  return uri.replace(/\?.*$/, "");
}
