// The statistics overview at a constant rate: RATE requests a second for DURATION.

import { check } from "k6";
import exec from "k6/execution";
import http from "k6/http";

const { URL, TOKEN, LIVESTREAM, RATE = "3000", DURATION = "30s" } = __ENV;
const params = { headers: { Authorization: `Bearer ${TOKEN}` } };

/** Reading JSON costs k6 more than asking for it: one answer of so many is looked into. */
const LOOKED_AT = 100;

export const options = {
  scenarios: {
    overview: {
      executor: "constant-arrival-rate",
      rate: Number(RATE),
      timeUnit: "1s",
      duration: DURATION,
      preAllocatedVUs: 50,
      maxVUs: 400,
    },
  },
  summaryTrendStats: ["med", "p(95)", "p(99)", "max"],
  thresholds: {
    http_req_failed: ["rate==0"],
    checks: ["rate==1"],
    http_req_duration: ["p(99)<10"],
  },
};

export default function askForOverview() {
  const response = http.get(`${URL}/v2/livestreams/${LIVESTREAM}/statistics`, params);
  check(response, { "answers 200": ({ status }) => status === 200 });
  if (exec.scenario.iterationInTest % LOOKED_AT !== 0) return;
  const { primary, secondary, sum } = response.json("data");
  check(sum, {
    "the sum is that of both sides": ({ hlsConnections }) =>
      hlsConnections === primary.hlsConnections + secondary.hlsConnections,
  });
}
