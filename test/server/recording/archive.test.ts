import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createLog } from "#server/common/log.ts";
import { Archive } from "#server/recording/archive.ts";
import { Footages } from "#server/recording/footages.ts";
import { streamPieces } from "#server/recording/piece.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { parseFacts } from "#server/recording/segment-facts.ts";
import { StoredRecordings } from "#server/recording/stored-recordings.ts";
import { ObjectStoreTroubleError } from "#server/store/object-store.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeObjectStore } from "#test/support/fake-object-store.ts";
import {
  LIVESTREAM_ID as ID,
  noReports,
  programmeCuts,
  RecordingFolder,
} from "#test/support/recording-folder.ts";
import { until } from "#test/support/until.ts";

const log = createLog({ level: "error", write: () => undefined, clock: new FakeClock() });
const AWAY = new ObjectStoreTroubleError("OBJECT_STORE_AWAY", "it is away");
const FILES = ["download.head", "journal.ndjson", "media.mp4"].map((file) => `${ID}/${file}`);

/** A recording of ten seconds on the disk, and a store. Time passes when it is told to. */
class Place implements AsyncDisposable {
  readonly disk = new RecordingFolder();
  readonly store = new FakeObjectStore();
  readonly delays: number[] = [];
  readonly left: string[] = [];
  readonly rebuilt: string[] = [];
  readonly recordings: Recordings;
  readonly footages: Footages;
  readonly stored: StoredRecordings;
  readonly archive: Archive;
  isWhole = true;
  nowMs = 0;
  #pass: (() => void)[] = [];

  constructor() {
    const delay = (milliseconds: number, signal: AbortSignal): Promise<void> => {
      this.delays.push(milliseconds);
      return new Promise((resolve) => {
        this.#pass.push(resolve);
        signal.addEventListener("abort", () => resolve());
      });
    };
    this.stored = new StoredRecordings({ store: this.store, delay, log });
    this.recordings = new Recordings(this.disk.folder, undefined, undefined, this.stored);
    this.footages = new Footages(this.recordings);
    this.archive = new Archive({
      ...{ folder: this.disk.folder, recordings: this.recordings, stored: this.stored, delay, log },
      isWhole: async () => this.isWhole,
      onLeft: (id) => {
        this.left.push(id);
        this.footages.forget();
      },
      onRebuilt: async (id, message) => {
        this.rebuilt.push(`${id}: ${message}`);
      },
      monotonicMs: () => this.nowMs,
      unwatchedMs: 1000,
    });
  }

  static async recorded(): Promise<Place> {
    const place = new Place();
    await place.disk.record(programmeCuts({ seconds: 10 }));
    return place;
  }

  /** Whoever waits goes on, so much later. */
  async pass(milliseconds: number): Promise<void> {
    this.nowMs += milliseconds;
    const waiting = this.#pass;
    this.#pass = [];
    for (const resolve of waiting) resolve();
    await Bun.sleep(0);
  }

  get isOnDisk(): boolean {
    return existsSync(this.disk.mediaFile);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.archive.stop();
    await this.disk[Symbol.asyncDispose]();
  }
}

