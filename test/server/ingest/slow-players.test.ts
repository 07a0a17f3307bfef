import { expect, test } from "bun:test";
import { SlowPlayers } from "#server/ingest/slow-players.ts";

test("skips and disconnections are counted apart", () => {
  const slowPlayers = new SlowPlayers();
  slowPlayers.skipped();
  slowPlayers.skipped();
  slowPlayers.disconnected();
  expect([slowPlayers.skips, slowPlayers.disconnections]).toEqual([2, 1]);
});
