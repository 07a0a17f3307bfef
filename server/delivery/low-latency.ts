// Playlists and parts that are asked for before they are there: the answer waits with the one who asks (rfc8216bis §6.2.5.2).

import { type DeliveryDirectives, parseDeliveryDirectives } from "#media/hls/delivery-directives.ts";
import type { ListedPart } from "#media/hls/listed-uri.ts";
import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { ReloadWaiters } from "#server/programme/reload-waiters.ts";
import { CORS_HEADERS, emptyAnswer } from "./representation.ts";

/** Whoever asks for more than this beyond the last segment has counted wrongly (rfc8216bis §6.2.5.2). */
const MAX_SEGMENTS_AHEAD = 2;

/** What does not come within this many target durations does not come soon. */
const MAX_WAIT_TARGET_DURATIONS = 3;

const WHOLE: DeliveryDirectives = { target: null, skips: false };

/** Where nothing of it is asked for, where parts are not listed, and where everything is listed, there is nothing to obey. */
export function directivesOf(url: string, window: PlaylistWindow): DeliveryDirectives | null {
  if (!url.includes("_HLS_") || window.partTargetSeconds === null || window.hasEnded) return WHOLE;
  const directives = parse(url);
  const lastMsn = window.edge.lastMsn ?? window.mediaSequence - 1;
  return (directives?.target?.msn ?? 0) > lastMsn + MAX_SEGMENTS_AHEAD ? null : directives;
}

function parse(url: string): DeliveryDirectives | null {
  const query = new URLSearchParams(url.slice(url.indexOf("?")));
  return parseDeliveryDirectives((parameter) => query.getAll(parameter));
}

export function maxWaitSeconds({ targetDurationSeconds }: PlaylistWindow): number {
  return MAX_WAIT_TARGET_DURATIONS * (targetDurationSeconds ?? 1);
}

export interface AwaitedAnswer {
  /** Asked whenever something new is listed. */
  readonly isThere: () => boolean;
  readonly answer: () => Response | Promise<Response>;
}

/** What `answer` says by then, unless it takes too long, too many wait, or nothing comes from this process any more. */
export function whenListed(
  request: Request,
  waiters: ReloadWaiters,
  window: PlaylistWindow,
  { isThere, answer }: AwaitedAnswer,
): Promise<Response> {
  const isOver = (): boolean => window.hasEnded || isThere();
  return waiters
    .wait(isOver, maxWaitSeconds(window) * 1000, request.signal)
    .then(() => (isOver() ? answer() : emptyAnswer(503, { "Retry-After": "1" })));
}

/**
 * What a playlist lists when it first has what was asked for is worth keeping for the others who ask for that, while they do: a
 * second is the least that can be said.
 */
const KEEP_A_SECOND = "public, max-age=1";

export function cacheable(answer: Response | Promise<Response>): Response | Promise<Response> {
  if (answer instanceof Promise) return answer.then(cacheable);
  if (answer.ok) answer.headers.set("Cache-Control", KEEP_A_SECOND);
  return answer;
}

/** The part is the next one, and its segment may have it: whoever asks for it waits. */
export function isHinted({ number, index }: ListedPart, { edge, hasEnded }: PlaylistWindow): boolean {
  return !hasEnded && edge.next?.msn === number && edge.next.index === index;
}

export function invalidDirectiveAnswer(): Response {
  const message =
    "_HLS_msn and _HLS_part are whole numbers, the part of a segment that is named and at most two beyond the last one, and _HLS_skip is YES or v2.";
  return Response.json(
    { status: "fail", message, data: { code: "invalid_delivery_directive" } },
    { status: 400, headers: { ...CORS_HEADERS, "Cache-Control": "no-store" } },
  );
}
