// Descriptors run out, as with `ulimit -n 256`: no core spins, encoders get in, and the operator is told (K8).

import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchPlaylist, fetchVariantUrl } from "#test/support/judges.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TANDEM, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const LIMIT = 256;
const HTTP_CLIENTS = 1000;
const RTMP_CLIENTS = 500;

/** What the server may use of a core while it is besieged and serves one encoder, where a spinning loop takes all. */
const MOST_CPU = 0.5;
const WATCHED_SECONDS = 4;

/** Of USER_HZ, in which Linux counts. */
const TICKS_PER_SECOND = 100;

test.skipIf(!areInstalled("ffmpeg", "ffprobe") || process.platform !== "linux")(
  "an encoder gets in and is recorded while both ports are flooded, at rest, with one line in the log",
  async () => {
    const program = ["sh", "-c", `ulimit -n ${LIMIT}; exec "$@"`, "sh", ...TANDEM];
    await using server = await TandemServer.start({ program });
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Besieged" });
    const { inputs } = await api.start(id);
    const url = inputs[0]?.url ?? "";
    const before = openDescriptors(server);

    using http = new Flood(server.httpPort, HTTP_CLIENTS, "GET /");
    using rtmp = new Flood(Number(new URL(url).port), RTMP_CLIENTS, "\x03");
    await until("the floods at the doors", () => http.isThere && rtmp.isThere);
    expect(openDescriptors(server)).toBeLessThanOrEqual(LIMIT);

    await using encoder = ffmpegEncoder({ url });
    await api.when(id, "an active ingest", (each) => each.inputs.some((input) => input.active));
    const { playouts } = await api.publish(id);
    await until("a playlist", async () => {
      const variantUrl = await fetchVariantUrl(playouts[0]?.url ?? "");
      return (await fetchPlaylist(variantUrl)).segments.length >= 2;
    });
    const usedBefore = cpuSeconds(server);
    await Bun.sleep(WATCHED_SECONDS * 1000);
    expect((cpuSeconds(server) - usedBefore) / WATCHED_SECONDS).toBeLessThan(MOST_CPU);
    expect(openDescriptors(server)).toBeLessThan(LIMIT - 16);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);

    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metricIn(metrics, "process_max_fds")).toBe(LIMIT);
    expect(metricIn(metrics, "tandem_http_accept_pauses_total")).toBeGreaterThan(0);
    const turnedAway = metricIn(metrics, 'tandem_connections_turned_away_total{kind="rtmp_waiting"}');
    expect(turnedAway).toBeGreaterThan(0);
    expect(server.logs.split('"event":"descriptors_short"')).toHaveLength(2);
    expect(encoder.hasExited).toBe(false);

    http[Symbol.dispose]();
    rtmp[Symbol.dispose]();
    await until("the descriptors of before", () => openDescriptors(server) <= before + 10);
    await api.stop(id);
    const { mediaId } = await api.when(id, "the recording", ({ status }) => status === "finished");
    const media = await api.media(mediaId ?? "");
    expect(media.durationSeconds).toBeGreaterThan(WATCHED_SECONDS);
    await decodeAll(media.playlistUrl);
    expect(server.logs).not.toContain("recording_failed");
  },
  60_000,
);

/** So many clients who connect, say little or nothing, and stay for as long as they are let. */
class Flood implements Disposable {
  readonly #sockets: readonly Socket[];
  #settled = 0;

  /** Every second one says `word`. */
  constructor(port: number, count: number, word: string) {
    this.#sockets = Array.from({ length: count }, (_, index) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        if (index % 2 === 0) socket.write(word);
        this.#settle();
      });
      socket.once("error", () => this.#settle());
      return socket;
    });
  }

  /** Whether each of them was let in, or not. */
  get isThere(): boolean {
    return this.#settled >= this.#sockets.length;
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #settle(): void {
    this.#settled += 1;
  }
}

function openDescriptors({ processId }: TandemServer): number {
  return readdirSync(`/proc/${processId}/fd`).length;
}

/** Of all its threads. */
function cpuSeconds({ processId }: TandemServer): number {
  const fields = readFileSync(`/proc/${processId}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function metricIn(metrics: string, sample: string): number {
  const line = metrics.split("\n").find((each) => each.startsWith(`${sample} `));
  return Number(line?.slice(sample.length + 1));
}
