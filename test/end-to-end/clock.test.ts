// The date is set while the server runs, by 200 days and by an hour: nothing that lasts notices, and every date follows.

import { describe, expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { canFakeDates, FakeDate } from "#test/support/fake-date.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl, probe } from "#test/support/judges.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const HOUR = 3600;
const DAYS_200 = 200 * 24 * HOUR;

/** How far from what it should be a date may be: the way to the server, a segment, and the second that the library takes. */
const NEAR_MS = 8000;

describe.skipIf(!areInstalled("ffmpeg", "ffprobe") || !canFakeDates())(
  "on a machine whose clock is set",
  () => {
    test("every date is right within seconds, and nothing that lasts is cut short or drawn out (K7)", async () => {
      using date = new FakeDate();
      await using server = await startAt(date);
      const api = new ApiClient(server.url, ADMIN_TOKEN);
      const create = () =>
        api.operations.createLivestream({ name: "Clock" }, { idempotencyKey: "the-first" });
      const { id } = await create();
      await using encoder = await goLive(api, id);
      const media = await until("a playlist", () => fetchVariantUrl(`${server.url}/live/${id}/index.m3u8`));
      await until("samples", async () => (await samplesOf(api, id)).length >= 3);
      const connectedAtMs = (await inputOf(api, id)).connectedAtMs;
      let sampleCount = (await samplesOf(api, id)).length;

      for (const aheadSeconds of [DAYS_200, DAYS_200 - HOUR, 0, -HOUR]) {
        const setAtMs = performance.now();
        date.set(aheadSeconds);
        await until("a segment of the new date", async () => isNear(await endOf(media), date.nowMs()));

        const input = await inputOf(api, id);
        expect(input.active).toBe(true);
        expect(isNear(input.connectedAtMs, connectedAtMs + aheadSeconds * 1000)).toBe(true);
        expect(isNear(input.lastSeenAtMs, date.nowMs())).toBe(true);
        expect(isNear(Date.parse((await api.create({ name: "Made now" })).createdAtUtc), date.nowMs())).toBe(
          true,
        );
        expect((await create()).id).toBe(id);
        expect((await api.operations.getLivestreamStatsOverview(id)).sum.hlsConnections).toBeGreaterThan(0);

        const seconds = (performance.now() - setAtMs) / 1000;
        const samples = await until("the samples of these seconds", async () => {
          const all = await samplesOf(api, id);
          // By parts the new date is seen before a sample has it: one may still come with the old one.
          const hasNewDate = isNear(all[0] ?? 0, date.nowMs());
          return hasNewDate && all.length >= sampleCount + Math.floor(seconds) - 1 ? all : null;
        });
        expect(samples.every((atMs, index) => index === 0 || atMs < (samples[index - 1] ?? 0))).toBe(true);
        sampleCount = samples.length;
      }
      expect((await probe(`${server.url}/live/${id}/index.m3u8`)).streams).toHaveLength(2);
      expect(encoder.hasExited).toBe(false);

      encoder.freeze();
      const frozenAtMs = performance.now();
      await api.when(id, "the timeout", ({ onAir }) => onAir === null);
      expect(performance.now() - frozenAtMs).toBeGreaterThan(2000);
      const lastLine = server.logs.trimEnd().split("\n").at(-1) ?? "{}";
      expect(isNear(Date.parse(JSON.parse(lastLine).atUtc), date.nowMs())).toBe(true);
      await api.stop(id);
      const { mediaId } = await api.when(id, "the recording", ({ status }) => status === "finished");
      const recording = await api.media(mediaId ?? "");
      const playlist = await fetchPlaylist(
        await fetchVariantUrl(recording.playlistUrl).catch(() => recording.playlistUrl),
      );
      expect(playlist.segments.filter(({ hasDiscontinuity }) => hasDiscontinuity)).toHaveLength(4);
      await decodeAll(recording.playlistUrl);
    }, 120_000);

    test("after a crash and a clock set back the numbers of an instance's playout go on rising (P5)", async () => {
      using date = new FakeDate();
      await using server = await startAt(date);
      const api = new ApiClient(server.url, ADMIN_TOKEN);
      const { id } = await api.create({ name: "Clock" });
      let encoder = await goLive(api, id);
      const side = `${server.url}/live/${id}/primary/index.m3u8`;
      let lastMsn = 0;
      for (const aheadSeconds of [0, -HOUR, -DAYS_200]) {
        const media = await until("the side's playlist", () => fetchVariantUrl(side));
        const { mediaSequence, segments } = await fetchPlaylist(media);
        expect(mediaSequence).toBeGreaterThan(lastMsn);
        lastMsn = mediaSequence + segments.length;
        await server.kill();
        await encoder.kill();
        date.set(aheadSeconds);
        await server.startAgain();
        encoder = ffmpegEncoder({ url: (await api.get(id)).inputs[0]?.url ?? "" });
      }
      await encoder.kill();
    }, 120_000);
  },
);

function startAt(date: FakeDate): Promise<TandemServer> {
  const settings = {
    TANDEM_SAMPLE_INTERVAL_SECONDS: "1",
    TANDEM_INGEST_TIMEOUT_SECONDS: "3",
    TANDEM_SEGMENT_SECONDS: "1",
  };
  return TandemServer.start({ environment: { ...date.environment, ...settings } });
}

/** Resolves to its encoder. */
async function goLive(api: ApiClient, id: string) {
  const { inputs } = await api.start(id);
  const encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "", maxSeconds: 100 });
  await api.when(id, "an active ingest", (each) => each.inputs[0]?.active === true);
  await api.publish(id);
  return encoder;
}

async function inputOf(api: ApiClient, id: string) {
  const { status, onAir, inputs } = await api.get(id);
  expect([status, onAir]).toEqual(["live", "primary"]);
  return {
    active: inputs[0]?.active,
    connectedAtMs: Date.parse(inputs[0]?.connectedAtUtc ?? ""),
    lastSeenAtMs: Date.parse(inputs[0]?.lastSeenAtUtc ?? ""),
  };
}

/** All of the primary's, newest first, by the calls that walk through them. */
async function samplesOf(api: ApiClient, id: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let before: string | undefined; ; ) {
    const query = { perpage: 20, ...(before === undefined ? {} : { before }) };
    const { items } = await api.operations.getLivestreamStats(id, "primary", query);
    if (items.length === 0) return times;
    times.push(...items.map(({ createdAtUtc }) => Date.parse(createdAtUtc)));
    before = items.at(-1)?.createdAtUtc;
  }
}

/** The date at which the newest segment ends. */
async function endOf(mediaUrl: string): Promise<number> {
  const { text, segments } = await fetchPlaylist(mediaUrl);
  const dates = [...text.matchAll(/#EXT-X-PROGRAM-DATE-TIME:(.*)/g)].map(([, at = ""]) => Date.parse(at));
  return (dates.at(-1) ?? 0) + (segments.at(-1)?.durationSeconds ?? 0) * 1000;
}

function isNear(atMs: number, expectedMs: number): boolean {
  return Math.abs(atMs - expectedMs) < NEAR_MS;
}
