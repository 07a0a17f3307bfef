// `tandem verify`, as its operator runs it: nothing in a healthy directory, whatever the server does; each planted damage; what a
// repair does and what it refuses.

import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { ApiClient } from "#test/support/api-client.ts";
import { hasNoSqlite, hasObjectStore } from "#test/support/engines.ts";
import { ROOT } from "#test/support/imports.ts";
import { ObsSession } from "#test/support/obs-session.ts";
import { LIVESTREAM_ID, programmeCuts, RecordingFolder } from "#test/support/recording-folder.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { verify } from "#test/support/verify-command.ts";

async function goLive(api: ApiClient, seconds: number) {
  const { id } = await api.create({ name: "Verified" });
  const { inputs } = await api.start(id);
  const { serverUrl = "", streamKey = "" } = inputs[0] ?? {};
  const session = await ObsSession.publish(serverUrl, streamKey);
  const encoder = new SyntheticEncoder();
  session.sendAtOnce([...encoder.headers(), ...encoder.play(2)]);
  await api.when(id, "an active ingest", (livestream) => livestream.inputs.some(({ active }) => active));
  await api.publish(id);
  session.sendAtOnce(encoder.play(seconds));
  return { id, session, encoder };
}

function journalOf(dataDir: string, id: string): string {
  return join(dataDir, "recordings", id, "journal.ndjson");
}

async function finish(server: TandemServer, api: ApiClient): Promise<string> {
  const { id, session } = await goLive(api, 20);
  await until(
    "its segments",
    () => readFileSync(journalOf(server.dataDir, id), "utf8").split('"segment-end"').length > 8,
  );
  await api.stop(id);
  await api.when(id, "its media", ({ status }) => status === "finished");
  await session[Symbol.asyncDispose]();
  return id;
}

const PICTURE = readFileSync(join(ROOT, "test/fixtures/images/quarters.png"));
const OTHER_PICTURE = readFileSync(join(ROOT, "test/fixtures/images/orientation-1.jpg"));

async function upload(server: TandemServer, id: string, picture: Uint8Array<ArrayBuffer>): Promise<void> {
  const response = await fetch(`${server.url}/v2/livestreams/${id}/thumbnail`, {
    method: "PUT",
    headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, "Content-Type": "image/png" },
    body: picture,
  });
  expect(response.status).toBe(200);
}

test("nothing is found in a healthy directory, also while it is recorded into, after a kill and after a start", async () => {
  await using server = await TandemServer.start({ environment: { TANDEM_SEGMENT_SECONDS: "0.5" } });
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const healthy = { exitCode: 0, lines: [], errors: "" };
  expect(await verify(server)).toMatchObject(healthy);
  const finished = await finish(server, api);
  await upload(server, finished, PICTURE);
  await upload(server, finished, OTHER_PICTURE); // The one before stays for those who have its address.
  const created = await api.create({ name: "Not begun" });
  await upload(server, created.id, PICTURE);
  const { id, session, encoder } = await goLive(api, 2);
  let isSending = true;
  const sending = (async () => {
    while (isSending) {
      session.sendAtOnce(encoder.play(0.1));
      await Bun.sleep(20);
    }
  })();
  for (let look = 0; look < 8; look += 1) expect(await verify(server)).toMatchObject(healthy);
  const bytes = statSync(journalOf(server.dataDir, id)).size;
  const refused = await verify(server, "--repair");
  expect(refused).toMatchObject({ exitCode: 2, lines: [] });
  expect(refused.errors).toContain("another Tandem server uses the data directory");
  expect(statSync(journalOf(server.dataDir, id)).size).toBeGreaterThanOrEqual(bytes);
  await server.kill();
  isSending = false;
  await sending;
  await session[Symbol.asyncDispose]();
  expect(await verify(server)).toMatchObject(healthy);
  expect(await verify(server, "--repair")).toMatchObject(healthy);
  await server.startAgain();
  expect(await verify(server)).toMatchObject(healthy);
  await api.stop(id);
  await api.when(id, "its media", ({ status }) => status === "finished");
  await api.operations.deleteMedia((await api.get(finished)).mediaId ?? "", { permanent: true });
  expect(await verify(server)).toMatchObject(healthy);
  expect(await server.stop()).toBe(0);
  const files = readdirSync(server.dataDir);
  expect(await verify(server)).toMatchObject(healthy);
  expect(readdirSync(server.dataDir)).toEqual(files);
}, 90_000);

