// The names of what a media playlist lists, relative to the playlist.

/** What a name stands for. */
export interface Listed {
  readonly kind: "initialization" | "segment";
  /** The id of an initialization, the media sequence number of a segment. */
  readonly number: number;
}

/** Every number has one way to be written, and stays a safe integer. */
const INITIALIZATION = /^init-(0|[1-9]\d{0,14})\.mp4$/;
const SEGMENT = /^segment-(0|[1-9]\d{0,14})\.m4s$/;

export function initializationUri(id: number): string {
  return `init-${id}.mp4`;
}

export function segmentUri(msn: number): string {
  return `segment-${msn}.m4s`;
}

/** Null for any other name. */
export function parseListedUri(uri: string): Listed | null {
  const segment = SEGMENT.exec(uri)?.[1];
  if (segment !== undefined) return { kind: "segment", number: Number(segment) };
  const initialization = INITIALIZATION.exec(uri)?.[1];
  return initialization === undefined ? null : { kind: "initialization", number: Number(initialization) };
}
