// Programmes as they are opened: whatever drops, switches or restarts, a livestream has one playlist and one recording.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, gunzipSync } from "node:zlib";
import { readFragment } from "#media/fmp4/fragment-reader.ts";
import type { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { InstanceName } from "#openapi/names.ts";
import { createLog } from "#server/common/log.ts";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import { PlayoutManager } from "#server/playout/playout-manager.ts";
import { endedOpener, instanceOpener, programmeOpener } from "#server/programme/open-programme.ts";
import type { Programme } from "#server/programme/programme.ts";
import { FreeSpace } from "#server/recording/free-space.ts";
import type { Recording } from "#server/recording/recording.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { StoredRecordings } from "#server/recording/stored-recordings.ts";
import { ObjectStoreTroubleError } from "#server/store/object-store.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeObjectStore } from "#test/support/fake-object-store.ts";
import { Openings } from "#test/support/openings.ts";
import { videoUnits } from "#test/support/programme-units.ts";
import { RecordedReports } from "#test/support/recorded-reports.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { TARGETS } from "#test/support/targets.ts";
import { videoTrack } from "#test/support/tracks.ts";
import { until } from "#test/support/until.ts";

const log = createLog({ level: "error", write: () => undefined, clock: new FakeClock() });

/** Made when the rising time of these tests began. */
const ID = "00000000-0000-7000-8000-000000000001";
const FRAME_MS = 40;
const DAY_MS = 86_400_000;

/** The rising time of a server that was set up long ago. */
const RISEN_MS = 1_700_000_000_000;

/** One server after the other on the same disk, on a clock that the test moves. */
class House implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "tandem-programme-"));
  readonly reports = new RecordedReports();
  readonly #withDvr: boolean;
  #wasLive = false;
  readonly #encoders = new Map<InstanceName, { source: RtmpSource; encoder: SyntheticEncoder }>();
  readonly clock = new FakeClock();
  freeBytes = 1_000_000_000;
  readonly freeSpace = new FreeSpace({ minBytes: 1000, freeBytes: async () => this.freeBytes });
  readonly #openings = new Openings();
  /** What a disk loses comes back from here; every recording is uploaded to it. */
  readonly store: FakeObjectStore | null;
  recordings: Recordings;
  manager: PlayoutManager;

  constructor({
    withDvr = false,
    store = null,
  }: {
    withDvr?: boolean;
    store?: FakeObjectStore | null;
  } = {}) {
    this.#withDvr = withDvr;
    this.store = store;
    this.recordings = this.#newRecordings();
    this.manager = this.#newManager();
  }

  /** The whole text of a playlist that viewers may seek back in, as it reads and as gzip. */
  async eventText(): Promise<string> {
    const text = this.programme.eventText(this.window);
    const gzipped = await text?.gzipped()?.bytes();
    const plain = (await (await text?.plain())?.text()) ?? "";
    expect(gunzipSync(gzipped ?? new Uint8Array()).toString()).toBe(plain);
    return plain;
  }

  /** What the database knows of it. */
  get hasRecordingFailed(): boolean {
    return this.reports.lines.some((line) => line.startsWith("recording stopped"));
  }

  get programme(): Programme {
    const programme = this.manager.programme(ID);
    if (programme === null) throw new Error("nothing is published");
    return programme;
  }

  get window(): PlaylistWindow {
    const window = this.programme.leadWindow;
    if (window === null) throw new Error("nothing was cut");
    return window;
  }

  open(): void {
    const streamKeys = { primary: "key-1", secondary: "key-2" };
    const { hasRecordingFailed } = this;
    this.manager.open({
      ...{ id: ID, withDvr: this.#withDvr, streamKeys, hasRecordingFailed },
      wasLive: this.#wasLive,
    });
  }

  /** Published, with the primary's encoder sending since a little before. */
  async goLive(): Promise<void> {
    this.open();
    this.connect("primary");
    this.run(1.2);
    await this.manager.publish(ID);
  }

  renditionsOf(instance: InstanceName): string[] {
    return [...(this.manager.instanceProgramme(ID, instance)?.windows.keys() ?? [])];
  }

  /** What the instance's own playlist lists; null while there is none. */
  windowOf(instance: InstanceName): PlaylistWindow | null {
    return this.manager.instanceProgramme(ID, instance)?.leadWindow ?? null;
  }

  connect(instance: InstanceName, { video = true } = {}): void {
    const publisher = this.manager.claim(instance === "primary" ? "key-1" : "key-2", { cut: () => {} });
    if (typeof publisher === "string") throw new Error(`the key is ${publisher}`);
    const encoder = new SyntheticEncoder({
      video,
      gopFrames: 25,
      startMs: this.clock.monotonicMs() % 1_000_000,
    });
    const source = new RtmpSource(publisher, this.clock.monotonicMs);
    for (const message of encoder.headers()) source.receive(message);
    this.#encoders.set(instance, { source, encoder });
  }

  drop(instance: InstanceName): void {
    this.#encoders.get(instance)?.source.end();
    this.#encoders.delete(instance);
  }

  /** Time passes; whoever is connected sends what it makes in it. */
  run(seconds: number): void {
    for (let frame = 0; frame < Math.round((seconds * 1000) / FRAME_MS); frame += 1) {
      this.clock.pass(FRAME_MS);
      for (const { source, encoder } of this.#encoders.values()) {
        for (const message of encoder.play(FRAME_MS / 1000)) source.receive(message);
      }
    }
  }

  /** The process is gone, and another one takes its place. */
  async restart(): Promise<void> {
    await this.startAnew();
    await this.manager.publish(ID);
  }

  /** As {@link restart}, as far as the open inputs. */
  async startAnew(): Promise<void> {
    this.#wasLive = true;
    this.#encoders.clear();
    await this.manager.shutdown();
    this.recordings = this.#newRecordings();
    this.manager = this.#newManager();
    this.open();
  }

  /** The disk runs short, or has room again; whoever records has turned to it. */
  async setFree(bytes: number): Promise<void> {
    const { next } = this.#openings;
    const wasShort = this.freeSpace.shortage !== null;
    this.freeBytes = bytes;
    await this.freeSpace.look();
    if (wasShort && this.freeSpace.shortage === null) await next;
  }

  /** The disk has too little room for four seconds, and enough for the five after them. */
  async runsShort(): Promise<void> {
    await this.setFree(999);
    this.run(4);
    await this.setFree(1_000_000_000);
    this.run(5);
  }

  /** What the stopped livestream left on the disk. */
  async stopped(): Promise<Recording> {
    await this.manager.stop(ID);
    const recording = await this.recordings.repair(ID);
    if (recording === null) throw new Error("nothing was recorded");
    return recording;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.manager.shutdown();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #newRecordings(): Recordings {
    const { store } = this;
    const stored = store === null ? null : new StoredRecordings({ store, delay: () => Bun.sleep(1), log });
    return new Recordings(this.folder, this.#openings, this.freeSpace, stored);
  }

  #newManager(): PlayoutManager {
    const { clock } = this;
    const options = {
      clock,
      risingMs: () => RISEN_MS + clock.monotonicMs(),
      segmentSeconds: 2,
      partMilliseconds: 200,
      rtmpMergeMilliseconds: 0,
    };
    return new PlayoutManager({
      clock,
      ingestTimeoutSeconds: 5,
      targets: TARGETS,
      isRevertive: false,
      openProgramme: programmeOpener({ ...options, recordings: this.recordings, reports: this.reports }),
      openEnded: endedOpener({ ...options, recordings: this.recordings }),
      openInstance: instanceOpener(options),
      reports: this.reports,
    });
  }
}