/** As it was left: one finished livestream with a picture, another one without. */
let sound: TandemServer;
let first = "";
let second = "";

beforeAll(async () => {
  sound = await TandemServer.start({ environment: { TANDEM_SEGMENT_SECONDS: "0.5" } });
  const api = new ApiClient(sound.url, ADMIN_TOKEN);
  first = await finish(sound, api);
  second = await finish(sound, api);
  await upload(sound, first, PICTURE);
  await sound.stop();
}, 60_000);

afterAll(() => sound[Symbol.asyncDispose]());

interface Damage {
  readonly what: string;
  readonly plant: (dataDir: string) => void;
  /** What each line begins with: the kind and the path, and what it is. */
  readonly found: () => readonly string[];
  /** How many of them a repair can do nothing about. */
  readonly unmended: number;
}

const recording = (dataDir: string, id: string, file: string): string =>
  join(dataDir, "recordings", id, file);

const DAMAGES: readonly Damage[] = [
  ...(hasNoSqlite("a row is taken from a copy of SQLite's file") ? [] : [finishedWithoutAsset()]),
  {
    what: "a flipped bit in a fragment",
    plant: (dir) => {
      const path = recording(dir, first, "media.mp4");
      const bytes = readFileSync(path);
      bytes.writeUInt8(bytes.readUInt8(bytes.byteLength >> 1) ^ 1, bytes.byteLength >> 1);
      writeFileSync(path, bytes);
    },
    found: () => [`damaged recordings/${first}/media.mp4 a part of segment `],
    unmended: 1,
  },
  {
    what: "a flipped bit in an initialization",
    plant: (dir) => {
      const path = recording(dir, first, "media.mp4");
      const bytes = readFileSync(path);
      bytes.writeUInt8(bytes.readUInt8(500) ^ 1, 500);
      writeFileSync(path, bytes);
    },
    found: () => [`damaged recordings/${first}/media.mp4 initialization 0 `],
    unmended: 1,
  },
  {
    what: "a media file that is too short",
    plant: (dir) =>
      truncateSync(
        recording(dir, first, "media.mp4"),
        statSync(recording(dir, first, "media.mp4")).size - 1000,
      ),
    found: () => [`damaged recordings/${first}/media.mp4 it ends at byte `],
    unmended: 0,
  },
  {
    what: "a media file that is too long",
    plant: (dir) => appendFileSync(recording(dir, first, "media.mp4"), "what is this"),
    found: () => [`unreferenced recordings/${first}/media.mp4 the journal says nothing of the bytes from `],
    unmended: 0,
  },
  {
    what: "a damaged line in the middle of a journal",
    plant: (dir) => {
      const path = recording(dir, first, "journal.ndjson");
      const lines = readFileSync(path, "utf8").split("\n");
      lines[8] = (lines[8] ?? "").replace("msn", "nsm");
      writeFileSync(path, lines.join("\n"));
    },
    found: () => [
      `damaged recordings/${first}/journal.ndjson line 9 is not what was written`,
      `missing recordings/${first}/journal.ndjson segment `,
    ],
    unmended: 0,
  },
  {
    what: "a hole in a journal",
    plant: (dir) => {
      const path = recording(dir, first, "journal.ndjson");
      const lines = readFileSync(path, "utf8").split("\n");
      lines.splice(6, 4);
      writeFileSync(path, lines.join("\n"));
    },
    found: () => [
      `missing recordings/${first}/journal.ndjson nothing is said of segments `,
      `unreferenced recordings/${first}/media.mp4 the journal says nothing of the bytes from `,
    ],
    unmended: 0,
  },
  {
    what: "a journal of a newer version",
    plant: (dir) => {
      const path = recording(dir, first, "journal.ndjson");
      const [, ...lines] = readFileSync(path, "utf8").split("\n");
      const json = '{"type":"journal","version":9}';
      writeFileSync(path, [`${crc32(json).toString(16).padStart(8, "0")} ${json}`, ...lines].join("\n"));
    },
    found: () => [`damaged recordings/${first}/journal.ndjson the journal is of version 9; `],
    unmended: 1,
  },
  {
    what: "a media file that is not there",
    plant: (dir) => rmSync(recording(dir, first, "media.mp4")),
    found: () => [`missing recordings/${first}/media.mp4 there is a journal and no media file`],
    unmended: 1,
  },
  {
    what: "a journal that is not there",
    plant: (dir) => rmSync(recording(dir, first, "journal.ndjson")),
    found: () => [`missing recordings/${first}/journal.ndjson there is no journal`],
    unmended: 1,
  },
  {
    what: "a row without files",
    plant: (dir) => rmSync(join(dir, "recordings", second), { recursive: true }),
    found: () => [`missing recordings/${second} the recording of a media asset is not there`],
    unmended: 1,
  },
  {
    what: "a recording of nobody's",
    plant: (dir) =>
      cpSync(join(dir, "recordings", second), join(dir, "recordings", UNKNOWN), { recursive: true }),
    found: () => [`unreferenced recordings/${UNKNOWN} nothing refers to it`],
    unmended: 0,
  },
  {
    what: "files of nobody's among the recordings",
    plant: (dir) => {
      writeFileSync(join(dir, "recordings", "notes.txt"), "text");
      writeFileSync(recording(dir, first, "journal.ndjson.new"), "text");
    },
    found: () => [
      `unreferenced recordings/${first}/journal.ndjson.new nothing refers to it`,
      "unreferenced recordings/notes.txt nothing refers to it",
    ],
    unmended: 0,
  },
  {
    what: "a picture that is not there",
    plant: (dir) => rmSync(join(dir, "thumbnails", first, pictureOf(dir)), { recursive: true }),
    found: () => [`missing thumbnails/${first}/`],
    unmended: 0,
  },
  {
    what: "a picture that is damaged",
    plant: (dir) => appendFileSync(join(dir, "thumbnails", first, pictureOf(dir), "master.jpeg"), "x"),
    found: () => [`damaged thumbnails/${first}/`],
    unmended: 0,
  },
  {
    what: "pictures of nobody's",
    plant: (dir) => {
      cpSync(join(dir, "thumbnails", first), join(dir, "thumbnails", UNKNOWN), { recursive: true });
      for (const name of ["a", "b"]) mkdirSync(join(dir, "thumbnails", first, name.repeat(32)));
    },
    found: () => [
      `unreferenced thumbnails/${UNKNOWN} nothing refers to it`,
      `unreferenced thumbnails/${first}/`,
    ],
    unmended: 0,
  },
];

