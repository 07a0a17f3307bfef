// The status of a livestream, as lists show it.

import type { Livestream } from "#openapi/client.ts";
import { type BigStateName, bigState } from "#server/web/console/words/big-state.ts";
import { Badge, type Tone } from "./badge.tsx";
import type { IconName } from "./icon.tsx";

export interface StateLook {
  readonly tone: Tone;
  readonly icon: IconName;
}

const LOOKS: Readonly<Record<BigStateName, StateLook>> = {
  created: { tone: "quiet", icon: "ring" },
  "not-receiving": { tone: "quiet", icon: "wait" },
  ready: { tone: "well", icon: "well" },
  live: { tone: "live", icon: "live" },
  degraded: { tone: "warning", icon: "warning" },
  "off-air": { tone: "bad", icon: "bad" },
  "recording-stopped": { tone: "bad", icon: "bad" },
  converting: { tone: "quiet", icon: "wait" },
  finished: { tone: "quiet", icon: "done" },
  failed: { tone: "bad", icon: "bad" },
};

export function lookOf(name: BigStateName): StateLook {
  return LOOKS[name];
}

export function StatusBadge({ livestream }: { livestream: Livestream }) {
  const { name, word } = bigState(livestream);
  return <Badge {...lookOf(name)}>{word}</Badge>;
}
