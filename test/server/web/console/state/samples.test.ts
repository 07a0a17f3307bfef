import { expect, test } from "bun:test";
import type { Sample } from "#openapi/client.ts";
import { chartRows, withNewer } from "#server/web/console/state/samples.ts";

function sample(second: number, of: Partial<Sample> = {}): Sample {
  return {
    ...{ createdAtUtc: new Date(second * 1000).toISOString(), rtmpConnections: 1, hlsConnections: second },
    ...{ ingestActive: true, onAir: true, videoBitrateKbps: 900, audioBitrateKbps: 100, frameRate: 30 },
    ...{ keyFrameIntervalSeconds: 2, timestampRepairs: 0, ...of },
  };
}

test("what is newer is added, oldest first, and nothing twice", () => {
  const known = withNewer([], [sample(20), sample(10)]);
  const more = withNewer(known, [sample(40), sample(30), sample(20)]);
  expect(more.map(({ hlsConnections }) => hlsConnections)).toEqual([10, 20, 30, 40]);
  expect(withNewer(more, [sample(40)])).toBe(more);
});

test("both instances share a row of times; what one of them lacks is a gap", () => {
  const rows = chartRows(
    [sample(10), sample(20, { ingestActive: false })],
    [sample(20, { audioBitrateKbps: null }), sample(30)],
  );
  expect(rows).toEqual({
    times: [10, 20, 30],
    viewers: { primary: [10, 20, null], secondary: [null, 20, 30] },
    kbps: { primary: [1000, null, null], secondary: [null, 900, 1000] },
  });
});
