import { expect, test } from "bun:test";
import type { Livestream } from "#openapi/client.ts";
import { changesMore, followed, NOTHING_YET } from "#server/web/console/state/followed.ts";
import { aLivestream, anInput } from "#test/server/web/console/examples.ts";

const event = (name: string, data: unknown, atMs = 1000) =>
  ({ type: "event", atMs, event: { id: "1", event: name, data } }) as const;

const known = followed(NOTHING_YET, { type: "livestream", livestream: aLivestream({ status: "live" }) });

test("events bring what was asked for up to date", () => {
  const inputs = [anInput({ instance: "primary", active: true })];
  const counts = { rtmpConnections: 1, hlsConnections: 7 };
  const viewers = { primary: counts, secondary: counts, sum: counts };
  let state = followed(known, event("inputs", inputs));
  state = followed(state, event("switch", { from: null, to: "primary", cause: "failover" }));
  state = followed(state, event("statistics", viewers));
  state = followed(state, event("status", { status: "converting" }));
  state = followed(state, event("something-new", {}));
  expect(state.livestream).toMatchObject({ inputs, onAir: "primary", status: "converting" });
  expect(state.viewers?.sum.hlsConnections).toBe(7);
});

test("each event of the inputs is a point of the strip of each", () => {
  const primary = anInput({ instance: "primary", active: true });
  const state = followed(followed(known, event("inputs", [primary], 1000)), event("inputs", [primary], 2000));
  expect(state.strips.primary.map(({ atMs }) => atMs)).toEqual([1000, 2000]);
  expect(state.strips.secondary).toEqual([]);
});

test("nothing is made up before the first answer", () => {
  const state = followed(NOTHING_YET, event("status", { status: "live" }));
  expect(state.livestream).toBeNull();
});

test("it is gone when it is deleted, or was never there", () => {
  expect(followed(known, event("status", { status: "deleted" })).isGone).toBe(true);
  expect(followed(known, { type: "gone" }).isGone).toBe(true);
});

test("what a change brings with it is asked for", () => {
  const of = (name: string) => changesMore({ id: "1", event: name, data: null });
  expect([of("status"), of("switch"), of("inputs"), of("statistics")]).toEqual([true, true, false, false]);
});

test("samples come in front of what was seen", () => {
  const samples = [
    {
      ...{ createdAtUtc: new Date(500).toISOString(), rtmpConnections: 1, hlsConnections: 0 },
      ...{ ingestActive: true, onAir: true, videoBitrateKbps: 5, audioBitrateKbps: null, frameRate: 25 },
      ...{ keyFrameIntervalSeconds: 2, timestampRepairs: 0 },
    },
  ];
  const state = followed(known, { type: "samples", instance: "secondary", samples, atMs: 1000 });
  expect(state.strips.secondary).toEqual([{ atMs: 500, kbps: 5 }]);
});

test("another livestream's status is typed as the contract has it", () => {
  const statuses: Livestream["status"][] = ["created", "finished"];
  for (const status of statuses) {
    expect(followed(known, event("status", { status })).livestream?.status).toBe(status);
  }
});