describe("a disk that runs short", () => {
  test("costs the recording a gap, and viewers nothing", async () => {
    await using house = new House();
    await house.goLive();
    house.run(5);
    await house.runsShort();
    const { segments } = house.window;
    expect(segments.map(({ msn }) => msn)).toEqual(
      segments.map((_, index) => (segments[0]?.msn ?? 0) + index),
    );
    expect(segments.some(({ discontinuity, msn }) => discontinuity && msn > 1)).toBe(false);

    const recording = await house.stopped();
    const broken = recording.segments.filter(({ discontinuity, msn }) => discontinuity && msn > 1);
    expect(broken).toHaveLength(1);
    const lines = house.reports.lines.filter((line) => line.startsWith("recording "));
    const position = recording.segments
      .filter(({ msn }) => msn < (broken[0]?.msn ?? 0))
      .reduce((sum, { durationSeconds }) => sum + durationSeconds, 0)
      .toFixed(1);
    expect(lines).toEqual([
      expect.stringMatching(/^recording stopped: the disk has .* s$/),
      expect.stringMatching(/^recording resumed without [45]\.\d s at /),
    ]);
    for (const line of lines) expect(line).toEndWith(` at ${position} s`);
  });

  test("and a restart behind the gap list no numbers that a viewer has seen otherwise", async () => {
    await using house = new House();
    await house.goLive();
    house.run(5);
    await house.runsShort();
    const last = house.window.segments.at(-1)?.msn ?? 0;
    await house.restart();
    house.connect("primary");
    house.run(5);
    expect(house.window.segments[0]?.msn ?? 0).toBeGreaterThan(last);
    const lines = house.reports.lines.filter((line) => line.startsWith("recording "));
    expect(lines).toHaveLength(3);
    expect(lines[2]).toStartWith("recording resumed at ");
    expect((await house.stopped()).segments.length).toBeGreaterThan(5);
  });

  test("leaves a stopped livestream's playlist, listed anew, without a hole in its numbers", async () => {
    await using house = new House();
    await house.goLive();
    house.run(3);
    house.drop("primary");
    house.run(2);
    house.connect("primary");
    house.run(5);
    await house.runsShort();
    const recording = await house.stopped();
    await house.startAnew();
    await house.manager.reopenEnded(ID);
    const listed = house.window.segments.map(({ msn }) => msn);
    const gapAt = recording.segments.findIndex(
      ({ msn }, index) => index > 0 && recording.segments[index - 1]?.msn !== msn - 1,
    );
    expect(gapAt).toBeGreaterThan(0);
    expect(listed).toEqual(recording.segments.slice(gapAt).map(({ msn }) => msn));
    const before = recording.segments.slice(0, gapAt).filter(({ discontinuity }) => discontinuity);
    expect(before.length).toBeGreaterThan(0);
    expect(house.window.discontinuitySequence).toBe(before.length);
  });
});

