// The names of what a media playlist lists, relative to the playlist.

/** What a name stands for. */
export type Listed =
  | {
      readonly kind: "initialization" | "segment" | "lead-in";
      /** The id of an initialization, the media sequence number of a segment, or of the one that a lead-in is before. */
      readonly number: number;
    }
  | ListedPart;

export interface ListedPart {
  readonly kind: "part";
  /** The media sequence number of its segment. */
  readonly number: number;
  /** 0-based position in that. */
  readonly index: number;
}

/** Every number has one way to be written, and stays a safe integer. */
const INITIALIZATION = /^init-(0|[1-9]\d{0,14})\.mp4$/;
const LEAD_IN = /^lead-in-([1-9]\d{0,14})\.m4s$/;
const SEGMENT = /^segment-(0|[1-9]\d{0,14})(?:\.part-(0|[1-9]\d{0,5}))?\.m4s$/;

export function initializationUri(id: number): string {
  return `init-${id}.mp4`;
}

export function segmentUri(msn: number): string {
  return `segment-${msn}.m4s`;
}

/** `index`: 0-based position in its segment. */
export function partUri(msn: number, index: number): string {
  return `segment-${msn}.part-${index}.m4s`;
}

/** What comes before this segment for those who have nothing to begin with. */
export function leadInUri(msn: number): string {
  return `lead-in-${msn}.m4s`;
}

/** Null for any other name. */
export function parseListedUri(uri: string): Listed | null {
  const [, segment, part] = SEGMENT.exec(uri) ?? [];
  if (segment !== undefined && part !== undefined)
    return { kind: "part", number: Number(segment), index: Number(part) };
  if (segment !== undefined) return { kind: "segment", number: Number(segment) };
  const leadIn = LEAD_IN.exec(uri)?.[1];
  if (leadIn !== undefined) return { kind: "lead-in", number: Number(leadIn) };
  const initialization = INITIALIZATION.exec(uri)?.[1];
  return initialization === undefined ? null : { kind: "initialization", number: Number(initialization) };
}
