// What a media playlist says, as a player would read it; nothing is judged here.

import { Attributes, attributesOf, type Line, linesOf } from "./lines.ts";

export interface ListedPart {
  readonly uri: string;
  readonly durationSeconds: number;
  readonly isIndependent: boolean;
  readonly isGap: boolean;
}

export interface ListedSegment {
  readonly msn: number;
  /** Null while only parts of it are listed. */
  readonly uri: string | null;
  /** Of the whole; of the parts that are there while it is not. */
  readonly durationSeconds: number;
  readonly hasDiscontinuity: boolean;
  /** EXT-X-DISCONTINUITY-SEQUENCE, and all discontinuities since, its own included. */
  readonly discontinuityNumber: number;
  readonly mapUri: string | null;
  /** As written; null where none is. */
  readonly programDateTime: string | null;
  readonly isGap: boolean;
  readonly parts: readonly ListedPart[];
  /** Tags that apply to its first part too, and stand behind that. */
  readonly lateTags: readonly string[];
}

export interface MediaPlaylist {
  readonly lines: readonly Line[];
  readonly version: number;
  readonly targetDurationSeconds: number | null;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly playlistType: string | null;
  readonly hasEnded: boolean;
  readonly isIndependent: boolean;
  readonly partTargetSeconds: number | null;
  readonly serverControl: Attributes;
  /** 0 where it is whole. */
  readonly skippedSegments: number;
  /** Behind those that are skipped; the last one may be open. */
  readonly segments: readonly ListedSegment[];
  readonly hints: readonly Attributes[];
  readonly reports: readonly Attributes[];
}

/** They apply to the segment that follows, and to its first part. */
const BEFORE_PARTS = ["EXT-X-DISCONTINUITY", "EXT-X-MAP", "EXT-X-PROGRAM-DATE-TIME", "EXT-X-KEY"];

export function readMediaPlaylist(text: string): MediaPlaylist {
  const lines = linesOf(text);
  const firstValue = (tag: string) => {
    const line = lines.find((each) => each.kind === "tag" && each.name === tag);
    return line?.kind === "tag" ? line.value : null;
  };
  const numberOf = (tag: string) => {
    const value = firstValue(tag);
    return value === null ? null : Number(value);
  };
  const all = (tag: string) =>
    lines.flatMap((each) => (each.kind === "tag" && each.name === tag ? [attributesOf(each.value)] : []));
  const mediaSequence = numberOf("EXT-X-MEDIA-SEQUENCE") ?? 0;
  const discontinuitySequence = numberOf("EXT-X-DISCONTINUITY-SEQUENCE") ?? 0;
  const skippedSegments = all("EXT-X-SKIP")[0]?.number("SKIPPED-SEGMENTS") ?? 0;
  return {
    lines,
    version: numberOf("EXT-X-VERSION") ?? 1,
    targetDurationSeconds: numberOf("EXT-X-TARGETDURATION"),
    mediaSequence,
    discontinuitySequence,
    playlistType: firstValue("EXT-X-PLAYLIST-TYPE"),
    hasEnded: firstValue("EXT-X-ENDLIST") !== null,
    isIndependent: firstValue("EXT-X-INDEPENDENT-SEGMENTS") !== null,
    partTargetSeconds: all("EXT-X-PART-INF")[0]?.number("PART-TARGET") ?? null,
    serverControl: all("EXT-X-SERVER-CONTROL")[0] ?? new Attributes(new Map()),
    skippedSegments,
    segments: readSegments(lines, mediaSequence + skippedSegments, discontinuitySequence),
    hints: all("EXT-X-PRELOAD-HINT"),
    reports: all("EXT-X-RENDITION-REPORT"),
  };
}

/** What was read of a segment so far. */
interface Open {
  durationSeconds: number | null;
  hasDiscontinuity: boolean;
  programDateTime: string | null;
  isGap: boolean;
  parts: ListedPart[];
  lateTags: string[];
}

function readSegments(lines: readonly Line[], firstMsn: number, firstDiscontinuity: number): ListedSegment[] {
  const segments: ListedSegment[] = [];
  let mapUri: string | null = null;
  let discontinuityNumber = firstDiscontinuity;
  let open = nothing();
  const close = (uri: string | null) => {
    const { durationSeconds, ...rest } = open;
    const listed = open.parts.reduce((sum, part) => sum + part.durationSeconds, 0);
    const msn = firstMsn + segments.length;
    const seconds = durationSeconds ?? (uri === null ? listed : Number.NaN);
    segments.push({ ...rest, msn, uri, mapUri, discontinuityNumber, durationSeconds: seconds });
    open = nothing();
  };
  for (const line of lines) {
    if (line.kind === "uri") {
      close(line.uri);
      continue;
    }
    if (BEFORE_PARTS.includes(line.name) && open.parts.length > 0) open.lateTags.push(line.name);
    if (line.name === "EXTINF") open.durationSeconds = Number(line.value.split(",")[0]);
    if (line.name === "EXT-X-GAP") open.isGap = true;
    if (line.name === "EXT-X-PROGRAM-DATE-TIME") open.programDateTime = line.value;
    if (line.name === "EXT-X-MAP") mapUri = attributesOf(line.value).text("URI");
    if (line.name === "EXT-X-PART") open.parts.push(readPart(attributesOf(line.value)));
    if (line.name === "EXT-X-DISCONTINUITY") {
      open.hasDiscontinuity = true;
      discontinuityNumber += 1;
    }
  }
  if (open.parts.length > 0) close(null);
  return segments;
}

function nothing(): Open {
  return {
    durationSeconds: null,
    hasDiscontinuity: false,
    programDateTime: null,
    isGap: false,
    parts: [],
    lateTags: [],
  };
}

function readPart(attributes: Attributes): ListedPart {
  return {
    uri: attributes.text("URI") ?? "",
    durationSeconds: attributes.number("DURATION") ?? Number.NaN,
    isIndependent: attributes.isYes("INDEPENDENT"),
    isGap: attributes.isYes("GAP"),
  };
}
