// The database hangs, and is gone, in the middle of a broadcast: who watches notices nothing, and all follows when it is back.

import { describe, expect, test } from "bun:test";
import { decodeAll } from "#test/support/judges.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";
import { areInstalled } from "#test/support/program.ts";
import { problemsOf } from "#test/support/readiness.ts";
import { TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { WatchedShow } from "#test/support/watched-show.ts";

const PASSWORD = "correct-horse-battery";

describe.skipIf(!PostgresServer.isInstalled || !areInstalled("ffmpeg", "ffprobe"))("with PostgreSQL", () => {
  test("a broadcast goes on while it hangs and while it is gone, and is whole afterwards, with every sample", async () => {
    await using postgres = await PostgresServer.start({ password: PASSWORD });
    const url = postgres.url("postgres", PASSWORD);
    await using server = await TandemServer.start({
      environment: { TANDEM_DATABASE_URL: url, TANDEM_SAMPLE_INTERVAL_SECONDS: "1" },
    });
    await using show = await WatchedShow.begin(server);
    expect(await problemsOf(server)).toEqual([]);

    postgres.freeze();
    await show.meanwhile(
      until("a silent database", async () => (await problemsOf(server)).includes("store: database_silent")),
    );
    await show.meanwhile(show.refusesChanges("the database does not answer"));
    await show.goesOnFor(3);
    postgres.thaw();
    await show.meanwhile(until("readiness", async () => (await fetch(`${server.url}/readyz`)).ok));
    await show.answersReaders();

    await postgres.kill();
    await show.meanwhile(
      until("no database", async () => (await problemsOf(server)).includes("store: database_away")),
    );
    await show.meanwhile(show.refusesChanges("the database cannot be reached"));
    await show.goesOnFor(3);
    await postgres.restart(PASSWORD);
    await show.meanwhile(until("readiness", async () => (await fetch(`${server.url}/readyz`)).ok));
    await show.answersReaders();

    const samples = await show.meanwhile(show.everySample());
    const gaps = samples.slice(1).map((atMs, index) => atMs - (samples[index] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(2000);
    const next = await show.api.create({ name: "Next" });
    expect((await show.api.start(next.id)).status).toBe("started");

    await postgres.kill();
    await show.isEndedAllTheSame();
    await postgres.restart(PASSWORD);
    const finished = await show.api.when(show.id, "its media", ({ status }) => status === "finished");
    await decodeAll((await show.api.media(finished.mediaId ?? "")).playlistUrl);
    expect(await server.stop()).toBe(0);
    expect(server.logs).not.toContain(PASSWORD);

    await server.startAgain();
    expect((await show.api.get(show.id)).status).toBe("finished");
  }, 120_000);

  test("a password that is wrong, and a database that is not there, stop the start with a line that does not repeat it", async () => {
    await using postgres = await PostgresServer.start({ password: PASSWORD });
    for (const url of [postgres.url("postgres", "wrong-horse"), postgres.url("missing", PASSWORD)]) {
      const environment = { TANDEM_DATABASE_URL: url };
      const failure = await TandemServer.start({ environment }).catch((error: unknown) => String(error));
      expect(failure).toContain("tandem: the database of TANDEM_DATABASE_URL cannot be used: ");
      expect(failure).not.toContain("horse");
    }
  }, 60_000);
});