function finishedWithoutAsset(): Damage {
  return {
    what: "a finished livestream without its asset",
    plant: (dir) => {
      using database = new Database(join(dir, "tandem.sqlite"));
      database.run("DELETE FROM media WHERE livestream_id = ?", [second]);
    },
    found: () => [`damaged tandem.sqlite livestream ${second} is finished and has no media asset`],
    unmended: 1,
  };
}

const UNKNOWN = "0190b8e8-0000-7000-8000-00000000dead";

function pictureOf(dataDir: string): string {
  return readdirSync(join(dataDir, "thumbnails", first))[0] ?? "";
}

const IN_STORE_TOO = hasObjectStore("damage is planted in files that the store has, too");

describe.skipIf(IN_STORE_TOO).each(DAMAGES)("$what", ({ plant, found, unmended }) => {
  test("is found, and mended or left by a repair", async () => {
    await using copy = await sound.copy();
    plant(copy.dataDir);
    const before = await verify(copy);
    expect(before).toMatchObject({ exitCode: 1, errors: "" });
    for (const [index, begins] of found().entries()) {
      const { finding, path, what } = before.lines[index] ?? { finding: "", path: "", what: "" };
      expect(`${finding} ${path} ${what}`).toStartWith(begins);
    }
    // What follows from a damaged line or a hole is said, too; nothing else is found.
    expect(before.lines.length).toBeLessThanOrEqual(found().length + 1);
    const repaired = await verify(copy, "--repair");
    const left = repaired.lines.filter(({ mended }) => mended === null);
    expect(left).toHaveLength(unmended);
    expect(repaired.lines).toHaveLength(before.lines.length);
    expect(repaired.exitCode).toBe(unmended === 0 ? 0 : 1);
    const after = await verify(copy);
    expect(after.lines).toHaveLength(unmended);
    expect(after.exitCode).toBe(unmended === 0 ? 0 : 1);
  }, 30_000);
});

