// The lifecycle table of the contract, asked over HTTP.

import { describe, expect, test } from "bun:test";
import { codeOf, FakeApp } from "./fake-app.ts";

/** Brings a livestream into each column of the table. */
const SITUATIONS: Record<string, (app: FakeApp) => Promise<string>> = {
  created: ({ house }) => house.create(),
  "started, no ingest": ({ house }) => house.started(),
  "started, ingest": ({ house }) => house.receiving(),
  live: ({ house }) => house.live(),
  converting: async ({ house }) => {
    house.convert = () => new Promise(() => {});
    const id = await house.live();
    await house.livestreams.stop(id);
    return id;
  },
  finished: ({ house }) => house.stopped(),
  failed: ({ house }) => house.failed(),
};

const CALLS: Record<string, { method: string; action: string; body?: object }> = {
  start: { method: "POST", action: "/start" },
  publish: { method: "POST", action: "/publish" },
  stop: { method: "POST", action: "/stop" },
  "reset-key": { method: "POST", action: "/inputs/primary/reset-key" },
  update: { method: "PATCH", action: "", body: { name: "Renamed" } },
  delete: { method: "DELETE", action: "" },
};

// biome-ignore format: a table is read by its columns.
const TABLE: Record<string, readonly (number | string)[]> = {
  start:   [200, "already_started", "already_started", "already_live", "already_stopped", "already_finished", "conversion_failed"],
  publish: ["not_started", "no_active_ingest", 200, "already_live", "already_stopped", "already_finished", "conversion_failed"],
  stop:    ["not_started", "not_published", "not_published", 200, "already_stopped", "already_finished", "conversion_failed"],
  "reset-key": ["not_started", 200, 200, 200, "already_stopped", "already_finished", "conversion_failed"],
  update:  [200, 200, 200, 200, 200, 200, 200],
  delete:  [200, 200, 200, 200, "conversion_in_progress", "converted_to_media", 200],
};

const CELLS = Object.entries(TABLE).flatMap(([call, row]) =>
  Object.keys(SITUATIONS).map((situation, index) => [call, situation, row[index] ?? 0] as const),
);

describe("the lifecycle", () => {
  test.each(CELLS)("%s while %s answers %p", async (call, situation, expected) => {
    const app = new FakeApp();
    const id = (await SITUATIONS[situation]?.(app)) ?? "";
    const before = await app.house.livestreams.get(id);
    const { method = "", action, body } = CALLS[call] ?? {};
    const answer = await app.call(
      method,
      `/v2/livestreams/${id}${action}`,
      body === undefined ? {} : { body },
    );
    if (expected === 200) {
      expect(answer.status).toBe(200);
    } else {
      expect<unknown>([answer.status, codeOf(answer)]).toEqual([409, expected]);
      expect(answer.body?.data).toMatchObject({ currentStatus: before?.status });
      expect(await app.house.livestreams.get(id)).toEqual(before);
    }
  });
});
