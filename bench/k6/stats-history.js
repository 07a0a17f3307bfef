// The history of samples: the newest page at a constant rate, and walks through the pages, where none comes twice.

import { check, sleep } from "k6";
import http from "k6/http";

const { URL, TOKEN, LIVESTREAM, RATE = "3000", DURATION = "30s", PAGES = "20" } = __ENV;
const params = { headers: { Authorization: `Bearer ${TOKEN}` } };
const history = `${URL}/v2/livestreams/${LIVESTREAM}/statistics/primary`;

export const options = {
  scenarios: {
    newest: {
      executor: "constant-arrival-rate",
      exec: "askForNewest",
      rate: Number(RATE),
      timeUnit: "1s",
      duration: DURATION,
      preAllocatedVUs: 50,
      maxVUs: 400,
    },
    walk: { executor: "constant-vus", exec: "walkPages", vus: 1, duration: DURATION },
  },
  summaryTrendStats: ["med", "p(95)", "p(99)", "max"],
  thresholds: { http_req_failed: ["rate==0"], checks: ["rate==1"], http_req_duration: ["p(99)<20"] },
};

export function askForNewest() {
  const response = http.get(history, params);
  check(response, { "answers 200": ({ status }) => status === 200 });
}

export function walkPages() {
  let before = "9";
  let isOrdered = true;
  for (let page = 0; page < Number(PAGES); page += 1) {
    const samples = http.get(`${history}?perpage=50&page=${page}`, params).json("data");
    for (const { createdAtUtc } of samples) {
      isOrdered = isOrdered && createdAtUtc < before;
      before = createdAtUtc;
    }
    if (samples.length < 50) break;
  }
  sleep(0.5);
  check(isOrdered, { "newest first, and none twice": (each) => each });
}
