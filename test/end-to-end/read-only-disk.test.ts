// The disk takes no more writes in the middle of a broadcast: who watches notices nothing, and it can be ended (K9).

import { describe, expect, test } from "bun:test";
import { hasNoSqlite } from "#test/support/engines.ts";
import { decodeAll } from "#test/support/judges.ts";
import { LoopDisk, noLoopDisk } from "#test/support/loop-disk.ts";
import { areInstalled } from "#test/support/program.ts";
import { TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { WatchedShow } from "#test/support/watched-show.ts";

const skipped = noLoopDisk ?? (areInstalled("ffmpeg", "ffprobe") ? null : "ffmpeg is not installed");
const hasRowsElsewhere = hasNoSqlite("the disk of the rows is the one that takes no more writes");

/** Of a server that is not ready, as it says so. */
interface NotReady {
  readonly data: { readonly problems: readonly Problem[] };
}

interface Problem {
  readonly part: string;
  readonly code: string;
}

describe.skipIf(skipped !== null || hasRowsElsewhere)(
  `the disk takes no more writes${skipped === null ? "" : ` (${skipped})`}`,
  () => {
    test("as it is full: it is said, the broadcast goes on and can be ended, and all follows when there is room again", async () => {
      await using disk = await LoopDisk.mount();
      await using server = await TandemServer.start({
        environment: { TANDEM_DATA_DIR: disk.folder, TANDEM_MIN_FREE_DISK_MB: "0" },
      });
      await using show = await WatchedShow.begin(server);
      expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

      // What the server holds in reserve it gives back to its database: until that is full, too.
      const problems = await show.meanwhile(problemsOf(server, () => disk.fill()));
      expect(problems).toMatchObject([
        { part: "store", code: "disk_full" },
        { part: "recordings", code: "disk_full" },
      ]);
      await show.goesOnFor(3);
      // By then the server may have made room for a few rows: a log that begins anew, a torn end that is cut off.
      await show.meanwhile(problemsOf(server, () => disk.fill()));
      await show.refusesChanges("the disk");
      await show.answersReaders();
      await show.isEndedAllTheSame();
      expect((await show.api.get(show.id)).status).toBe("live");

      disk.empty();
      await until("readiness", async () => (await fetch(`${server.url}/readyz`)).ok);
      const finished = await show.api.when(show.id, "its media", ({ status }) => status === "finished");
      expect(finished.conversion?.message).toContain("ENOSPC");
      await decodeAll((await show.api.media(finished.mediaId ?? "")).playlistUrl);
      const next = await show.api.create({ name: "Next" });
      expect((await show.api.start(next.id)).status).toBe("started");
    }, 90_000);

    test("as its file system is damaged, for good: it is said, the broadcast goes on and can be ended, and after a repair it is live", async () => {
      await using disk = await LoopDisk.mount();
      await using server = await TandemServer.start({
        environment: { TANDEM_DATA_DIR: disk.folder, TANDEM_MIN_FREE_DISK_MB: "0" },
      });
      await using show = await WatchedShow.begin(server);

      await disk.becomeReadOnly();
      expect(await show.meanwhile(problemsOf(server))).toMatchObject([
        { part: "store", code: "disk_read_only" },
        { part: "recordings", code: "disk_read_only" },
      ]);
      await show.goesOnFor(3);
      await show.refusesChanges("the disk");
      await show.answersReaders();
      await show.isEndedAllTheSame();
      expect((await show.api.get(show.id)).status).toBe("live");
      expect(server.logs.split('"event":"recording_failed"')).toHaveLength(2);

      expect(await server.stop()).toBe(0);
      expect(server.logs).toContain('"event":"owed_write_lost"');
      await disk.repair();
      await server.startAgain();
      expect((await show.api.get(show.id)).status).toBe("live");
      await show.api.stop(show.id);
      await show.api.when(show.id, "its media", ({ status }) => status === "finished");
    }, 90_000);
  },
);

/** Parts that are not ready, once there are some. */
function problemsOf(
  { url }: TandemServer,
  harm = async (): Promise<void> => undefined,
): Promise<readonly Problem[]> {
  return until(
    "a server that is not ready",
    async () => {
      await harm();
      const response = await fetch(`${url}/readyz`);
      if (response.status !== 503) return null;
      const { data }: NotReady = JSON.parse(await response.text());
      return data.problems.length === 2 ? data.problems : null;
    },
    60,
  ); // The last blocks go by the probes themselves, one a second.
}
