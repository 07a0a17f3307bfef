// Clips: assets that play a stretch of another one, or of a livestream so far, by reference or as a copy.

import type { LivestreamStatus } from "#openapi/names.ts";
import { isMissing, messageOf } from "#server/common/failure.ts";
import { InTurn } from "#server/common/in-turn.ts";
import type { Log } from "#server/common/log.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import type { Span } from "#server/recording/clip-plan.ts";
import type { FirstPicture } from "#server/recording/first-picture.ts";
import { type Footage, footageSeconds } from "#server/recording/footage.ts";
import { datesOf, spanBetween } from "#server/recording/footage-dates.ts";
import type { Footages } from "#server/recording/footages.ts";
import type { LivestreamRow, LivestreamStore } from "#server/store/livestream-store.ts";
import type { MediaStatus, MediaStore } from "#server/store/media-store.ts";
import { type Action, allowedActions, situationOf } from "./lifecycle.ts";
import type { LivestreamTurns } from "./livestream-turns.ts";
import { SOFT_DELETED, type SoftDeleted } from "./media-service.ts";
import type { MediaView } from "./media-view.ts";

export interface ClipServiceOptions {
  readonly media: Pick<MediaStore, "find" | "announceClip" | "insertClip">;
  readonly livestreams: Pick<LivestreamStore, "find" | "status">;
  readonly footages: Pick<Footages, "of" | "soFar" | "plan" | "store" | "firstPicture">;
  /** Removes files of a clip that is not there. */
  readonly removeFiles: (id: string) => Promise<void>;
  readonly hasActiveIngest: (livestreamId: string) => boolean;
  /** Makes the picture the clip's; does not reject. */
  readonly takePicture: (clipId: string, picture: FirstPicture, signal: AbortSignal) => Promise<void>;
  readonly view: (mediaId: string) => Promise<MediaView | null>;
  readonly turns: Pick<LivestreamTurns, "decide">;
  readonly feed: Pick<LivestreamFeed, "emit">;
  readonly dateMs: () => number;
  readonly log: Log;
}

interface WantedClip {
  readonly name: string;
  /** It gets bytes of its own. */
  readonly copy: boolean;
}

export interface WantedMediaClip extends WantedClip, Span {}

export interface WantedLivestreamClip extends WantedClip {
  /** Milliseconds since 1970; the end is after the start. */
  readonly startAtMs: number;
  readonly endAtMs: number;
}

export type ClipResult = { ok: true; media: MediaView } | ClipRefused;

export interface ClipRefused {
  readonly ok: false;
  readonly refusal:
    | { readonly code: "not_found" }
    | { readonly code: "validation_failed"; readonly fields: Readonly<Record<string, string>> }
    | NotRecorded
    | SoftDeleted;
}

interface NotRecorded {
  readonly code: "not_recorded";
  readonly currentStatus: LivestreamStatus | MediaStatus;
  readonly allowedActions: readonly Action[];
}

/** What a clip is cut from. */
interface Source {
  readonly livestreamId: string;
  /** Null: the livestream itself. */
  readonly mediaId: string | null;
  readonly recordingId: string;
  readonly footage: Footage;
}

/** What is asked for this far past the end means the end: players round. */
const PAST_END_SECONDS = 0.1;

const NOT_FOUND: ClipRefused = { ok: false, refusal: { code: "not_found" } };

const DELETED: ClipRefused = { ok: false, refusal: SOFT_DELETED };

export class ClipService {
  readonly #options: ClipServiceOptions;
  /** One copy at a time: more would only share the disk. */
  readonly #copies = new InTurn();
  readonly #abort = new AbortController();

  constructor(options: ClipServiceOptions) {
    this.#options = options;
  }