describe("a disk that is lost with its machine", () => {
  /** Twelve seconds of a broadcast, uploaded; then the machine is another one. */
  async function aLoss(): Promise<{ house: House; store: FakeObjectStore; lastMsn: number }> {
    const store = new FakeObjectStore();
    const house = new House({ store });
    await house.goLive();
    house.run(12);
    const lastMsn = house.window.segments.at(-1)?.msn ?? 0;
    await until("the segments", () => store.keys.includes(`${ID}/0-${lastMsn}.m4s`));
    await house.startAnew();
    rmSync(join(house.folder, ID), { recursive: true });
    return { house, store, lastMsn };
  }

  test("has again what the store has of it before the broadcast goes on, under numbers that nobody has seen", async () => {
    const { house, lastMsn } = await aLoss();
    await using _ = house;
    await house.manager.publish(ID);
    expect(house.reports.lines).toContainEqual(
      expect.stringMatching(/^recording rebuilt: The disk had nothing of it: it is put together from the \d/),
    );
    house.connect("primary");
    house.run(6);
    const [first] = house.window.segments;
    expect(first?.msn ?? 0).toBeGreaterThan(lastMsn + 1000);
    const recording = await house.stopped();
    const numbers = recording.segments.map(({ msn }) => msn);
    expect(numbers[0]).toBe(1);
    expect(numbers.filter((msn) => msn > lastMsn + 1000).length).toBeGreaterThan(1);
    expect(recording.durationSeconds).toBeCloseTo(videoSeconds(recording), 6);
  });

  test("and a store that is away keep nobody waiting: what comes is recorded, and what was is put before it later", async () => {
    const { house, store } = await aLoss();
    await using _ = house;
    store.trouble = new ObjectStoreTroubleError("OBJECT_STORE_AWAY", "it is away");
    await house.manager.publish(ID);
    house.connect("primary");
    house.run(6);
    expect(house.reports.lines.filter((line) => line.startsWith("recording"))).toEqual([]);
    const later = await house.stopped();
    store.trouble = null;
    expect(await house.recordings.rebuild(ID, new AbortController().signal)).toContain(
      "The disk had nothing of its first",
    );
    const recording = await house.recordings.repair(ID);
    expect(recording?.segments[0]?.msn).toBe(1);
    expect(recording?.segments.slice(-later.segments.length).map(({ msn }) => msn)).toEqual(
      later.segments.map(({ msn }) => msn),
    );
  });
});

