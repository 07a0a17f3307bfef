// The statistics overview at a constant rate: RATE requests a second for DURATION.

import { check } from "k6";
import http from "k6/http";

const { URL, TOKEN, LIVESTREAM, RATE = "3000", DURATION = "30s" } = __ENV;
const params = { headers: { Authorization: `Bearer ${TOKEN}` } };

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
  const { primary, secondary, sum } = response.json("data");
  check(response, {
    "answers 200": ({ status }) => status === 200,
    "the sum is that of both sides": () =>
      sum.hlsConnections === primary.hlsConnections + secondary.hlsConnections,
  });
}
