// PostgreSQL hangs, is restarted, takes no writes, is of a newer Tandem, or is another server's.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { StartError } from "#server/common/start-error.ts";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import { PostgresClient } from "#server/store/postgres/client.ts";
import { migrate } from "#server/store/postgres/schema.ts";
import { openPostgresStores } from "#server/store/postgres/stores.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { sampleAt } from "#test/support/fake-statistics.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";
import { until } from "#test/support/until.ts";

const log = createLog({ level: "error", write: () => undefined, clock: new FakeClock() });

async function troubleOf(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    return diskTroubleOf(error) ?? `not known as trouble: ${String(error)}`;
  }
}

describe.skipIf(!PostgresServer.isInstalled)("with a server", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test("one that hangs is given up after the deadline, and nothing that it was asked for is done when it goes on", async () => {
    const client = new PostgresClient({ url: await server.newDatabase(), deadlineMs: 300 });
    await client.run("CREATE TABLE notes (text text)");
    server.freeze();
    try {
      const asked = [1, 2, 3].map((n) =>
        client.run("INSERT INTO notes VALUES ($text)", { text: `late ${n}` }),
      );
      expect(await Promise.all(asked.map(troubleOf))).toEqual(Array(3).fill("database_silent"));
      expect(await troubleOf(client.all("SELECT 1"))).toBe("database_silent");
    } finally {
      server.thaw();
    }
    await until("the database", async () => (await troubleOf(client.all("SELECT 1"))) === null);
    await client.run("INSERT INTO notes VALUES ('in time')");
    const notes = await client.all<{ text: string }>("SELECT text FROM notes");
    expect(notes.map(({ text }) => text)).toEqual(["in time"]);
    await client.close();
    expect(await troubleOf(client.all("SELECT 1"))).toBe("database_away");
  });

  test("one that is gone is away at once, and works again when it is back", async () => {
    const client = new PostgresClient({ url: await server.newDatabase() });
    await client.all("SELECT 1");
    await server.kill();
    expect(await troubleOf(client.all("SELECT 1"))).toBe("database_away");
    await server.restart();
    expect(await troubleOf(client.all("SELECT 1"))).toBeNull();
    await client.close();
  });

  test("one that takes no writes, or lets nobody in, says so, and a fault of ours is no trouble of its", async () => {
    const url = await server.newDatabase();
    const client = new PostgresClient({ url });
    const readOnly = client.transaction(async (queries) => {
      await queries.run("SET TRANSACTION READ ONLY");
      await queries.run("CREATE TABLE never (id integer)");
    });
    expect(await troubleOf(readOnly)).toBe("database_read_only");
    expect(await troubleOf(client.all("SELECT nonsense"))).toStartWith("not known as trouble: PostgresError");
    expect(await troubleOf(client.all("SELECT $missing", {}))).toContain("parameter $missing");
    await client.close();
    const stranger = new PostgresClient({ url: url.replace("tandem@", "nobody:horse@") });
    expect(await troubleOf(stranger.all("SELECT 1"))).toBe("database_refuses");
    const nowhere = new PostgresClient({ url: `${url}_missing` });
    expect(await troubleOf(nowhere.all("SELECT 1"))).toBe("database_refuses");
  });

  test("a text with a NUL is kept without it", async () => {
    const client = new PostgresClient({ url: await server.newDatabase() });
    expect(await client.first<{ text: string }>("SELECT $text::text AS text", { text: "a\0b" })).toEqual({
      text: "a\uFFFDb",
    });
    await client.close();
  });

  test("a new database is brought to the schema by one of those who open it at once, and a newer one is left alone", async () => {
    const url = await server.newDatabase();
    const clients = [1, 2, 3].map(() => new PostgresClient({ url }));
    await Promise.all(clients.map((client) => migrate(client)));
    const [client] = clients;
    expect(await client?.first<{ version: number }>("SELECT version FROM schema_version")).toEqual({
      version: 1,
    });
    await client?.run("UPDATE schema_version SET version = 2");
    expect(openPostgresStores(url, log)).rejects.toThrow(
      new StartError("the database has schema 2; this version of Tandem knows schemas up to 1"),
    );
    await Promise.all(clients.map((each) => each.close()));
  });

  test("a second server is refused while the first one runs, also after the database was restarted", async () => {
    const url = await server.newDatabase();
    const { stores } = await openPostgresStores(url, log);
    await server.kill();
    await server.restart();
    await until("the lock", async () => {
      const answer = await server.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'", url);
      return Array.isArray(answer) && answer.length === 1;
    });
    await expect(openPostgresStores(url, log, 100)).rejects.toThrow(
      "another Tandem server uses the database",
    );
    await stores.close();
    const next = await openPostgresStores(url, log);
    await next.stores.close();
  });

  test("samples and events wait for it, in order, and each is written once, however often it is killed meanwhile", async () => {
    const { stores, probe } = await openPostgresStores(await server.newDatabase(), log);
    const { statisticsWriter, samples, events } = stores;
    const told: string[] = [];
    const kills = (async () => {
      for (let kill = 0; kill < 3; kill += 1) {
        await Bun.sleep(150);
        await server.kill();
        await server.restart();
      }
    })();
    let count = 0;
    let isOver = false;
    void kills.then(() => {
      isOver = true;
    });
    while (!isOver) {
      count += 1;
      statisticsWriter.writeSamples([sampleAt(count)]);
      const id = Bun.randomUUIDv7();
      const of = { livestreamId: "show", type: "livestream.started", instance: null, positionSeconds: null };
      statisticsWriter.writeEvent({ id, atMs: count, ...of, data: {} }, () => told.push(id));
      await Bun.sleep(2);
    }
    await until("all of them", () => told.length === count && statisticsWriter.figures.samples.waiting === 0);
    const series = (await samples.series("show", "primary")) ?? { id: 0, total: 0 };
    expect(series.total).toBe(count);
    const page = await samples.page(series, { end: count, skip: 0, limit: count });
    expect(page.map(({ createdAtMs }) => createdAtMs)).toEqual(
      Array.from({ length: count }, (_, index) => count - index),
    );
    const { items, total } = await events.page("show", { page: 0, perpage: count });
    expect(total).toBe(count);
    expect(items.map(({ id }) => id).reverse()).toEqual(told);
    expect(await probe.problem()).toBeNull();
    await stores.close();
  }, 60_000);

  test("samples and events go on without a gap in a database that has lost its last second", async () => {
    const url = await server.newDatabase();
    const { stores } = await openPostgresStores(url, log);
    const { statisticsWriter, samples, events } = stores;
    const writeBoth = async (atMs: number): Promise<void> => {
      const told = Promise.withResolvers<void>();
      statisticsWriter.writeSamples([sampleAt(atMs)]);
      const of = { livestreamId: "show", type: "livestream.started", instance: null, positionSeconds: null };
      statisticsWriter.writeEvent({ id: Bun.randomUUIDv7(), atMs, ...of, data: {} }, told.resolve);
      await told.promise;
      await until("the sample", () => statisticsWriter.figures.samples.waiting === 0);
    };
    for (const atMs of [1, 2, 3]) await writeBoth(atMs);
    for (const table of ["samples", "events"])
      await server.query(`DELETE FROM ${table} WHERE number = 2`, url);
    await server.query("UPDATE written_batches SET batch = batch - 2", url);
    await writeBoth(4);
    const series = (await samples.series("show", "primary")) ?? { id: 0, total: 0 };
    const page = await samples.page(series, { end: 3, skip: 0, limit: 3 });
    expect(page.map(({ createdAtMs }) => createdAtMs)).toEqual([4, 2, 1]);
    const { items } = await events.page("show", { page: 0, perpage: 3 });
    expect(items.map(({ atMs }) => atMs)).toEqual([4, 2, 1]);
    await stores.close();
  });
});
