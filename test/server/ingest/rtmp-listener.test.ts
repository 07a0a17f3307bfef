import { heapStats } from "bun:jsc";
import { afterAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClientSession } from "#media/rtmp/client-session.ts";
import { HANDSHAKE_RANDOM_LENGTH } from "#media/rtmp/handshake.ts";
import { SystemClock } from "#server/common/clock.ts";
import { Descriptors } from "#server/common/descriptors.ts";
import { InTurn } from "#server/common/in-turn.ts";
import { createLog } from "#server/common/log.ts";
import { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import { RtmpListener } from "#server/ingest/rtmp-listener.ts";
import { SlowPlayers } from "#server/ingest/slow-players.ts";
import { LivestreamTurns } from "#server/livestreams/livestream-turns.ts";
import { PlayoutReporter } from "#server/livestreams/playout-reporter.ts";
import { PlayoutManager } from "#server/playout/playout-manager.ts";
import { endedOpener, instanceOpener, programmeOpener } from "#server/programme/open-programme.ts";
import { isInMemory } from "#server/recording/piece.ts";
import { Recordings } from "#server/recording/recordings.ts";
import { OwedWrites } from "#server/store/owed-writes.ts";
import { SyntheticEncoder } from "#test/support/synthetic-encoder.ts";
import { TARGETS } from "#test/support/targets.ts";
import { until } from "#test/support/until.ts";

const ID = "0190b8e8-0000-7000-8000-000000000001";
const CYCLES = 2000;

/** Until everything is compiled and as large as it gets. */
const WARM_UP_CYCLES = 300;

/** Half a minute on a busy machine. */
const LIMIT_MS = 180_000;

const folder = mkdtempSync(join(tmpdir(), "tandem-ingest-"));
const clock = new SystemClock();
const dateMs = () => clock.dateMs();
const log = createLog({
  level: "error",
  write: (line) => {
    throw new Error(line);
  },
  clock,
});
const reports = new PlayoutReporter({
  livestreams: { noteSourceStart: async () => false, noteRecordingStop: async () => false },
  turns: new LivestreamTurns(new InTurn()),
  owed: new OwedWrites({ isStoreWell: async () => true, log }),
  feed: new LivestreamFeed({
    writer: { writeEvent: (_, onWritten) => onWritten(), remove: () => {} },
    dateMs,
    log,
  }),
  dateMs,
  log,
});
const options = {
  clock,
  risingMs: dateMs,
  segmentSeconds: 2,
  partMilliseconds: 200,
  rtmpMergeMilliseconds: 0,
};
const recordings = new Recordings(folder);
const manager = new PlayoutManager({
  clock,
  ingestTimeoutSeconds: 5,
  targets: TARGETS,
  isRevertive: false,
  openProgramme: programmeOpener({ ...options, recordings, reports }),
  openEnded: endedOpener({ ...options, recordings }),
  openInstance: instanceOpener(options),
  reports,
});
const AMPLE = new Descriptors({ limit: Number.POSITIVE_INFINITY, countOpen: () => 0 });
const listener = new RtmpListener({
  ...{ hostname: "127.0.0.1", port: 0, tls: null },
  ...{ door: manager, slowPlayers: new SlowPlayers(), descriptors: AMPLE, log, clock },
});

afterAll(async () => {
  // Thousands of segments came faster than from any encoder: a busy disk needs longer for them than an end has.
  await until("the last segment on the disk", isRecorded);
  await manager.shutdown();
  listener.stop();
  rmSync(folder, { recursive: true, force: true });
});

function isRecorded(): boolean {
  const programme = manager.programme(ID);
  for (const [name, { segments }] of programme?.windows ?? []) {
    const last = segments.at(-1);
    const pieces = last === undefined ? null : (programme?.held.segment(name, last.msn) ?? null);
    if (pieces?.some(isInMemory) !== false) return false;
  }
  return true;
}

/** Publishes with the key until the server has seen a key frame, then leaves: as an encoder does, or as a crash does. */
async function publishOnce(cycle: number): Promise<void> {
  const session = new ClientSession({
    randomBytes: new Uint8Array(HANDSHAKE_RANDOM_LENGTH),
    app: "live",
    tcUrl: `rtmp://127.0.0.1:${listener.port}/live`,
    streamName: "key-1",
  });
  const started = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port: listener.port,
    socket: {
      open: (opened) => void opened.write(session.takeOutput() ?? new Uint8Array()),
      data: (receiving, bytes) => {
        for (const { type } of session.push(bytes)) {
          if (type === "publishing") started.resolve();
          else started.reject(new Error(type));
        }
        receiving.write(session.takeOutput() ?? new Uint8Array());
      },
      close: () => closed.resolve(),
    },
  });
  await started.promise;
  const encoder = new SyntheticEncoder({ gopFrames: 5 });
  for (const message of [...encoder.headers(), ...encoder.play(0.4)]) session.sendMedia(message);
  socket.write(session.takeOutput() ?? new Uint8Array());
  while (!manager.hasActiveIngest(ID)) await Bun.sleep(0);
  if (cycle % 2 === 0) session.unpublish();
  socket.write(session.takeOutput() ?? new Uint8Array());
  if (cycle % 2 === 0) socket.end();
  else socket.terminate();
  await closed.promise;
  while (manager.rtmpConnections(ID, "primary") > 0) await Bun.sleep(0);
}

interface Measured {
  readonly heapBytes: number;
  readonly descriptors: number;
  /** Live ones by type: sockets, timers, closures, promises, buffers. */
  readonly objects: Readonly<Record<string, number>>;
  /** Where each lies on the disk is remembered for as long as the livestream runs. */
  readonly segments: number;
}

function measured(): Measured {
  Bun.gc(true);
  const window = manager.programme(ID)?.leadWindow;
  return {
    heapBytes: process.memoryUsage().heapUsed,
    descriptors: readdirSync("/proc/self/fd").length,
    objects: heapStats().objectTypeCounts,
    segments: (window?.mediaSequence ?? 0) + (window?.segments.length ?? 0),
  };
}

test.skipIf(!existsSync("/proc/self/fd"))(
  "thousands of publishes with one key leave no descriptor, listener, timer or heap behind (L3)",
  async () => {
    const streamKeys = { primary: "key-1", secondary: null };
    manager.open({ id: ID, withDvr: false, streamKeys, hasRecordingFailed: false });
    await publishOnce(0);
    await manager.publish(ID);
    for (let cycle = 0; cycle < WARM_UP_CYCLES; cycle += 1) await publishOnce(cycle);
    const before = measured();
    for (let cycle = 0; cycle < CYCLES; cycle += 1) await publishOnce(cycle);
    const after = measured();
    const segments = after.segments - before.segments;
    expect(segments).toBeGreaterThanOrEqual(CYCLES - 1);
    expect(after.descriptors).toBe(before.descriptors);
    expect(after.heapBytes - before.heapBytes).toBeLessThan(1_000_000);
    for (const [type, count] of Object.entries(after.objects)) {
      const remembered = type === "Object" ? segments : 0;
      const more = count - remembered - (before.objects[type] ?? 0);
      expect([type, more < CYCLES / 4]).toEqual([type, true]);
    }
  },
  LIMIT_MS,
);
