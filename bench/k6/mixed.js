// All at once: viewers, the overview and the history, with publishers running.

import { countNobody, countThem, options as viewers, watch } from "./hls-viewers.js";
import { askForNewest, walkPages } from "./stats-history.js";
import askForOverview from "./stats-overview.js";

const { RATE = "500", SECONDS = "30" } = __ENV;

const steady = {
  executor: "constant-arrival-rate",
  rate: Number(RATE),
  timeUnit: "1s",
  duration: `${SECONDS}s`,
  preAllocatedVUs: 50,
  maxVUs: 300,
};

export const options = {
  ...viewers,
  scenarios: {
    ...viewers.scenarios,
    overview: { ...steady, exec: "askForOverview" },
    newest: { ...steady, exec: "askForNewest" },
    walk: { executor: "constant-vus", exec: "walkPages", vus: 1, duration: `${SECONDS}s` },
  },
};

export { askForNewest, askForOverview, countNobody, countThem, walkPages, watch };
