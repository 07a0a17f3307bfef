import { describe, expect, test } from "bun:test";
import {
  type Action,
  allowedActions,
  outcomeOf,
  type Situation,
  situationOf,
} from "#server/livestreams/lifecycle.ts";

/** The table of the contract (§5), cell by cell: the status that follows, `=` the same one, or the refusal. */
const TABLE: Record<Action, Record<Situation, string>> = {
  start: {
    created: "started",
    waiting: "already_started",
    receiving: "already_started",
    live: "already_live",
    silent: "already_live",
    converting: "already_stopped",
    finished: "already_finished",
    failed: "conversion_failed",
  },
  publish: {
    created: "not_started",
    waiting: "no_active_ingest",
    receiving: "live",
    live: "already_live",
    silent: "already_live",
    converting: "already_stopped",
    finished: "already_finished",
    failed: "conversion_failed",
  },
  switch: {
    created: "not_started",
    waiting: "not_published",
    receiving: "not_published",
    live: "=",
    silent: "no_active_ingest",
    converting: "already_stopped",
    finished: "already_finished",
    failed: "conversion_failed",
  },
  stop: {
    created: "not_started",
    waiting: "not_published",
    receiving: "not_published",
    live: "converting",
    silent: "converting",
    converting: "already_stopped",
    finished: "already_finished",
    failed: "conversion_failed",
  },
  resetKey: {
    created: "not_started",
    waiting: "=",
    receiving: "=",
    live: "=",
    silent: "=",
    converting: "already_stopped",
    finished: "already_finished",
    failed: "conversion_failed",
  },
  update: {
    created: "=",
    waiting: "=",
    receiving: "=",
    live: "=",
    silent: "=",
    converting: "=",
    finished: "=",
    failed: "=",
  },
  delete: {
    created: "deleted",
    waiting: "deleted",
    receiving: "deleted",
    live: "deleted",
    silent: "deleted",
    converting: "conversion_in_progress",
    finished: "converted_to_media",
    failed: "deleted",
  },
};

for (const [action, row] of Object.entries(TABLE) as [Action, Record<Situation, string>][]) {
  describe(action, () => {
    for (const [situation, expected] of Object.entries(row) as [Situation, string][]) {
      test(`in situation ${situation} leads to ${expected}`, () => {
        const outcome = outcomeOf(action, situation);
        expect("refused" in outcome ? outcome.refused : (outcome.to ?? "=")).toBe(expected);
      });
    }
  });
}

test("the allowed actions are those that would not be refused", () => {
  expect(allowedActions("created")).toEqual(["start", "update", "delete"]);
  expect(allowedActions("waiting")).toEqual(["resetKey", "update", "delete"]);
  expect(allowedActions("receiving")).toEqual(["publish", "resetKey", "update", "delete"]);
  expect(allowedActions("live")).toEqual(["switch", "stop", "resetKey", "update", "delete"]);
  expect(allowedActions("silent")).toEqual(["stop", "resetKey", "update", "delete"]);
  expect(allowedActions("converting")).toEqual(["update"]);
  expect(allowedActions("finished")).toEqual(["update"]);
  expect(allowedActions("failed")).toEqual(["update", "delete"]);
});

test("a started and a live livestream are told apart by their encoders", () => {
  expect(situationOf("started", false)).toBe("waiting");
  expect(situationOf("started", true)).toBe("receiving");
  expect(situationOf("live", false)).toBe("silent");
  expect(situationOf("live", true)).toBe("live");
  for (const status of ["created", "converting", "finished", "failed"] as const) {
    expect(situationOf(status, false)).toBe(status);
    expect(situationOf(status, true)).toBe(status);
  }
});
