// The main job with every encoder we can get: create, start, publish, watch, stop, watch the recording.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { repeatClip } from "#server/command/demo/clip.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { ApiClient, type OpenInput } from "#test/support/api-client.ts";
import { ffmpegEncoder, gstreamerEncoder } from "#test/support/encoders.ts";
import { ROOT } from "#test/support/imports.ts";
import { decodeAll, fetchPlaylist, probe } from "#test/support/judges.ts";
import { ObsSession } from "#test/support/obs-session.ts";
import { areInstalled } from "#test/support/program.ts";
import { expectNoSecrets } from "#test/support/secrets.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { Viewer } from "#test/support/viewer.ts";

/** The recording may differ from the broadcast by the part being made at either end, and by how far the encoder runs ahead or behind. */
const TOLERANCE_SECONDS = 0.5;

interface Encoder {
  name: string;
  needs: readonly string[];
  begin(input: OpenInput): Promise<AsyncDisposable>;
  width: number;
}

const ENCODERS: readonly Encoder[] = [
  { name: "ffmpeg", needs: ["ffmpeg"], begin: async ({ url }) => ffmpegEncoder({ url }), width: 640 },
  {
    name: "GStreamer's rtmp2sink",
    needs: ["gst-launch-1.0"],
    begin: async ({ url }) => gstreamerEncoder("rtmp2sink", { url }),
    width: 640,
  },
  {
    name: "librtmp (GStreamer's rtmpsink)",
    needs: ["gst-launch-1.0"],
    begin: async ({ url }) => gstreamerEncoder("rtmpsink", { url }),
    width: 640,
  },
  { name: "a session as OBS makes it", needs: [], begin: beginObsSession, width: 1280 },
];

describe.each(ENCODERS)("with $name", ({ name, needs, begin, width }) => {
  test.skipIf(!areInstalled(...needs, "ffmpeg", "ffprobe"))(
    "a livestream is watched live and then as a recording as long as the broadcast",
    async () => {
      await using server = await TandemServer.start();
      const api = new ApiClient(server.url, ADMIN_TOKEN);
      const { id } = await api.create({ name });
      const started = await api.start(id);
      const [primary] = started.inputs;
      if (primary === undefined) throw new Error("It has no input.");
      await using encoder = await begin(primary);
      await api.when(id, "an active ingest", ({ inputs }) => inputs.some((input) => input.active));
      const live = await api.publish(id);
      expect([live.status, live.onAir]).toEqual(["live", "primary"]);

      const [playout] = live.playouts;
      if (playout === undefined) throw new Error("It has no playout.");
      await using viewer = new Viewer(playout.url);
      const seen = await viewer.follow("three segments", ({ segments }) => segments.length >= 3);
      expect(seen.isEnded).toBe(false);
      for (const { durationSeconds } of seen.segments) {
        expect(Math.round(durationSeconds)).toBeLessThanOrEqual(seen.targetDurationSeconds);
      }
      const seenFile = await viewer.save();
      await decodeAll(seenFile);
      expect(kindsOf(await probe(seenFile))).toEqual(["audio aac", "video h264"]);

      const stopped = await api.stop(id);
      expect(stopped.inputs).toEqual([]);
      const finished = await api.when(id, "the recording", ({ status }) => status === "finished");
      const media = await api.media(finished.mediaId ?? "");
      const recording = await fetchPlaylist(media.playlistUrl);
      expect([recording.isEnded, recording.playlistType]).toEqual([true, "VOD"]);
      await decodeAll(media.playlistUrl);
      const facts = await probe(media.playlistUrl);
      expect(kindsOf(facts)).toEqual(["audio aac", "video h264"]);
      expect(facts.streams.find((stream) => stream.codec_type === "video")?.width).toBe(width);

      const broadcastSeconds = secondsBetween(live.startedAtUtc, stopped.stoppedAtUtc);
      expect(Math.abs(facts.durationSeconds - broadcastSeconds)).toBeLessThan(TOLERANCE_SECONDS);
      expect(Math.abs(media.durationSeconds - facts.durationSeconds)).toBeLessThan(0.1);
      expect(await server.stop()).toBe(0);
      expectNoSecrets(server, started.inputs);
      void encoder; // Held until here: the stop disconnects it.
    },
    60_000,
  );
});

async function beginObsSession({ serverUrl, streamKey }: OpenInput): Promise<AsyncDisposable> {
  const clip = readFlvFile(await Bun.file(join(ROOT, "server/command/demo/clip.flv")).bytes());
  const session = await ObsSession.publish(serverUrl, streamKey);
  void session.send(repeatClip(clip)); // Until the server disconnects it.
  return session;
}

function kindsOf({ streams }: Awaited<ReturnType<typeof probe>>): string[] {
  return streams.map((stream) => `${stream.codec_type} ${stream.codec_name}`).sort();
}

function secondsBetween(from: string | null, to: string | null): number {
  return (Date.parse(to ?? "") - Date.parse(from ?? "")) / 1000;
}
