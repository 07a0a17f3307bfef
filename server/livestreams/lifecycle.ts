// The life of a livestream as one table: what each call does in each situation.

import type { LivestreamStatus } from "#openapi/names.ts";

export type Action = "start" | "publish" | "switch" | "stop" | "resetKey" | "update" | "delete";

/** What may be asked for; the change of who may watch is an update. */
export type Decided = Action | "changePlaybackPolicy";

/** A status; `started` and `live` are two situations each, by whether an encoder sends. */
export type Situation = Exclude<LivestreamStatus, "started"> | "waiting" | "receiving" | "silent";

export type RefusalCode =
  | "not_started"
  | "no_active_ingest"
  | "not_published"
  | "already_started"
  | "already_live"
  | "already_published"
  | "already_stopped"
  | "already_finished"
  | "conversion_failed"
  | "conversion_in_progress"
  | "converted_to_media";

/** The status that follows, `null` for the same one, or why the call is refused. */
export type Outcome = { to: LivestreamStatus | "deleted" | null } | { refused: RefusalCode };

export function situationOf(status: LivestreamStatus, hasActiveIngest: boolean): Situation {
  if (status === "started") return hasActiveIngest ? "receiving" : "waiting";
  return status === "live" && !hasActiveIngest ? "silent" : status;
}

export function outcomeOf(action: Decided, situation: Situation): Outcome {
  return LIFECYCLE[action][situation];
}

/** What would not be refused now, in the order of a livestream's life. */
export function allowedActions(situation: Situation): readonly Action[] {
  return ACTIONS.filter((action) => "to" in LIFECYCLE[action][situation]);
}

const ACTIONS: readonly Action[] = ["start", "publish", "switch", "stop", "resetKey", "update", "delete"];

const same: Outcome = { to: null };
const gone: Outcome = { to: "deleted" };

// biome-ignore format: a table is read by its columns.
const LIFECYCLE: Readonly<Record<Decided, Readonly<Record<Situation, Outcome>>>> = {
  start: {
    created: to("started"), waiting: no("already_started"), receiving: no("already_started"),
    live: no("already_live"), silent: no("already_live"),
    converting: no("already_stopped"), finished: no("already_finished"), failed: no("conversion_failed"),
  },
  publish: {
    created: no("not_started"), waiting: no("no_active_ingest"), receiving: to("live"),
    live: no("already_live"), silent: no("already_live"),
    converting: no("already_stopped"), finished: no("already_finished"), failed: no("conversion_failed"),
  },
  switch: {
    created: no("not_started"), waiting: no("not_published"), receiving: no("not_published"),
    live: same, silent: no("no_active_ingest"),
    converting: no("already_stopped"), finished: no("already_finished"), failed: no("conversion_failed"),
  },
  stop: {
    created: no("not_started"), waiting: no("not_published"), receiving: no("not_published"),
    live: to("converting"), silent: to("converting"),
    converting: no("already_stopped"), finished: no("already_finished"), failed: no("conversion_failed"),
  },
  resetKey: {
    created: no("not_started"), waiting: same, receiving: same,
    live: same, silent: same,
    converting: no("already_stopped"), finished: no("already_finished"), failed: no("conversion_failed"),
  },
  update: {
    created: same, waiting: same, receiving: same,
    live: same, silent: same,
    converting: same, finished: same, failed: same,
  },
  changePlaybackPolicy: {
    created: same, waiting: same, receiving: same,
    live: no("already_published"), silent: no("already_published"),
    converting: no("already_published"), finished: no("already_published"), failed: no("already_published"),
  },
  delete: {
    created: gone, waiting: gone, receiving: gone,
    live: gone, silent: gone,
    converting: no("conversion_in_progress"), finished: no("converted_to_media"), failed: gone,
  },
};

function to(status: LivestreamStatus): Outcome {
  return { to: status };
}

function no(code: RefusalCode): Outcome {
  return { refused: code };
}
