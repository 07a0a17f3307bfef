// Where any byte of a programme or a recording is now: in memory, in a file, or nowhere any more.

import type { SegmentPlace } from "#media/hls/playlist-window.ts";
import type { RenditionName } from "#media/hls/rendition.ts";
import type { Cut, Segment } from "#media/hls/segment.ts";
import { joinPieces, type Piece } from "./piece.ts";
import { type Place, SegmentPlaces } from "./segment-places.ts";

/** An initialization or a part. */
interface Held {
  /** Null once it is let go. */
  bytes: Uint8Array | null;
  readonly byteLength: number;
  /** Where it is in the file, or will be; null where it is not recorded. */
  offset: number | null;
  /** Of a part, its position among those that are listed. */
  readonly index: number;
  /** What is sent of a part alone, as long as it is the same; null while it is not known. */
  pieces: readonly Piece[] | null;
}

/** An initialization, or a complete segment with its parts. */
interface HeldWhole {
  readonly parts: readonly Held[];
  /** What is sent of it, as long as it is the same; null while it is not known. */
  pieces: readonly Piece[] | null;
}

/** One rendition's; numbers rise. */
interface HeldRendition {
  readonly initializations: Map<number, HeldWhole>;
  /** Complete ones, by media sequence number: the newest. */
  readonly segments: Map<number, HeldWhole>;
  /** Those of {@link segments} whose bytes are in memory. */
  readonly inMemory: Set<number>;
  /** Older ones, of which only the whole is known. */
  readonly recorded: SegmentPlaces;
  openParts: Held[];
  /** Media sequence number of the segment that is not complete; null between two. */
  openMsn: number | null;
}

/**
 * Parts of the newest segments can be told apart: they leave a playlist three target durations behind its end, and may be
 * asked for as long again (rfc8216bis §6.2.2). Of older ones only the whole is known.
 */
const SEGMENTS_WITH_PARTS = 16;

export class HeldBytes {
  readonly #file: string | null;
  readonly #renditions = new Map<RenditionName, HeldRendition>();
  #writtenLength = 0;
  #isRecording: boolean;

  /** `file`: where it is recorded; null where nothing is. */
  constructor(file: string | null) {
    this.#file = file;
    this.#isRecording = file !== null;
  }

  /** `offset`: where the file has the bytes of the cut, or will have them; null where it never will. */
  push(cut: Cut, offset: number | null): void {
    const held = this.#heldOf(cut.rendition);
    switch (cut.type) {
      case "initialization": {
        const { id, bytes } = cut.initialization;
        held.initializations.set(id, wholeOf([heldOf(bytes, offset)]));
        return;
      }
      case "segment-start":
        held.openParts = [];
        held.openMsn = cut.start.msn;
        return;
      case "part": {
        const { bytes, index } = cut.part;
        held.openParts.push(heldOf(bytes, offset, index));
        return;
      }
      case "gap":
        return;
      case "segment":
        held.segments.set(cut.segment.msn, wholeOf(held.openParts));
        held.inMemory.add(cut.segment.msn);
        held.openParts = [];
        held.openMsn = null;
        this.#letGoOfWritten(held);
    }
  }

  /** What the file has already: an initialization, or the parts of a complete segment, one after the other. */
  addRecorded(rendition: RenditionName, kind: "initialization" | "segment", recorded: Recorded): void {
    const { number, offset, byteLength } = recorded;
    const held = this.#heldOf(rendition);
    if (kind === "segment") held.recorded.set(number, { offset, byteLength });
    else
      held.initializations.set(
        number,
        wholeOf([{ bytes: null, byteLength, offset, index: 0, pieces: null }]),
      );
    this.#writtenLength = Math.max(this.#writtenLength, offset + byteLength);
  }

