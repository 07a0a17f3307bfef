// What goes with an object of a broadcast that goes on: enough to make its line in a journal, and to know that it is whole.

import { crc32 } from "node:zlib";
import type { RenditionName } from "#media/hls/rendition.ts";
import type { Segment } from "#media/hls/segment.ts";
import type { RecordedGap, RecordedTrack } from "./journal.ts";

export interface InitializationFacts {
  readonly type: "initialization";
  readonly rendition: RenditionName;
  readonly id: number;
  readonly tracks: readonly RecordedTrack[];
}

export interface SegmentFacts {
  readonly type: "segment";
  readonly rendition: RenditionName;
  /** `gap`: what was not recorded before it, where that is known. */
  readonly segment: Segment & { readonly gap?: RecordedGap };
  /** As the live playlist promised it. */
  readonly targetDurationSeconds: number;
  readonly partTargetSeconds?: number;
}

export type ObjectFacts = InitializationFacts | SegmentFacts;

/** With the CRC-32 of the object, in ASCII, behind a checksum of its own. */
export function encodeFacts(facts: ObjectFacts, bytes: Uint8Array): string {
  const json = JSON.stringify({ crc32: crc32(bytes), ...facts }).replaceAll(NOT_ASCII, asEscape);
  return `${checksum(json)} ${json}`;
}

/** Null where they are not what was written, or are of other bytes. */
export function parseFacts(text: string | null, bytes: Uint8Array): ObjectFacts | null {
  const [, said, json = ""] = /^([0-9a-f]{8}) (.+)$/.exec(text ?? "") ?? [];
  if (said === undefined || checksum(json) !== said) return null;
  const { crc32: ofBytes, ...facts }: ObjectFacts & { readonly crc32: number } = JSON.parse(json);
  return ofBytes === crc32(bytes) ? facts : null;
}

/** `0-init-<id>.mp4` or `0-<msn>.m4s`: the number before it is the epoch of its writer, which one node does not change. */
export function objectNameOf(facts: ObjectFacts): string {
  return facts.type === "initialization" ? `0-init-${facts.id}.mp4` : `0-${facts.segment.msn}.m4s`;
}

/** All of them begin so. */
export const OBJECT_NAMES = "0-";

/** The media sequence number in the name of a segment; null of another name. */
export function msnIn(name: string): number | null {
  const digits = /^0-(\d+)\.m4s$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

const NOT_ASCII = /[^ -~]/g;

function asEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, "0");
}