test.skipIf(IN_STORE_TOO)(
  "what nothing refers to is moved, not removed",
  async () => {
    await using copy = await sound.copy();
    const { dataDir } = copy;
    renameSync(join(dataDir, "recordings", first), join(dataDir, "recordings", UNKNOWN));
    const { lines } = await verify(copy, "--repair");
    const place =
      lines.find(({ finding }) => finding === "unreferenced")?.mended?.replace("moved to ", "") ?? "";
    expect(place).toStartWith(`lost-and-found/recordings/${UNKNOWN}.`);
    expect(existsSync(join(dataDir, place, "media.mp4"))).toBe(true);
  },
  30_000,
);

test("a directory that is no server's, and a flag that is none, are exit code 2 and a line", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "tandem-empty-"));
  try {
    const none = await verify(dataDir);
    expect(none).toMatchObject({ exitCode: 2, lines: [] });
    expect(none.errors).toContain("there is no ");
    expect(readdirSync(dataDir)).toEqual([]);
    const flag = await verify(dataDir, "--mend");
    expect(flag).toMatchObject({ exitCode: 2, lines: [] });
    expect(flag.errors).toBe("tandem: unknown flag --mend; see tandem verify --help\n");
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

test.skipIf(process.platform !== "linux" || hasNoSqlite("a file of rows is made for long recordings"))(
  "memory does not grow with the length of a recording",
  async () => {
    const memoryOf = async (hours: number): Promise<number> => {
      const dataDir = mkdtempSync(join(tmpdir(), "tandem-long-"));
      await using folder = new RecordingFolder();
      try {
        for (let hour = 0; hour < hours; hour += 1) {
          const resume = await folder.recordings.repair(LIVESTREAM_ID);
          const fromSeconds = resume?.endsAtSeconds ?? 0;
          const goesOn = resume === null ? {} : { resume, fromSeconds, discontinuity: true };
          await folder.record(programmeCuts({ seconds: 3600, partSeconds: 0.2, ...goesOn }));
        }
        cpSync(join(sound.dataDir, "tandem.sqlite"), join(dataDir, "tandem.sqlite"));
        for (const id of [first, second]) {
          cpSync(join(folder.folder, LIVESTREAM_ID), join(dataDir, "recordings", id), { recursive: true });
        }
        using database = new Database(join(dataDir, "tandem.sqlite"));
        database.run("DELETE FROM thumbnails");
        const { exitCode, lines, memoryKilobytes } = await verify(dataDir);
        expect([exitCode, lines]).toEqual([0, []]);
        return memoryKilobytes;
      } finally {
        rmSync(dataDir, { recursive: true });
      }
    };
    const [short, long] = [await memoryOf(1), await memoryOf(6)];
    expect(short).toBeGreaterThan(10_000);
    expect(long / short).toBeLessThan(1.3);
  },
  120_000,
);
