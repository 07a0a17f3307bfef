import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { LIVESTREAMS_MEDIA_TOKENS } from "#server/store/sqlite/migrations/0001-livestreams-media-tokens.ts";
import { THUMBNAILS } from "#server/store/sqlite/migrations/0002-thumbnails.ts";
import { RISING_TIME } from "#server/store/sqlite/migrations/0003-rising-time.ts";
import { storesIn } from "#server/store/sqlite/stores.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-migration-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("assets and pictures of a database from before there were clips are what they were", async () => {
  const file = join(folder, "tandem.sqlite");
  const old = new Database(file, { strict: true });
  for (const migration of [LIVESTREAMS_MEDIA_TOKENS, THUMBNAILS, RISING_TIME]) old.run(migration);
  old.run("PRAGMA user_version = 3");
  old.run(
    `INSERT INTO livestreams (id, name, with_dvr, with_backup, status, created_at_ms, updated_at_ms)
     VALUES ('a', 'Show', 0, 1, 'finished', 1, 2)`,
  );
  old.run("INSERT INTO media VALUES ('m', 'a', 'Show', NULL, 12.5, 99, 640, 360, 'avc1', 'mp4a', 3, 4, 5)");
  old.run("INSERT INTO thumbnails VALUES ('a', 'auto', 'hash', 16, 9)");
  old.run("INSERT INTO recording_removals VALUES ('gone')");
  old.close();
  const database = openDatabase(file);
  const { livestreams, media, thumbnails, removals } = storesIn(database);
  expect(await media.find("m")).toEqual({
    ...{ id: "m", livestreamId: "a", recordingId: "a", name: "Show", description: null },
    ...{
      durationSeconds: 12.5,
      sizeBytes: 99,
      width: 640,
      height: 360,
      videoCodec: "avc1",
      audioCodec: "mp4a",
    },
    ...{ createdAtMs: 3, updatedAtMs: 4, deletedAtMs: 5, clipOf: null, cut: null },
    playbackPolicy: "public",
  });
  expect((await livestreams.find("a"))?.mediaId).toBe("m");
  expect((await thumbnails.current("a"))?.contentHash).toBe("hash");
  expect(await livestreams.delete("a", "finished")).toBe(true);
  expect([await media.find("m"), await thumbnails.current("a")]).toEqual([null, null]);
  expect(await removals.all()).toEqual(["a", "gone"]);
  database.close();
});

test("a livestream becomes one asset, whoever writes it", () => {
  const database = openDatabase(":memory:");
  const insertion = `INSERT INTO media (id, livestream_id, recording_id, name, duration_seconds, size_bytes,
    created_at_ms, updated_at_ms) VALUES ($id, 'a', 'a', '', 1, 1, 1, 1)`;
  database.query(insertion).run({ id: "m" });
  expect(() => database.query(insertion).run({ id: "n" })).toThrow("UNIQUE");
});