  /** The file has everything before this offset: complete segments leave memory. */
  written(length: number): void {
    this.#writtenLength = length;
    for (const held of this.#renditions.values()) this.#letGoOfWritten(held);
  }

  /** The file gets nothing more: what was to be written stays in memory for as long as it is needed, and is gone then. */
  recordingEnded(): void {
    this.#isRecording = false;
  }

  /** The file is written on from `length`: what was to lie behind that never came. */
  recordedFrom(length: number): void {
    this.#isRecording = true;
    this.#writtenLength = length;
    for (const { initializations, segments, openParts } of this.#renditions.values()) {
      const wholes = [...initializations.values(), ...segments.values()];
      for (const held of [...wholes.flatMap(({ parts }) => parts), ...openParts]) {
        if (held.offset !== null && held.offset + held.byteLength > length) held.offset = null;
      }
    }
  }

  /** Lets go of what only segments before this one need, where it is not recorded. */
  releaseBefore(rendition: RenditionName, { msn, initializationId }: Segment): void {
    const held = this.#heldOf(rendition);
    for (const number of held.inMemory) {
      if (number >= msn) break;
      if (this.#willBeWritten(held.segments.get(number))) continue;
      held.inMemory.delete(number);
      held.segments.delete(number);
    }
    for (const [id, initialization] of held.initializations) {
      if (id >= initializationId) break;
      if (this.#isWritten(initialization)) letGo(initialization);
      else if (!this.#willBeWritten(initialization)) held.initializations.delete(id);
    }
  }

  /**
   * Null where there is none of this number, or its bytes are nowhere; the same pieces for as long as they stay where
   * they are.
   */
  initialization(rendition: RenditionName, id: number): readonly Piece[] | null {
    return this.#piecesOf(this.#renditions.get(rendition)?.initializations.get(id));
  }

  /** As {@link initialization}, of a complete segment. */
  segment(rendition: RenditionName, msn: number): readonly Piece[] | null {
    const held = this.#renditions.get(rendition);
    const place = held?.recorded.get(msn) ?? null;
    if (place !== null && this.#file !== null) return [{ file: this.#file, ...place }];
    return this.#piecesOf(held?.segments.get(msn));
  }

  /** As {@link initialization}, of a part of one of the newest segments, or of the one that is not complete. */
  part(rendition: RenditionName, msn: number, index: number): readonly Piece[] | null {
    const held = this.#renditions.get(rendition);
    const parts = msn === held?.openMsn ? held.openParts : held?.segments.get(msn)?.parts;
    const part = parts?.find((each) => each.index === index);
    if (part === undefined) return null;
    part.pieces ??= this.#findPieces(wholeOf([part]));
    return part.pieces;
  }

  /** Where a complete segment is, or that it is nowhere any more. */
  placeOf(rendition: RenditionName, msn: number): SegmentPlace {
    const held = this.#renditions.get(rendition);
    const whole = held?.segments.get(msn);
    if (whole === undefined) return (held?.recorded.get(msn) ?? null) === null ? "lost" : "recorded";
    return this.#isWritten(whole) ? "recorded" : "in-memory";
  }

  #letGoOfWritten(held: HeldRendition): void {
    const { inMemory, segments } = held;
    for (const msn of inMemory) {
      const segment = segments.get(msn);
      if (segment === undefined || !this.#isWritten(segment)) continue;
      letGo(segment);
      inMemory.delete(msn);
      this.#forgetParts(held, msn - SEGMENTS_WITH_PARTS);
    }
  }

  #forgetParts({ segments, recorded }: HeldRendition, msn: number): void {
    const segment = segments.get(msn);
    const place = segment === undefined || !this.#isWritten(segment) ? null : placeOf(segment.parts);
    if (place === null) return;
    segments.delete(msn);
    recorded.set(msn, place);
  }

  #isWritten({ parts }: HeldWhole): boolean {
    return parts.every(
      ({ offset, byteLength }) => offset !== null && offset + byteLength <= this.#writtenLength,
    );
  }

  /** The file has it, or will have it. */
  #willBeWritten(whole: HeldWhole | undefined): boolean {
    if (whole === undefined) return false;
    return (
      this.#isWritten(whole) || (this.#isRecording && whole.parts.every(({ offset }) => offset !== null))
    );
  }

  #piecesOf(whole: HeldWhole | undefined): readonly Piece[] | null {
    if (whole === undefined) return null;
    whole.pieces ??= this.#findPieces(whole);
    return whole.pieces;
  }

  #findPieces(whole: HeldWhole): readonly Piece[] | null {
    const file = this.#isWritten(whole) ? this.#file : null;
    const pieces = whole.parts.map(({ bytes, offset, byteLength }) => {
      if (bytes !== null) return bytes;
      return file === null || offset === null ? null : { file, offset, byteLength };
    });
    return pieces.every((piece) => piece !== null) ? joinPieces(pieces) : null;
  }

  #heldOf(name: RenditionName): HeldRendition {
    const known = this.#renditions.get(name);
    if (known !== undefined) return known;
    const held: HeldRendition = {
      initializations: new Map(),
      segments: new Map(),
      inMemory: new Set(),
      recorded: new SegmentPlaces(),
      openParts: [],
      openMsn: null,
    };
    this.#renditions.set(name, held);
    return held;
  }
}

function heldOf(bytes: Uint8Array, offset: number | null, index = 0): Held {
  return { bytes, byteLength: bytes.byteLength, offset, index, pieces: null };
}

function wholeOf(parts: readonly Held[]): HeldWhole {
  return { parts, pieces: null };
}

/** The file has it: nothing of it stays in memory. */
function letGo(whole: HeldWhole): void {
  for (const part of whole.parts) {
    part.bytes = null;
    part.pieces = null;
  }
  whole.pieces = null;
}

/** Where the parts are together, if they follow each other in the file. */
function placeOf(parts: readonly Held[]): Place | null {
  const offset = parts[0]?.offset ?? null;
  if (offset === null) return null;
  let end = offset;
  for (const part of parts) {
    if (part.offset !== end) return null;
    end += part.byteLength;
  }
  return { offset, byteLength: end - offset };
}

export interface Recorded extends Place {
  /** The id of an initialization, the media sequence number of a segment. */
  readonly number: number;
}