describe("a recording that is complete", () => {
  test("goes to the store with its journal last, stays on the disk while it is watched, and is played from the store then", async () => {
    await using place = await Place.recorded();
    const { archive, store, recordings, footages } = place;
    const before = await place.disk.read();
    const downloadOf = async (): Promise<Uint8Array> => {
      const movie = await footages.movie({ id: ID, recordingId: ID, cut: null });
      return new Uint8Array(await new Response(streamPieces(movie?.pieces ?? [])).arrayBuffer());
    };
    const download = await downloadOf();
    await archive.start();
    await until("the store to have it", () => archive.waiting === 0);
    expect(store.keys).toEqual(FILES);
    expect(store.calls.filter((call) => call.startsWith("put"))).toEqual(
      [FILES[2], FILES[0], FILES[1]].map((key) => `putFile ${key}`),
    );
    await place.pass(999);
    expect(place.isOnDisk).toBe(true);
    recordings.used(ID);
    await place.pass(2);
    await place.pass(998);
    expect(place.isOnDisk).toBe(true);
    await place.pass(2);
    await until("the word that it left", () => place.left.length > 0);
    expect([place.left, place.isOnDisk]).toEqual([[ID], false]);

    expect(store.objects.get(FILES[2] ?? "")?.bytes).toEqual(new Uint8Array(before.media));
    const recording = await recordings.finished(ID);
    expect(recording).toMatchObject({ media: { file: `${ID}/media.mp4` }, durationSeconds: 10 });
    expect(await recordings.soFar(ID)).toBe(recording);
    expect(Buffer.compare(await downloadOf(), download)).toBe(0);
    await recordings.remove(ID);
    expect(store.keys).toEqual([]);
  });

  test("waits for a store that is away, longer each time, and is whole in it afterwards", async () => {
    await using place = await Place.recorded();
    const { archive, store, delays } = place;
    store.trouble = AWAY;
    archive.add(ID);
    for (const expected of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
      await until("the next wait", () => delays.at(-1) === expected);
      expect([archive.waiting, place.isOnDisk]).toEqual([1, true]);
      delays.push(0);
      await place.pass(expected);
    }
    store.trouble = null;
    await place.pass(60_000);
    await until("the store to have it", () => archive.waiting === 0);
    expect(store.keys).toEqual(FILES);
  });

  test("goes there also where it becomes complete while it is looked at", async () => {
    await using place = await Place.recorded();
    const { archive, store } = place;
    place.isWhole = false;
    archive.add(ID);
    place.isWhole = true;
    archive.add(ID);
    expect(archive.waiting).toBe(1);
    await until("the store to have it", () => archive.waiting === 0);
    expect(store.keys).toEqual(FILES);
  });

  test("is written again where the store has other bytes under its name", async () => {
    await using place = await Place.recorded();
    const { archive, store } = place;
    const { media, journal } = await place.disk.read();
    const wrong = new Uint8Array(media);
    wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1;
    await store.put(`${ID}/media.mp4`, wrong);
    await store.put(`${ID}/journal.ndjson`, new TextEncoder().encode(journal));
    archive.add(ID);
    await until("the store to have it", () => archive.waiting === 0);
    expect(store.objects.get(`${ID}/media.mp4`)?.bytes).toEqual(new Uint8Array(media));
  });

  test("is not sent again where the store has all of it", async () => {
    await using place = await Place.recorded();
    await place.recordings.finished(ID);
    await place.stored.write(ID, place.recordings.archivePaths(ID), new AbortController().signal);
    place.store.calls.length = 0;
    place.archive.add(ID);
    await until("the look at it", () => place.archive.waiting === 0);
    expect(place.store.calls.filter((call) => call.startsWith("put"))).toEqual([]);
  });

  test("leaves nothing in the store when it was removed on its way", async () => {
    await using place = await Place.recorded();
    const putFile = place.store.putFile.bind(place.store);
    place.store.putFile = async (key, stretch) => {
      place.isWhole = false;
      await putFile(key, stretch);
    };
    place.archive.add(ID);
    await until("the end of it", () => place.archive.waiting === 0);
    expect(place.store.keys).toEqual([]);
  });
});

describe("what the last process left in the store", () => {
  /** The segments of a broadcast that is over, and nothing on the disk. */
  async function aLostRecording(): Promise<Place> {
    const place = new Place();
    const recorder = place.recordings.record(ID, null, noReports);
    for (const cut of programmeCuts({ seconds: 6 })) recorder.write(cut);
    await until("the segments", () => place.store.keys.length === 4);
    await recorder.end();
    return place;
  }

  test("is put together where the disk has lost the recording, told, and stored in one", async () => {
    await using place = await aLostRecording();
    const { media, journal } = await place.disk.read();
    await rm(dirname(place.disk.mediaFile), { recursive: true });
    await place.archive.start();
    await until("the recording", () => place.store.keys.join() === FILES.join());
    expect(place.rebuilt).toEqual([expect.stringContaining(`${ID}: The disk had nothing of it`)]);
    expect(place.store.objects.get(`${ID}/media.mp4`)?.bytes).toEqual(new Uint8Array(media));
    expect(await place.disk.read()).toEqual({ media, journal });
  });

  test("is left alone while it is recorded, and looked for again where the store is away", async () => {
    await using place = await aLostRecording();
    await rm(dirname(place.disk.mediaFile), { recursive: true });
    place.isWhole = false;
    place.store.trouble = AWAY;
    await place.archive.start();
    await until("a wait", () => place.delays.includes(1000));
    place.store.trouble = null;
    await place.pass(1000);
    await until("the look", () => place.store.calls.filter((call) => call === "list ").length === 2);
    await place.archive.stop();
    expect([place.store.keys.length, place.rebuilt, place.isOnDisk]).toEqual([4, [], false]);
  });

  test.each(["on the disk, too", "in the store alone"])(
    "is removed where the recording is %s",
    async (where) => {
      await using place = await aLostRecording();
      const segments = new Map(place.store.objects);
      await place.recordings.finished(ID);
      await place.stored.write(ID, place.recordings.archivePaths(ID), new AbortController().signal);
      const whole = place.store.keys;
      for (const [key, object] of segments) place.store.objects.set(key, object);
      if (where === "in the store alone") await place.recordings.leaveDisk(ID);
      await place.archive.start();
      await until("their removal", () => place.store.keys.join() === whole.join());
      expect(place.rebuilt).toEqual([]);
    },
  );
});

