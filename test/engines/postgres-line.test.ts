// PostgreSQL is slow, silent, broken, read-only, full, lets nobody in or loses its last second, in the middle of a broadcast: who
// watches notices nothing, and samples are without gap or double afterwards.

import { describe, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { TandemRefusal } from "#openapi/client.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { decodeAll } from "#test/support/judges.ts";
import { Line, type Trouble } from "#test/support/line.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";
import { areInstalled } from "#test/support/program.ts";
import { problemsOf } from "#test/support/readiness.ts";
import { SmallDisk } from "#test/support/small-disk.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { WatchedShow } from "#test/support/watched-show.ts";

const PASSWORD = "correct-horse-battery";
const NEXT_PASSWORD = "another-horse-battery";

/** A few hundred fill what is left. */
const LONG_NAME = "x".repeat(200);

function saysNoSecret({ logs, output }: TandemServer): void {
  for (const secret of [PASSWORD, NEXT_PASSWORD]) expect(logs + output).not.toContain(secret);
}

/** Samples a second apart, each once. */
async function hasEverySample(show: WatchedShow): Promise<void> {
  const samples = await show.meanwhile(show.everySample());
  const gaps = samples.slice(1).map((atMs, index) => atMs - (samples[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(2000);
  expect(Math.min(...gaps)).toBeGreaterThan(0);
}

describe.skipIf(!PostgresServer.isInstalled || !areInstalled("ffmpeg", "ffprobe"))("with PostgreSQL", () => {
  test("a broadcast goes on whatever becomes of the line, and every sample is there", async () => {
    await using postgres = await PostgresServer.start({ password: PASSWORD });
    using line = await Line.to(postgres.port);
    const environment = {
      TANDEM_DATABASE_URL: postgres.url("postgres", PASSWORD, line.port),
      TANDEM_SAMPLE_INTERVAL_SECONDS: "1",
    };
    await using server = await TandemServer.start({ environment });
    await using show = await WatchedShow.begin(server, 170);
    const isReady = async () => (await problemsOf(server)).length === 0;

    // A connection that is reset while it is made may be waited for until the deadline.
    const noDatabase = ["store: database_silent", "store: database_away"];
    const troubles: readonly Trouble[] = [
      { isSilent: true },
      { refuses: true },
      { cut: { direction: "down", afterBytes: 30 } },
    ];
    for (const trouble of troubles) {
      line.trouble = trouble;
      if (trouble.isSilent !== true) line.reset();
      await show.meanwhile(
        until("no database", async () =>
          (await problemsOf(server)).some((each) => noDatabase.includes(each)),
        ),
      );
      await show.meanwhile(show.refusesChanges("the database "));
      await show.goesOnFor(1);
      line.trouble = {};
      line.reset();
      await show.meanwhile(until("readiness", isReady));
      await show.answersReaders();
    }
    line.trouble = { delayMs: 40 };
    await show.goesOnFor(2);
    await show.answersReaders();
    line.trouble = {};
    // Connections break in the middle of whatever is just being done, again and again.
    for (let times = 0; times < 12; times += 1) {
      line.trouble = { cut: { direction: times % 2 === 0 ? "up" : "down", afterBytes: 150 * (times + 1) } };
      await show.meanwhile(Bun.sleep(300));
    }
    line.trouble = {};
    line.reset();
    await show.meanwhile(until("readiness", isReady));

    await hasEverySample(show);
    saysNoSecret(server);
  }, 180_000);

  test("a broadcast goes on while nobody may write, and while its server may not", async () => {
    await using postgres = await PostgresServer.start({ password: PASSWORD });
    using line = await Line.to(postgres.port);
    const asOperator = (statement: string) => postgres.query(statement, postgres.url("postgres", PASSWORD));
    const environment = {
      TANDEM_DATABASE_URL: postgres.url("postgres", PASSWORD, line.port),
      TANDEM_SAMPLE_INTERVAL_SECONDS: "1",
    };
    await using server = await TandemServer.start({ environment });
    await using show = await WatchedShow.begin(server, 170);
    const isReady = async () => (await problemsOf(server)).length === 0;

    await asOperator("ALTER SYSTEM SET default_transaction_read_only = on");
    await asOperator("SELECT pg_reload_conf()");
    await show.meanwhile(
      until("a read-only database", async () =>
        (await problemsOf(server)).includes("store: database_read_only"),
      ),
    );
    await show.meanwhile(show.refusesChanges("the database takes no writes"));
    await show.answersReaders();
    await show.goesOnFor(1);
    await asOperator("ALTER SYSTEM RESET default_transaction_read_only");
    await asOperator("SELECT pg_reload_conf()");
    await show.meanwhile(until("readiness", isReady));

    await asOperator(`ALTER ROLE tandem PASSWORD '${NEXT_PASSWORD}'`);
    line.reset();
    await show.meanwhile(
      until("a refusal", async () => (await problemsOf(server)).includes("store: database_refuses")),
    );
    await show.meanwhile(show.refusesChanges("the database refuses this server"));
    await show.goesOnFor(1);
    await postgres.query(`ALTER ROLE tandem PASSWORD '${PASSWORD}'`, postgres.url("postgres", NEXT_PASSWORD));
    await show.meanwhile(until("readiness", isReady));
    await show.answersReaders();

    await show.goesOnFor(1);
    await hasEverySample(show);
    saysNoSecret(server);
  }, 180_000);

  test.skipIf(process.getuid?.() !== 0)(
    "a broadcast goes on while it is full, and what waited follows when there is room",
    async () => {
      await using disk = await SmallDisk.mount(32 * 1024 * 1024);
      chmodSync(disk.folder, 0o755);
      await using postgres = await PostgresServer.start();
      const folder = join(disk.folder, "tablespace");
      await Bun.$`mkdir ${folder}`.quiet();
      const environment = {
        TANDEM_DATABASE_URL: await postgres.newDatabaseIn(folder),
        TANDEM_SAMPLE_INTERVAL_SECONDS: "1",
      };
      await using server = await TandemServer.start({ environment });
      await using show = await WatchedShow.begin(server, 170);
      await disk.leave(0);
      await show.meanwhile(
        until(
          "a full database",
          async () => {
            await refusalOf(show.api.create({ name: LONG_NAME }));
            return (await problemsOf(server)).includes("store: database_full");
          },
          60,
        ),
      );
      const refusal = await until("a refusal", () => refusalOf(show.api.create({ name: LONG_NAME })));
      expect(refusal).toMatchObject({
        status: 503,
        message: expect.stringContaining("This cannot be done now: the database has no room left"),
      });
      await show.goesOnFor(2);
      await disk.leave(16 * 1024 * 1024);
      await show.meanwhile(until("readiness", async () => (await problemsOf(server)).length === 0));
      await show.goesOnFor(1);
      await hasEverySample(show);
      await show.api.stop(show.id);
      const { mediaId } = await show.api.when(show.id, "its media", ({ status }) => status === "finished");
      await decodeAll((await show.api.media(mediaId ?? "")).playlistUrl);
      await server.stop();
    },
    120_000,
  );

  test("a broadcast goes on in a database that has lost its last seconds", async () => {
    await using postgres = await PostgresServer.start();
    const environment = {
      TANDEM_DATABASE_URL: await postgres.newDatabase(),
      TANDEM_SAMPLE_INTERVAL_SECONDS: "1",
    };
    await using server = await TandemServer.start({ environment });
    await using show = await WatchedShow.begin(server, 170);
    await show.meanwhile(postgres.keep());
    const lost = await show.meanwhile(
      until("a livestream", () => show.api.create({ name: "Lost" }).catch(() => null)),
    );
    await show.goesOnFor(2);
    await show.meanwhile(postgres.loseWhatCameSince());
    await show.meanwhile(until("readiness", async () => (await problemsOf(server)).length === 0));
    expect(await refusalOf(show.api.get(lost.id))).toMatchObject({ status: 404 });
    await show.goesOnFor(2);
    const samples = await show.meanwhile(show.everySample());
    expect(samples).toEqual([...new Set(samples)].toSorted((a, b) => a - b));
    await show.api.stop(show.id);
    const { mediaId } = await show.api.when(show.id, "its media", ({ status }) => status === "finished");
    await decodeAll((await show.api.media(mediaId ?? "")).playlistUrl);
    expect(await server.stop()).toBe(0);
    await server.startAgain();
    expect((await new ApiClient(server.url, ADMIN_TOKEN).get(show.id)).status).toBe("finished");
  }, 120_000);

  test("one of a newer Tandem stops the start in a line", async () => {
    await using postgres = await PostgresServer.start();
    const url = await postgres.newDatabase();
    await using server = await TandemServer.start({ environment: { TANDEM_DATABASE_URL: url } });
    await server.stop();
    await postgres.query("UPDATE schema_version SET version = 99", url);
    const failure = await server.startAgain().catch((error: unknown) => String(error));
    expect(failure).toContain(
      "tandem: the database has schema 99; this version of Tandem knows schemas up to",
    );
  }, 60_000);
});

/** Null where the call was not refused. */
async function refusalOf(call: Promise<unknown>): Promise<TandemRefusal | null> {
  const outcome = await call.catch((error: unknown) => error);
  return outcome instanceof TandemRefusal ? outcome : null;
}
