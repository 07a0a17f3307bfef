// What is written together takes as many statements for a thousand livestreams as for one: none of it comes near the deadline.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { INSTANCE_NAMES } from "#openapi/names.ts";
import type { StoredEvent } from "#server/store/event-store.ts";
import { PostgresClient } from "#server/store/postgres/client.ts";
import { EventRows } from "#server/store/postgres/event-rows.ts";
import { PostgresEventStore } from "#server/store/postgres/event-store.ts";
import type { Queries } from "#server/store/postgres/queries.ts";
import { SampleRows } from "#server/store/postgres/sample-rows.ts";
import { PostgresSampleStore } from "#server/store/postgres/sample-store.ts";
import { migrate } from "#server/store/postgres/schema.ts";
import { sampleAt } from "#test/support/fake-statistics.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";

const IDS = Array.from({ length: 1000 }, (_, index) => `livestream ${index}`);

const MOST_STATEMENTS = 3;

describe.skipIf(!PostgresServer.isInstalled)("with a server", () => {
  let server: PostgresServer;
  let client: PostgresClient;
  beforeAll(async () => {
    server = await PostgresServer.start();
    client = new PostgresClient({ url: await server.newDatabase() });
    await migrate(client);
  });
  afterAll(async () => {
    await client.close();
    await server[Symbol.asyncDispose]();
  });

  /** How many statements the work runs, in one transaction. */
  function statementsOf(work: (queries: Queries) => Promise<void>): Promise<number> {
    return client.transaction(async (queries) => {
      let count = 0;
      const counted = <Answer>(answer: Answer): Answer => {
        count += 1;
        return answer;
      };
      await work({
        all: (...asked) => counted(queries.all(...asked)),
        first: (...asked) => counted(queries.first(...asked)),
        run: (...asked) => counted(queries.run(...asked)),
      });
      return count;
    });
  }

  test("samples of instances that were never sampled before, and of those that another process sampled", async () => {
    for (const atMs of [1000, 2000]) {
      const taken = IDS.flatMap((livestreamId) =>
        INSTANCE_NAMES.map((instance) => sampleAt(atMs, { livestreamId, instance })),
      );
      const rows = new SampleRows();
      expect(await statementsOf((queries) => rows.append(queries, taken))).toBeLessThanOrEqual(
        MOST_STATEMENTS,
      );
    }
    const samples = new PostgresSampleStore(client);
    for (const id of [IDS[0] ?? "", IDS[999] ?? ""])
      for (const instance of INSTANCE_NAMES) {
        const newest = await samples.newest(id, instance, 5);
        expect([newest?.total, newest?.items.map(({ createdAtMs }) => createdAtMs)]).toEqual([
          2,
          [2000, 1000],
        ]);
      }
  });

  test("events of livestreams that had none before, and of those that had", async () => {
    const of = { type: "livestream.started", instance: null, positionSeconds: null, data: {} };
    for (const atMs of [1000, 2000]) {
      const happened: StoredEvent[] = IDS.flatMap((livestreamId) =>
        [atMs, atMs + 1].map((each) => ({ id: Bun.randomUUIDv7(), livestreamId, atMs: each, ...of })),
      );
      const rows = new EventRows();
      expect(await statementsOf((queries) => rows.append(queries, happened))).toBeLessThanOrEqual(
        MOST_STATEMENTS,
      );
    }
    const events = new PostgresEventStore(client);
    for (const id of [IDS[0] ?? "", IDS[999] ?? ""]) {
      const { items, total } = await events.page(id, { page: 0, perpage: 10 });
      expect([total, items.map(({ atMs }) => atMs)]).toEqual([4, [2001, 2000, 1001, 1000]]);
    }
  });
});
