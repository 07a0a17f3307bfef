// What programmes are cut to where nothing else is set.

import type { CutTargets } from "#server/instances/advice.ts";

export const TARGETS: CutTargets = { segmentSeconds: 2, partMilliseconds: 200 };