  /** Of an asset; the clip's end is after its start. */
  ofMedia(mediaId: string, wanted: WantedMediaClip): Promise<ClipResult> {
    const isThere = async () => (await this.#options.media.find(mediaId)) !== null;
    return unlessGone(isThere, () => this.#ofMedia(mediaId, wanted));
  }

  /** Of a livestream, also while it is live: of what is recorded by now. */
  ofLivestream(id: string, wanted: WantedLivestreamClip): Promise<ClipResult> {
    const isThere = async () => (await this.#options.livestreams.status(id)) !== null;
    return unlessGone(isThere, () => this.#ofLivestream(id, wanted));
  }

  /** Copies stop where they are, and what they have written is removed. */
  shutdown(): Promise<void> {
    this.#abort.abort();
    return this.#copies.settled();
  }

  async #ofMedia(mediaId: string, wanted: WantedMediaClip): Promise<ClipResult> {
    const row = await this.#options.media.find(mediaId);
    if (row === null) return NOT_FOUND;
    if (row.deletedAtMs !== null) return DELETED;
    const footage = await this.#options.footages.of(row);
    if (footage === null) return notRecorded("ready", ["update", "delete"]);
    const { livestreamId, recordingId } = row;
    const endsAt = footageSeconds(footage);
    const fields = outside(wanted, endsAt);
    if (fields !== null) return { ok: false, refusal: { code: "validation_failed", fields } };
    const span = { startSeconds: wanted.startSeconds, endSeconds: Math.min(wanted.endSeconds, endsAt) };
    return this.#cut({ livestreamId, mediaId, recordingId, footage }, span, wanted);
  }

  async #ofLivestream(id: string, wanted: WantedLivestreamClip): Promise<ClipResult> {
    const { media, livestreams, footages } = this.#options;
    const row = await livestreams.find(id);
    if (row === null) return NOT_FOUND;
    const { mediaId } = row;
    if (mediaId !== null && (await media.find(mediaId))?.deletedAtMs != null) return DELETED;
    const isPublished = row.status !== "created" && row.status !== "started";
    const footage = isPublished ? await footages.soFar(id) : null;
    if (footage === null) return this.#notRecorded(row);
    const fields = this.#outsideBroadcast(row, footage, wanted);
    if (fields !== null) return { ok: false, refusal: { code: "validation_failed", fields } };
    const span = spanBetween(footage.segments, wanted);
    if (span === null) return this.#notRecorded(row);
    return this.#cut({ livestreamId: id, mediaId, recordingId: id, footage }, span, wanted);
  }

  async #cut(source: Source, span: Span, wanted: WantedClip): Promise<ClipResult> {
    const { media, removeFiles, log } = this.#options;
    const id = Bun.randomUUIDv7();
    try {
      await media.announceClip(id);
      if (await this.#make(id, source, span, wanted)) return await this.#answer(id);
    } finally {
      // Of a clip that was made nothing is to be removed.
      await removeFiles(id).catch((error: unknown) => {
        log.error("clip_not_removed", { mediaId: id, message: messageOf(error) });
      });
    }
    return NOT_FOUND;
  }

  /** False where what it is cut from is gone by the time it would be there. */
  async #make(id: string, source: Source, span: Span, { name, copy }: WantedClip): Promise<boolean> {
    const { media, livestreams, footages, turns, feed, dateMs } = this.#options;
    const { livestreamId, mediaId, recordingId, footage } = source;
    const plan = await footages.plan(footage, span);
    const store = () => footages.store(id, { plan, footage, recordingId, isCopy: copy }, this.#abort.signal);
    const stored = copy ? await this.#copies.run("copies", store) : await store();
    const { facts, cut, startSeconds, endSeconds } = stored;
    return turns.decide(livestreamId, async () => {
      const isInserted = await media.insertClip({
        ...{ id, livestreamId, recordingId: stored.recordingId, name, description: null },
        ...{ ...facts, cut, clipOf: { mediaId, startSeconds, endSeconds }, createdAtMs: dateMs() },
      });
      // Nothing is told of a livestream after its deletion.
      const isTold = isInserted && (await livestreams.status(livestreamId)) !== null;
      if (isTold) feed.emit({ type: "media.created", livestreamId, data: { mediaId: id } });
      return isInserted;
    });
  }

  /** With its picture, where one can be taken. */
  async #answer(id: string): Promise<ClipResult> {
    const { media, footages, takePicture, view, log } = this.#options;
    const row = await media.find(id);
    try {
      const picture = row === null ? null : await footages.firstPicture(row);
      if (picture !== null) await takePicture(id, picture, this.#abort.signal);
    } catch (error) {
      log.warn("thumbnail_not_taken", { mediaId: id, message: messageOf(error) });
    }
    const clip = await view(id);
    return clip === null ? NOT_FOUND : { ok: true, media: clip };
  }

  /** Which of the two times nothing can be recorded at, and why; null where neither is of the kind. */
  #outsideBroadcast(
    { status, startedAtMs, stoppedAtMs }: LivestreamRow,
    { segments }: Footage,
    { startAtMs, endAtMs }: WantedLivestreamClip,
  ): Record<string, string> | null {
    const recorded = datesOf(segments);
    const beginsAtMs = Math.min(recorded.startAtMs, startedAtMs ?? recorded.startAtMs);
    const overAtMs = status === "live" ? this.#options.dateMs() : (stoppedAtMs ?? recorded.endAtMs);
    const endsAtMs = Math.max(recorded.endAtMs, overAtMs);
    if (startAtMs < beginsAtMs - PAST_END_SECONDS * 1000)
      return { startAtUtc: `is before the recording, which begins at ${isoOf(beginsAtMs)}` };
    if (startAtMs >= endsAtMs)
      return { startAtUtc: `is not before the end of the recording, ${isoOf(endsAtMs)}` };
    if (endAtMs > endsAtMs + PAST_END_SECONDS * 1000)
      return { endAtUtc: `is past the end of the recording, ${isoOf(endsAtMs)}` };
    return null;
  }

  #notRecorded({ id, status }: LivestreamRow): ClipRefused {
    const situation = situationOf(status, this.#options.hasActiveIngest(id));
    return notRecorded(status, allowedActions(situation));
  }
}

/** What is gone by the time its files are read was removed meanwhile. */
async function unlessGone(
  isThere: () => Promise<boolean>,
  work: () => Promise<ClipResult>,
): Promise<ClipResult> {
  try {
    return await work();
  } catch (error) {
    if (!isMissing(error) || (await isThere())) throw error;
    return NOT_FOUND;
  }
}

function notRecorded(
  currentStatus: NotRecorded["currentStatus"],
  actions: NotRecorded["allowedActions"],
): ClipRefused {
  return { ok: false, refusal: { code: "not_recorded", currentStatus, allowedActions: actions } };
}

function outside({ startSeconds, endSeconds }: Span, endsAtSeconds: number): Record<string, string> | null {
  const end = `the end of the recording, at ${endsAtSeconds.toFixed(3)} s`;
  if (startSeconds >= endsAtSeconds) return { startSeconds: `is not before ${end}` };
  if (endSeconds > endsAtSeconds + PAST_END_SECONDS) return { endSeconds: `is past ${end}` };
  return null;
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
