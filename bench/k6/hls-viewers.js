// VIEWERS who behave like players: multivariant playlist, media playlist, each new segment once. While they watch they are
// counted, all of them; when they have left, nobody is.

import { check, sleep } from "k6";
import exec from "k6/execution";
import http from "k6/http";
import { Counter } from "k6/metrics";

const { URL, TOKEN, LIVESTREAM, VIEWERS = "200", SECONDS = "30", DISCARD = "1" } = __ENV;
const params = { headers: { Authorization: `Bearer ${TOKEN}` } };
const SETTLED_SECONDS = 10;
const GONE_SECONDS = 22;

const segments = new Counter("segments");

export const options = {
  discardResponseBodies: false,
  scenarios: {
    viewers: {
      executor: "per-vu-iterations",
      exec: "watch",
      vus: Number(VIEWERS),
      iterations: 1,
      maxDuration: `${Number(SECONDS) + 30}s`,
    },
    count: {
      executor: "constant-vus",
      exec: "countThem",
      vus: 1,
      startTime: `${SETTLED_SECONDS}s`,
      duration: `${Math.max(1, Number(SECONDS) - SETTLED_SECONDS - 1)}s`,
    },
    after: {
      executor: "per-vu-iterations",
      exec: "countNobody",
      vus: 1,
      iterations: 1,
      startTime: `${Number(SECONDS) + 5 + GONE_SECONDS}s`,
    },
  },
  summaryTrendStats: ["med", "p(95)", "p(99)", "max"],
  // What takes longer than a part plays is late.
  thresholds: { http_req_failed: ["rate==0"], checks: ["rate==1"], http_req_duration: ["p(99)<200"] },
};

export function watch() {
  const root = `${URL}/live/${LIVESTREAM}`;
  sleep(Math.random() * (SETTLED_SECONDS - 5));
  const [media] = linesOf(http.get(`${root}/index.m3u8`).body);
  // What a playlist lists is relative to the playlist (RFC 3986 §5.2.3); k6 has no URL of its own.
  const [path] = media.split("?");
  const folder = `${root}/${path.slice(0, path.lastIndexOf("/") + 1)}`;
  // Each leaves at a moment of its own, after the counting is over.
  const leavesAt = Number(SECONDS) + Math.random() * 5;
  let newest = null;
  while (exec.scenario.progress < 1 && exec.instance.currentTestRunDuration / 1000 < leavesAt) {
    const uris = linesOf(http.get(`${root}/${media}`, { tags: { name: "media playlist" } }).body);
    for (const uri of newest === null ? uris.slice(-1) : uris.slice(uris.indexOf(newest) + 1)) {
      const response = http.get(`${folder}${uri}`, {
        tags: { name: "segment" },
        responseType: DISCARD === "1" ? "none" : "binary",
      });
      check(response, { "a segment is there": ({ status }) => status === 200 });
      segments.add(1);
    }
    newest = uris[uris.length - 1];
    sleep(1.5 + Math.random());
  }
}

export function countThem() {
  check(hlsConnections(), { "every viewer is counted once": (count) => count === Number(VIEWERS) });
  sleep(1);
}

export function countNobody() {
  check(hlsConnections(), { "nobody is left": (count) => count === 0 });
}

function hlsConnections() {
  return http.get(`${URL}/v2/livestreams/${LIVESTREAM}/statistics`, params).json("data.sum.hlsConnections");
}

/** What a playlist lists, without its tags. */
function linesOf(playlist) {
  return playlist.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}
