import { expect, test } from "bun:test";
import { ConnectionCounter } from "#server/stats/connection-counts.ts";

function counterWith(onAir: { now: "primary" | "secondary" | null }): ConnectionCounter {
  return new ConnectionCounter({
    viewers: { count: (_, playout) => ({ auto: 100, primary: 10, secondary: 1 })[playout] },
    rtmpConnections: (_, of) => ({ auto: 40, primary: 3, secondary: 1 })[of],
    onAir: () => onAir.now,
  });
}

test("viewers and players of the programme count on the side that is on air, others on the side they watch", () => {
  const onAir: { now: "primary" | "secondary" | null } = { now: "primary" };
  const counter = counterWith(onAir);
  expect(counter.overview("show")).toEqual({
    primary: { rtmpConnections: 43, hlsConnections: 110 },
    secondary: { rtmpConnections: 1, hlsConnections: 1 },
    sum: { rtmpConnections: 44, hlsConnections: 111 },
  });
  onAir.now = "secondary";
  expect(counter.overview("show").primary).toEqual({ rtmpConnections: 3, hlsConnections: 10 });
  expect(counter.overview("show").secondary).toEqual({ rtmpConnections: 41, hlsConnections: 101 });
});

test("in a gap they count on the side that was on air last", () => {
  const onAir: { now: "primary" | "secondary" | null } = { now: null };
  const counter = counterWith(onAir);
  expect(counter.counts("show", "primary")).toEqual({ rtmpConnections: 43, hlsConnections: 110 });
  counter.wentOnAir("show", "secondary");
  expect(counter.counts("show", "secondary")).toEqual({ rtmpConnections: 41, hlsConnections: 101 });
  expect(counter.overview("show").sum).toEqual({ rtmpConnections: 44, hlsConnections: 111 });
  counter.forget("show");
  expect(counter.counts("show", "primary").hlsConnections).toBe(110);
});
