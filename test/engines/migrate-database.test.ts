// `tandem migrate-database`: the rows of a server that ran on SQLite, in PostgreSQL, and a server that goes on with them.

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TANDEM, TandemServer } from "#test/support/tandem-server.ts";

async function migrated(dataDir: string, url: string): Promise<{ exitCode: number; said: string }> {
  const child = Bun.spawn([...TANDEM, "migrate-database"], {
    env: { ...process.env, TANDEM_DATA_DIR: dataDir, TANDEM_DATABASE_URL: url },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { exitCode: await child.exited, said: output + errors };
}

describe.skipIf(!PostgresServer.isInstalled || !areInstalled("ffmpeg", "ffprobe"))("with PostgreSQL", () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await PostgresServer.start();
  });
  afterAll(() => postgres[Symbol.asyncDispose]());

  test("a data directory's rows are copied once, refused where there are others, and served from there", async () => {
    const url = await postgres.newDatabase();
    await using server = await TandemServer.start({ environment: { TANDEM_SAMPLE_INTERVAL_SECONDS: "1" } });
    const before = await aBroadcast(server);
    expect(await migrated(server.dataDir, url)).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining("another Tandem server uses the data directory"),
    });
    await server.stop();

    const first = await migrated(server.dataDir, url);
    expect(first).toMatchObject({ exitCode: 0, said: expect.stringMatching(/^livestreams: 2\nmedia: 1\n/) });
    expect((await migrated(server.dataDir, url)).said).toContain("nothing was copied");
    for (const [file, tables] of [
      ["tandem.sqlite", ["livestreams", "media", "thumbnails", "tokens"]],
      ["statistics.sqlite", ["samples", "events", "sample_series", "viewer_secret"]],
    ] as const) {
      for (const table of tables)
        expect(await rowsIn(url, table)).toEqual(rowsOf(join(server.dataDir, file), table));
    }

    await using onPostgres = await TandemServer.start({
      environment: { TANDEM_DATA_DIR: server.dataDir, TANDEM_DATABASE_URL: url },
    });
    expect(await listed(onPostgres, before.id)).toEqual(before.said(onPostgres.url));
    const api = new ApiClient(onPostgres.url, ADMIN_TOKEN);
    await api.create({ name: "After" });
    await onPostgres.stop();
    expect(await migrated(server.dataDir, url)).toMatchObject({
      exitCode: 2,
      said: expect.stringContaining("the database has other rows already, 3 of livestreams"),
    });
  }, 60_000);

  test("rows that cannot all be copied leave nothing behind", async () => {
    const url = await postgres.newDatabase();
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    await api.create({ name: "Kept whole" });
    await server.stop();
    const database = new Database(join(server.dataDir, "tandem.sqlite"));
    database.run("UPDATE livestreams SET with_dvr = 9007199254740993");
    database.close();
    expect((await migrated(server.dataDir, url)).exitCode).not.toBe(0);
    expect(await rowsIn(url, "livestreams")).toEqual([]);
  });

  /** Rows as text, in an order of their own: what is the same reads the same. */
  async function rowsIn(url: string, table: string): Promise<readonly string[]> {
    const answer = await postgres.query(`SELECT * FROM ${table}`, url);
    return Array.isArray(answer) ? answer.map(asText).sort() : [];
  }

  function rowsOf(file: string, table: string): readonly string[] {
    const database = new Database(file, { readonly: true });
    const rows = database.query<object, []>(`SELECT * FROM ${table}`).all().map(asText).sort();
    database.close();
    return rows;
  }
});

function asText(row: object): string {
  const members = Object.entries(row).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? new Uint8Array(value).toHex() : value,
  ]);
  return JSON.stringify(members.sort());
}

interface Said {
  readonly livestreams: string;
  readonly media: string;
  readonly samples: string;
}

/** A livestream that is over, and one with a name that is hard to copy; what was said of them, at any address. */
async function aBroadcast(server: TandemServer): Promise<{ id: string; said: (url: string) => Said }> {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  await api.create({ name: "Ärger mit „Anführungszeichen“ \\ ' \" \u{1F3A5}\nund Zeilen" });
  const { id } = await api.create({ name: "Show" });
  const { inputs } = await api.start(id);
  await using _ = ffmpegEncoder({ url: inputs[0]?.url ?? "" });
  await api.when(id, "an active ingest", (each) => each.inputs.some(({ active }) => active));
  await api.publish(id);
  await api.when(id, "a picture", ({ thumbnailUrl }) => thumbnailUrl !== null);
  await api.stop(id);
  await api.when(id, "its media", ({ status }) => status === "finished");
  const said = await listed(server, id);
  return { id, said: (url) => JSON.parse(JSON.stringify(said).replaceAll(server.url, url)) };
}

async function listed(server: TandemServer, id: string): Promise<Said> {
  const { operations } = new ApiClient(server.url, ADMIN_TOKEN);
  const port = new RegExp(`localhost:${server.httpPort}`, "g");
  const text = (value: unknown): string => JSON.stringify(value).replace(port, "localhost");
  return {
    livestreams: text((await operations.listLivestreams({ sort: "name" })).items),
    media: text((await operations.listMedia()).items),
    samples: text((await operations.getLivestreamStats(id, "primary")).items),
  };
}