test("ten reconnects and five switches are one recording, as long as its samples (R3)", async () => {
  await using house = new House();
  await house.goLive();
  house.run(4);
  for (let drop = 0; drop < 10; drop += 1) {
    house.drop("primary");
    house.run(2);
    house.connect("primary");
    house.run(4);
  }
  house.connect("secondary");
  house.run(3);
  for (let change = 0; change < 5; change += 1) {
    const to = house.manager.onAir(ID) === "primary" ? "secondary" : "primary";
    expect(house.manager.requestSwitch(ID, to)).toBe(true);
    house.run(3);
    expect(house.manager.onAir(ID)).toBe(to);
  }
  const recording = await house.stopped();
  expect(house.hasRecordingFailed).toBe(false);
  expect(recording.segments.map(({ msn }) => msn - 1)).toEqual([...recording.segments.keys()]);
  expect(recording.segments.filter(({ discontinuity }) => discontinuity)).toHaveLength(10);
  const samples = videoSeconds(recording);
  expect(recording.durationSeconds).toBeCloseTo(samples, 6);
  // On the air: 4 s before the first drop, 4 s after each reconnect, 3 s with both, 3 s after each of five requests.
  expect(Math.abs(samples - (4 + 10 * 4 + 3 + 5 * 3))).toBeLessThan(FRAME_MS / 1000);
});

test("what happens is reported with its place in the recording, which goes on across drops and a restart", async () => {
  await using house = new House();
  await house.goLive();
  house.run(4);
  house.drop("primary");
  house.run(2);
  house.connect("primary");
  house.run(4);
  await house.restart();
  house.connect("primary");
  house.run(3);
  const { durationSeconds } = await house.stopped();
  const lines = house.reports.lines.map((line) => line.replace(/\.\d s$/, " s"));
  expect(lines).toEqual([
    "primary connected",
    "primary active with h264 and aac",
    "switched to primary: begin at 0 s",
    "primary inactive: closed at 4 s",
    "switched to null: closed at 4 s",
    "primary disconnected: null at 4 s",
    "primary connected at 4 s",
    "primary active with h264 and aac at 4 s",
    "discontinuity before segment 4 at 4 s",
    "switched to primary: active at 4 s",
    "primary inactive: closed at 8 s",
    "primary disconnected: the server is shutting down at 8 s",
    "primary connected at 8 s",
    "primary active with h264 and aac at 8 s",
    "discontinuity before segment 6 at 8 s",
    "switched to primary: active at 8 s",
    "primary inactive: closed at 11 s",
    "primary disconnected: the livestream was stopped at 11 s",
  ]);
  expect(durationSeconds).toBeCloseTo(11, 1);
});

test("after a restart the playlist goes on from the recording: numbers, tracks, target duration", async () => {
  await using house = new House();
  await house.goLive();
  house.run(20);
  const before = house.window;
  await house.restart();
  const { window } = house;
  const last = before.segments.at(-1);
  expect(window.segments.at(-1)).toMatchObject({
    msn: last?.msn ?? -1,
    programDateTimeMs: last?.programDateTimeMs ?? -1,
  });
  expect([window.mediaSequence, window.targetDurationSeconds, window.facts]).toEqual([
    before.mediaSequence,
    before.targetDurationSeconds,
    before.facts,
  ]);
  house.connect("primary");
  house.run(8);
  const next = window.segments.find(({ msn }) => msn === (last?.msn ?? 0) + 1);
  expect(next).toMatchObject({ discontinuity: true, initializationId: 1 });
  const { segments, renditions } = await house.stopped();
  expect(segments.map(({ msn }) => msn - 1)).toEqual([...segments.keys()]);
  expect(renditions[0]?.initializations.map(({ id }) => id)).toEqual([0, 1]);
});