test("a process that ends while it takes a recording from the disk leaves it playable, and the next one finishes that", async () => {
  await using place = await Place.recorded();
  await place.recordings.finished(ID);
  await place.stored.write(ID, place.recordings.archivePaths(ID), new AbortController().signal);
  const { journal } = await place.disk.read();
  await place.recordings.leaveDisk(ID);
  await mkdir(dirname(place.disk.journalFile));
  await Bun.write(place.disk.journalFile, journal);
  expect(await place.recordings.finished(ID)).toMatchObject({ durationSeconds: 10 });
  await place.archive.start();
  await until("its end", () => !existsSync(place.disk.journalFile));
  expect(place.store.keys).toEqual(FILES.slice(1));
});

test("what is being recorded, or not there, goes nowhere", async () => {
  await using place = await Place.recorded();
  place.isWhole = false;
  place.archive.add(ID);
  await until("the look at it", () => place.archive.waiting === 0);
  place.isWhole = true;
  place.archive.add("nobody");
  await until("the look at it", () => place.archive.waiting === 0);
  expect(place.store.keys).toEqual([]);
});

describe("segments of a broadcast", () => {
  test("are in the store as they close, each under its number, with what a journal says of it", async () => {
    await using place = new Place();
    const recorder = place.recordings.record(ID, null, noReports);
    for (const cut of programmeCuts({ seconds: 6 })) recorder.write(cut);
    await until("the segments", () => place.store.keys.length === 4);
    expect(place.store.keys).toEqual(
      ["0-0.m4s", "0-1.m4s", "0-2.m4s", "0-init-0.mp4"].map((key) => `${ID}/${key}`),
    );
    const { facts = null, bytes = new Uint8Array(0) } = place.store.objects.get(`${ID}/0-1.m4s`) ?? {};
    expect(parseFacts(facts, bytes)).toMatchObject({
      targetDurationSeconds: 2,
      segment: { msn: 1, durationSeconds: 2 },
    });
    await recorder.end();
    const media = Buffer.concat(
      ["0-init-0.mp4", "0-0.m4s", "0-1.m4s", "0-2.m4s"].map(
        (key) => place.store.objects.get(`${ID}/${key}`)?.bytes ?? new Uint8Array(0),
      ),
    );
    expect(Buffer.compare(media, (await place.disk.read()).media)).toBe(0);
    expect(existsSync(dirname(place.disk.mediaFile))).toBe(true);
  });

  test("wait on the disk while the store is away, are caught up with by the next process, and go when the recording is there", async () => {
    await using place = new Place();
    place.store.trouble = AWAY;
    const recorder = place.recordings.record(ID, null, noReports);
    for (const cut of programmeCuts({ seconds: 6 })) recorder.write(cut);
    await until("a wait", () => place.delays.length > 0);
    await recorder.end();
    expect(place.store.keys).toEqual([]);

    place.store.trouble = null;
    const { media } = await place.disk.read();
    const recording = await place.recordings.repair(ID);
    const [first, second] = recording?.segments ?? [];
    const { offset = 0, byteLength = 0 } = first ?? {};
    await place.store.put(`${ID}/0-0.m4s`, new Uint8Array(media.slice(offset, offset + byteLength)));
    await place.store.put(`${ID}/0-1.m4s`, new Uint8Array(1));
    const next = place.recordings.record(ID, recording, noReports);
    await until("the segments", () => place.store.keys.length === 4);
    await next.end();
    expect(place.store.calls).not.toContain(`putNew ${ID}/0-0.m4s`);
    expect(place.store.objects.get(`${ID}/0-1.m4s`)?.bytes.byteLength).toBe(second?.byteLength);
    place.archive.add(ID);
    await until("the store to have it", () => place.archive.waiting === 0);
    expect(place.store.keys).toEqual(FILES);
  });
});
