// The footage of assets, kept while it is asked for again and again, and what is cut from it.

import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { ClipCut } from "#server/store/clip-cut.ts";
import type { MediaFacts } from "#server/store/media-store.ts";
import { type ClipPlan, planClip, type Span } from "./clip-plan.ts";
import { storeCopy, storeReference } from "./clip-store.ts";
import { type FirstPicture, firstPictureOf } from "./first-picture.ts";
import { clipFootage, type Footage, footageFacts, footageOf } from "./footage.ts";
import type { RecordedMovie } from "./recorded-movie.ts";
import type { Recording } from "./recording.ts";
import type { Recordings } from "./recordings.ts";

/** An asset, as far as it says what it plays. */
export interface Played {
  readonly id: string;
  readonly recordingId: string;
  /** Null: all of the recording. */
  readonly cut: ClipCut | null;
}

/** What a clip became: seconds from the beginning of what it was cut from, and what its row is made of. */
export interface StoredClip extends Span, Omit<Played, "id"> {
  readonly facts: MediaFacts;
}

/** Clips whose tables are kept in memory: those that are watched now, and then some. */
const MAX_KEPT = 16;

type FootageRecordings = Pick<
  Recordings,
  "finished" | "soFar" | "paths" | "media" | "movie" | "clipMovie" | "used"
>;

export class Footages {
  readonly #recordings: FootageRecordings;
  readonly #whole = new WeakMap<Recording, Footage>();
  /** Of clips, the last used ones, oldest first. A clip stays as it is for as long as it is there. */
  readonly #clips = new Map<string, Promise<Footage | null>>();

  constructor(recordings: FootageRecordings) {
    this.#recordings = recordings;
  }

  /** Null where its files are not there. */
  async of(played: Played): Promise<Footage | null> {
    const { id, recordingId, cut } = played;
    this.#recordings.used(recordingId);
    if (cut !== null) return this.#kept(id, () => this.#readClip(id, recordingId, cut));
    const recording = await this.#recordings.finished(recordingId);
    return recording === null ? null : this.#wholeOf(recording);
  }

  /** As one MP4; null where its files are not there. */
  async movie(played: Played): Promise<RecordedMovie | null> {
    const { id, recordingId, cut } = played;
    if (cut !== null) {
      const footage = await this.of(played);
      return footage === null ? null : this.#recordings.clipMovie(id, footage);
    }
    const recording = await this.#recordings.finished(recordingId);
    return recording === null ? null : this.#recordings.movie(recording);
  }

  /** All that is recorded of a livestream by now; null where that is nothing. */
  async soFar(livestreamId: string): Promise<Footage | null> {
    const recording = await this.#recordings.soFar(livestreamId);
    return recording === null ? null : footageOf(recording);
  }

  /** Writes nothing. */
  plan(footage: Footage, span: Span): Promise<ClipPlan> {
    return planClip(footage, span);
  }

  /**
   * Writes what is the clip's own, under its id. By reference, what it refers to is on the disk for good then; `recordingId`: what
   * the footage is of. A copy that is aborted leaves what it has written so far.
   */
  async store(
    clipId: string,
    {
      plan,
      footage,
      recordingId,
      isCopy,
    }: {
      readonly plan: ClipPlan;
      readonly footage: Footage;
      readonly recordingId: string;
      readonly isCopy: boolean;
    },
    signal: AbortSignal,
  ): Promise<StoredClip> {
    const { startSeconds, endSeconds, segments } = plan;
    const used = new Set(segments.map(({ initializationId }) => initializationId));
    const initializations = footage.initializations.filter(({ id }) => used.has(id));
    const facts = footageFacts({ initializations, segments });
    const paths = this.#recordings.paths(clipId);
    if (isCopy) {
      await storeCopy(plan, footage, paths, signal);
      return { startSeconds, endSeconds, facts, recordingId: clipId, cut: null };
    }
    // Also where nothing is written into it now: what its download takes is kept there.
    await mkdir(dirname(paths.media), { recursive: true });
    const recording = this.#recordings.paths(recordingId);
    const { file: recordingFile, store } = await this.#recordings.media(recordingId);
    const cut = await storeReference(plan, footage, { ...paths, recordingFile });
    // A repair after a power cut would take away what of it had not reached the disk.
    if (store === undefined) for (const file of [recording.media, recording.journal]) await syncFile(file);
    return { startSeconds, endSeconds, facts, recordingId, cut };
  }

  /** Files have moved: where they are is looked for anew. */
  forget(): void {
    this.#clips.clear();
  }

  /** What it begins with, as an encoder made it; null where that is no picture. */
  async firstPicture(played: Played): Promise<FirstPicture | null> {
    const footage = await this.of(played);
    return footage === null ? null : firstPictureOf(footage);
  }

  #wholeOf(recording: Recording): Footage | null {
    const footage = this.#whole.get(recording) ?? footageOf(recording);
    if (footage !== null) this.#whole.set(recording, footage);
    return footage;
  }

  async #readClip(id: string, recordingId: string, cut: ClipCut): Promise<Footage | null> {
    const recording = await this.#recordings.soFar(recordingId);
    return recording === null ? null : clipFootage(recording, cut, await this.#recordings.media(id));
  }

  #kept(id: string, read: () => Promise<Footage | null>): Promise<Footage | null> {
    const footage = this.#clips.get(id) ?? read();
    this.#clips.delete(id);
    this.#clips.set(id, footage);
    const [oldest] = this.#clips.keys();
    if (this.#clips.size > MAX_KEPT && oldest !== undefined) this.#clips.delete(oldest);
    const forget = (): void => {
      if (this.#clips.get(id) === footage) this.#clips.delete(id);
    };
    // What is not there is looked for anew; whoever asked gets the failure.
    void footage.then((found) => found === null && forget(), forget);
    return footage;
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.datasync();
  } finally {
    await handle.close();
  }
}
