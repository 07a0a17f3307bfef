// What is known of the livestream that is followed: what was asked for, brought up to date by each event.

import type { Instance, Livestream, Sample } from "#openapi/client.ts";
import { INSTANCE_NAMES } from "#openapi/names.ts";
import type { ServerSentEvent } from "#openapi/server-sent-events.ts";
import { appended, kbpsOf, type Strip, seeded } from "./strip.ts";

interface Counts {
  readonly rtmpConnections: number;
  readonly hlsConnections: number;
}

export type Viewers = Readonly<Record<Instance | "sum", Counts>>;

export interface Followed {
  /** Null before the first answer. */
  readonly livestream: Livestream | null;
  readonly isGone: boolean;
  readonly viewers: Viewers | null;
  readonly strips: Readonly<Record<Instance, Strip>>;
}

export const NOTHING_YET: Followed = {
  ...{ livestream: null, isGone: false, viewers: null },
  strips: { primary: [], secondary: [] },
};

export type Told =
  | { readonly type: "livestream"; readonly livestream: Livestream }
  | {
      readonly type: "samples";
      readonly instance: Instance;
      readonly samples: readonly Sample[];
      readonly atMs: number;
    }
  | { readonly type: "event"; readonly event: ServerSentEvent; readonly atMs: number }
  | { readonly type: "gone" };

export function followed(before: Followed, told: Told): Followed {
  switch (told.type) {
    case "livestream":
      return { ...before, livestream: told.livestream };
    case "samples": {
      const strip = seeded(before.strips[told.instance], told.samples, told.atMs);
      return { ...before, strips: { ...before.strips, [told.instance]: strip } };
    }
    case "gone":
      return { ...before, isGone: true };
    case "event":
      return afterEvent(before, told.event, told.atMs);
  }
}

/** Whether the livestream is to be asked for again: more than the event says may be different. */
export function changesMore({ event }: ServerSentEvent): boolean {
  return event === "status" || event === "switch";
}

function afterEvent(before: Followed, { event, data }: ServerSentEvent, atMs: number): Followed {
  switch (event) {
    case "status":
      return afterStatus(before, (data as { status: Livestream["status"] | "deleted" }).status);
    case "switch":
      return withLivestream(before, { onAir: (data as { to: Instance | null }).to });
    case "statistics":
      return { ...before, viewers: data as Viewers };
    case "inputs":
      return afterInputs(before, data as Livestream["inputs"], atMs);
    default:
      return before;
  }
}

function afterStatus(before: Followed, status: Livestream["status"] | "deleted"): Followed {
  return status === "deleted" ? { ...before, isGone: true } : withLivestream(before, { status });
}

function afterInputs(before: Followed, inputs: Livestream["inputs"], atMs: number): Followed {
  const stripOf = (instance: Instance): Strip => {
    const input = inputs.find((each) => each.instance === instance);
    return input === undefined
      ? before.strips[instance]
      : appended(before.strips[instance], { atMs, kbps: kbpsOf(input) });
  };
  const [primary, secondary] = INSTANCE_NAMES.map(stripOf);
  const strips = { primary: primary ?? [], secondary: secondary ?? [] };
  return { ...withLivestream(before, { inputs }), strips };
}

function withLivestream(before: Followed, change: Partial<Livestream>): Followed {
  return before.livestream === null ? before : { ...before, livestream: { ...before.livestream, ...change } };
}