test("after a restart a playlist that had ended answers to its end, from what is recorded", async () => {
  await using house = new House();
  await house.goLive();
  house.run(20);
  await house.manager.stop(ID);
  const before = house.window;
  await house.startAnew();
  await house.manager.reopenEnded(ID);
  expect([house.programme.hasEnded, house.window.hasEnded]).toEqual([true, true]);
  expect(house.window.segments).toMatchObject([...before.segments]);
  for (const { msn } of house.window.segments) {
    expect(house.programme.held.segment("v0-360", msn)).toMatchObject([{ byteLength: expect.any(Number) }]);
  }
  expect(house.manager.claim("key-1", { cut: () => {} })).toBe("unknown");
});

describe("with DVR", () => {
  /** What stays listed: parts leave, and the next one is only hinted at. */
  const lasting = (text: string): string => text.replace(/^#EXT-X-(PART|PRELOAD-HINT):.*\n/gm, "");
  const listed = (text: string): string[] => text.match(/^segment-\d+\.m4s$/gm) ?? [];
  const numbered = (count: number): string[] =>
    Array.from({ length: count }, (_, msn) => `segment-${msn}.m4s`);

  test("the playlist reaches back to the publish, also after restarts, and lines are only appended", async () => {
    await using house = new House({ withDvr: true });
    await house.goLive();
    let before = "";
    for (let round = 0; round < 3; round += 1) {
      house.run(40);
      await until("the disk to have it", () => house.programme.held.placeOf("v0-360", 10) === "recorded");
      house.run(4);
      const text = lasting(await house.eventText());
      expect(text).toStartWith(before);
      before = text;
      await house.restart();
      house.connect("primary");
      // What was open at the end of the process is closed and listed.
      expect(lasting(await house.eventText())).toStartWith(before);
      before = lasting(await house.eventText());
    }
    const count = listed(before).length;
    expect(count).toBeGreaterThan(60);
    expect(listed(before)).toEqual(numbered(count));
    expect(before.match(/^#EXT-X-(DISCONTINUITY|MAP:.*)$/gm)).toEqual([
      '#EXT-X-MAP:URI="init-0.mp4"',
      "#EXT-X-DISCONTINUITY",
      '#EXT-X-MAP:URI="init-1.mp4"',
      "#EXT-X-DISCONTINUITY",
      '#EXT-X-MAP:URI="init-2.mp4"',
    ]);
    expect(house.window.segments).toHaveLength(6);
    const { durationSeconds } = await house.stopped();
    const sum = [...before.matchAll(/EXTINF:([\d.]+)/g)].reduce((all, [, each]) => all + Number(each), 0);
    expect(sum).toBeCloseTo(durationSeconds + 0.04, 3); // with the gap before the first
  });

  test("an ended playlist is listed whole after a restart", async () => {
    await using house = new House({ withDvr: true });
    await house.goLive();
    house.run(40);
    await house.manager.stop(ID);
    const before = await house.eventText();
    await house.startAnew();
    await house.manager.reopenEnded(ID);
    expect(await house.eventText()).toBe(lasting(before));
    expect(before).toEndWith("#EXT-X-ENDLIST\n");
  });

  test("a recording that stops leaves gaps where nothing can be served, and what it holds to be served", async () => {
    await using house = new House({ withDvr: true });
    await house.goLive();
    house.run(20);
    await house.programme.suspend(); // Its files are closed: the next write fails.
    const recorded = lasting(await house.eventText());
    house.run(4);
    await until("the recording to fail", () => house.hasRecordingFailed);
    house.run(40);
    const text = lasting(await house.eventText());
    expect(text).toStartWith(recorded);
    expect(listed(text)).toEqual(numbered(listed(text).length));
    const gaps = (text.match(/#EXT-X-GAP\n(.*)/g) ?? []).map((lines) => lines.split("\n")[1]);
    const lost = numbered(listed(text).length).slice(listed(recorded).length, -6);
    expect(lost.length).toBeGreaterThan(10);
    expect(gaps).toEqual(["segment-0.m4s", ...lost]);
    for (const [msn, name] of listed(text).entries())
      expect([name, house.programme.held.segment("v0-360", msn) === null]).toEqual([
        name,
        msn === 0 || lost.includes(name),
      ]);
  });

  test("nothing that cannot be seeked back in says that it can", async () => {
    await using house = new House({ withDvr: true });
    await house.goLive();
    house.run(20);
    await house.manager.shutdown();
    const json = '{"type":"journal","version":99}';
    const newer = `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
    writeFileSync(join(house.folder, ID, "journal.ndjson"), newer);
    await house.restart();
    house.connect("primary");
    house.run(30);
    expect(house.programme.eventText(house.window)).toBeNull();
    expect(house.window.segments).toHaveLength(6);
  });
});

describe("whoever watched an instance", () => {
  let house: House;
  let before: PlaylistWindow;
  const seenMsns = () => before.segments.map(({ msn }) => msn);

  beforeEach(async () => {
    house = new House();
    await house.goLive();
    house.run(4);
    before = house.windowOf("primary") ?? expect.unreachable();
    house.run(20);
    house.windowOf("primary");
  });

  afterEach(() => house[Symbol.asyncDispose]());

  test("has no end of it announced when the process ends", async () => {
    await house.manager.shutdown();
    expect([before.segments.length, before.hasEnded]).toEqual([6, false]);
  });

  test("finds after a restart the end of the programme, and then what its encoder sends", async () => {
    await house.restart();
    const { segments: recorded } = house.window;
    const programme = house.manager.instanceProgramme(ID, "primary") ?? expect.unreachable();
    const window = programme.leadWindow ?? expect.unreachable();
    const found = window.segments;
    expect(found.map(({ programDateTimeMs }) => programDateTimeMs)).toEqual(
      recorded.map(({ programDateTimeMs }) => programDateTimeMs),
    );
    const firstMsn = found[0]?.msn ?? 0;
    expect(firstMsn).toBeGreaterThan(Math.max(...seenMsns()));
    for (const [index, { msn, initializationId }] of found.entries()) {
      expect(msn).toBe(firstMsn + index);
      const { held } = house.programme;
      const same = recorded[index] ?? expect.unreachable();
      expect(programme.held.segment("v0-360", msn)).toEqual(held.segment("v0-360", same.msn));
      const initialization = held.initialization("v0-360", same.initializationId);
      expect(initialization).not.toBeNull();
      expect(programme.held.initialization("v0-360", initializationId)).toEqual(initialization);
    }

    house.connect("primary");
    house.run(5);
    expect(house.windowOf("primary")).toBe(window);
    const own = window.segments.filter(({ msn }) => msn > (found.at(-1)?.msn ?? 0));
    expect(own[0]).toMatchObject({ msn: firstMsn + found.length, discontinuity: true });
    expect(own[0]?.initializationId).toBeGreaterThan(found.at(-1)?.initializationId ?? 0);
    expect(programme.held.segment("v0-360", own[0]?.msn ?? 0)).not.toBeNull();
  });

  test("finds it also when the encoder is there first", async () => {
    await house.restart();
    house.connect("primary");
    house.run(1.2);
    expect(house.windowOf("primary")?.segments).toHaveLength(6);
  });

  test("finds it under other numbers after the next restart", async () => {
    await house.restart();
    const first = house.windowOf("primary")?.segments.at(-1)?.msn ?? 0;
    house.clock.pass(1000);
    await house.restart();
    expect(house.windowOf("primary")?.mediaSequence).toBeGreaterThan(first);
  });

  test("finds nothing of the programme where the encoder sends something else", async () => {
    await house.restart();
    expect(house.windowOf("primary")?.segments).toHaveLength(6);
    house.connect("primary", { video: false });
    house.run(5);
    expect(house.renditionsOf("primary")).toEqual(["a0"]);
    await house.restart();
    house.connect("primary", { video: false });
    house.run(3);
    expect(house.renditionsOf("primary")).toEqual([]);
    house.run(5);
    expect(house.renditionsOf("primary")).toEqual(["a0"]);
  });

  test.each([
    [59_999, 6],
    [60_000, undefined],
  ])("and comes %i ms after a restart finds %p segments of before", async (milliseconds, count) => {
    await house.restart();
    house.clock.pass(milliseconds);
    expect(house.windowOf("primary")?.segments.length).toBe(count);
  });
});

test.each(["", "nothing of a journal\n"])(
  "after a restart that finds a journal of %j no number is used twice (P5)",
  async (journal) => {
    await using house = new House();
    await house.goLive();
    house.run(20);
    const seen = house.window;
    await house.manager.shutdown();
    writeFileSync(join(house.folder, ID, "journal.ndjson"), journal);
    await house.restart();
    expect(house.manager.opening(ID)).not.toBeNull();
    house.connect("primary");
    house.run(8);
    const { window } = house;
    expect(window.mediaSequence).toBeGreaterThan(seen.segments.at(-1)?.msn ?? 0);
    expect(window.discontinuitySequence).toBeGreaterThan(seen.discontinuitySequence);
    expect(window.segments[0]?.discontinuity).toBe(true);
    expect(house.reports.lines.filter((line) => line.startsWith("recording stopped"))).toEqual([]);
    expect((await house.stopped()).segments.map(({ msn }) => msn)).toEqual(
      window.segments.map(({ msn }) => msn),
    );
  },
);

test("a recording that cannot be read keeps nobody from watching what comes, and its files stay as they are", async () => {
  await using house = new House();
  await house.goLive();
  house.run(20);
  const seen = house.window;
  await house.manager.shutdown();
  const journal = join(house.folder, ID, "journal.ndjson");
  const json = '{"type":"journal","version":99}';
  const newer = `${crc32(json).toString(16).padStart(8, "0")} ${json}\n`;
  writeFileSync(journal, newer);

  await house.restart();
  house.connect("primary");
  house.run(8);
  expect(house.window.segments.length).toBeGreaterThan(2);
  expect(house.window.mediaSequence).toBeGreaterThan(seen.segments.at(-1)?.msn ?? 0);
  expect(house.window.segments[0]?.discontinuity).toBe(true);
  expect(house.reports.lines.filter((line) => line.startsWith("recording stopped"))).toHaveLength(1);
  expect(house.reports.lines.join()).toContain("the journal is of version 99");
  expect(readFileSync(journal, "utf8")).toBe(newer);
});

test("after a restart behind a recording that failed, no number is used twice and none falls (P5, R5)", async () => {
  await using house = new House();
  await house.goLive();
  house.run(20);
  await house.programme.suspend(); // Its files are closed: the next write fails.
  for (let drop = 0; drop < 5; drop += 1) {
    house.drop("primary");
    house.connect("primary");
    house.run(20);
  }
  await until("the recording to fail", () => house.hasRecordingFailed);
  const seen = house.window;
  const lastMsn = seen.segments.at(-1)?.msn ?? 0;
  const lastInitializationId = Math.max(...seen.segments.map(({ initializationId }) => initializationId));
  const seenDiscontinuities = seen.discontinuitySequence;
  expect(lastMsn).toBeGreaterThan(50);

  house.clock.set(-400 * DAY_MS);
  await house.restart();
  expect(house.programme.leadWindow).toBeNull();
  house.connect("primary");
  house.run(8);
  const { window } = house;
  expect(window.mediaSequence).toBeGreaterThan(lastMsn);
  expect(window.discontinuitySequence).toBeGreaterThan(seenDiscontinuities);
  expect(window.segments[0]).toMatchObject({ discontinuity: true });
  expect(window.segments[0]?.initializationId).toBeGreaterThan(lastInitializationId);
  expect(window.targetDurationSeconds).toBe(seen.targetDurationSeconds);

  // There is room again: what comes from now on is recorded behind what was before.
  const { segments, durationSeconds } = await house.stopped();
  expect(segments.some(({ msn }) => msn === 5)).toBe(true);
  expect(segments.at(-1)?.msn).toBe(window.segments.at(-1)?.msn ?? -1);
  expect(durationSeconds).toBeGreaterThan(27);
  expect(durationSeconds).toBeLessThan(29);
});

test.each([200 * DAY_MS, -3_600_000])(
  "a clock that is set by %p ms while live: the next segment has the right date, behind a discontinuity (K7)",
  async (setByMs) => {
    await using house = new House();
    await house.goLive();
    house.run(9);
    house.clock.set(setByMs);
    house.run(7);
    expect(house.manager.onAir(ID)).toBe("primary");
    const { segments } = house.window;
    const first = segments.findIndex(({ discontinuity }) => discontinuity);
    expect(first).toBeGreaterThan(0);
    expect(segments.filter(({ discontinuity }) => discontinuity)).toHaveLength(1);
    for (const [index, { programDateTimeMs, durationSeconds }] of segments.entries()) {
      const next = segments[index + 1]?.programDateTimeMs ?? programDateTimeMs + durationSeconds * 1000;
      const step = next - programDateTimeMs - durationSeconds * 1000;
      expect(Math.abs(step - (index + 1 === first ? setByMs : 0))).toBeLessThan(FRAME_MS);
    }
    const newest = segments.at(-1);
    const endsAtMs = (newest?.programDateTimeMs ?? 0) + (newest?.durationSeconds ?? 0) * 1000;
    expect(Math.abs(house.clock.dateMs() - endsAtMs)).toBeLessThan(3000);
    const recording = await house.stopped();
    expect(recording.segments.filter(({ discontinuity }) => discontinuity)).toHaveLength(1);
    expect(recording.durationSeconds).toBeCloseTo(videoSeconds(recording), 6);
  },
);

test("a clock that is set by less than two seconds breaks no playlist", async () => {
  await using house = new House();
  await house.goLive();
  for (const setByMs of [1000, -1000, 1900, -1900]) {
    house.run(5);
    house.clock.set(setByMs);
  }
  house.run(5);
  const { segments } = await house.stopped();
  expect(segments.some(({ discontinuity }) => discontinuity)).toBe(false);
  const dates = segments.map(({ programDateTimeMs }) => programDateTimeMs);
  expect(dates.every((date, index) => index === 0 || date > (dates[index - 1] ?? 0))).toBe(true);
});

test("a clock that was set while no encoder sent breaks the playlist no second time", async () => {
  await using house = new House();
  await house.goLive();
  house.run(5);
  house.drop("primary");
  house.clock.set(200 * DAY_MS);
  house.run(3);
  house.connect("primary");
  house.run(7);
  const { segments } = await house.stopped();
  const jumps = segments.filter(({ discontinuity }) => discontinuity);
  expect(jumps).toHaveLength(1);
  expect(Math.abs((jumps[0]?.programDateTimeMs ?? 0) - house.clock.dateMs())).toBeLessThan(8000);
});

test("an instance's own numbers rise across restarts, though nothing of it is kept, and its discontinuities are few", () => {
  let risingMs = 1_700_000_000_000;
  const id = Bun.randomUUIDv7("hex", risingMs - 5000);
  const open = instanceOpener({
    clock: new FakeClock(),
    risingMs: () => risingMs,
    segmentSeconds: 1,
    partMilliseconds: 0,
    rtmpMergeMilliseconds: 0,
  });
  const firstNumbers = (): readonly [number, number] => {
    const side = open(id);
    side.setTracks([videoTrack], false);
    for (const unit of videoUnits({ seconds: 2, gopFrames: 25 })) side.push(unit);
    side.flush();
    expect(side.leadWindow?.segments).toHaveLength(2);
    return [side.leadWindow?.mediaSequence ?? 0, side.leadWindow?.discontinuitySequence ?? 0];
  };
  const [msn, discontinuitySequence] = firstNumbers();
  risingMs += 1000;
  expect(firstNumbers()).toEqual([msn + 10, discontinuitySequence + 1]);
  // hls.js keeps a list of as many.
  expect(discontinuitySequence).toBe(5);
});

/** How long its pictures last: of each segment the sum of its samples' durations, read from the file. */
function videoSeconds({ media: { file }, segments, tracks }: Recording): number {
  const media = readFileSync(file);
  const video = tracks.find(({ kind }) => kind === "video");
  let ticks = 0;
  for (const { offset, byteLength } of segments) {
    for (let at = offset; at < offset + byteLength; ) {
      const fragment = readFragment(media, at);
      if (fragment === null) throw new Error(`no fragment at ${at}`);
      for (const run of fragment.runs) if (run.trackId === video?.trackId) ticks += run.durationTicks;
      at += fragment.byteLength;
    }
  }
  return ticks / (video?.timescale ?? 1);
}
