// What happened to a livestream is on the disk, whole and in order, however often the process is killed.

import { expect, test } from "bun:test";
import { EVENT_TYPES } from "#openapi/names.ts";
import type { StoredEvent } from "#server/store/event-store.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { areInstalled } from "#test/support/program.ts";
import { expectNoSecrets } from "#test/support/secrets.ts";
import { storedEvents } from "#test/support/stored-events.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

/** As `type instance`, without what is in the timeline alone, which a busy machine may add to. */
const wordsOf = (events: readonly StoredEvent[]) =>
  events
    .filter(({ type }) => EVENT_TYPES.some((each) => each === type))
    .map(({ type, instance }) => (instance === null ? type : `${type} ${instance}`));

test.skipIf(!areInstalled("ffmpeg"))(
  "a livestream's events survive kill -9, none is there twice, and they go with the livestream",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const stored = (id: string, type: string) =>
      until(type, async () => (await storedEvents(server, id)).find((event) => event.type === type));

    const { id } = await api.create({ name: "Watched" });
    const { inputs } = await api.start(id);
    const url = inputs[0]?.url ?? "";
    const encoder = ffmpegEncoder({ url });
    await api.when(id, "an active ingest", (each) => each.inputs.some((input) => input.active));
    await using _refused = ffmpegEncoder({ url });
    await stored(id, "ingest.refused");
    await api.publish(id);
    await stored(id, "livestream.published");
    await Bun.sleep(1500); // Some recording.
    await server.kill();
    const before = await storedEvents(server, id);
    await encoder.kill();
    expect(wordsOf(before)).toEqual([
      "livestream.created",
      "livestream.started",
      "ingest.connected primary",
      "ingest.active primary",
      "ingest.refused primary",
      "playout.switched primary",
      "livestream.published",
    ]);

    await server.startAgain();
    await using _again = ffmpegEncoder({ url });
    await api.when(id, "the way on", ({ onAir }) => onAir !== null);
    await stored(id, "playout.discontinuity");
    await api.stop(id);
    await api.when(id, "the recording", ({ status }) => status === "finished");
    await stored(id, "media.created");
    const after = await storedEvents(server, id);
    expect(after.slice(0, before.length)).toEqual([...before]);
    expect(wordsOf(after.slice(before.length))).toEqual([
      "ingest.connected primary",
      "ingest.active primary",
      "playout.discontinuity",
      "playout.switched primary",
      "livestream.stopped",
      "ingest.inactive primary",
      "ingest.disconnected primary",
      "livestream.finished",
      "media.created",
    ]);
    expect(new Set(after.map((event) => event.id)).size).toBe(after.length);

    const { mediaId } = await api.get(id);
    const { durationSeconds } = await api.media(mediaId ?? "");
    const positions = after.flatMap(({ positionSeconds }) => positionSeconds?.toFixed(2) ?? []).map(Number);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(positions.slice(0, 2)).toEqual([expect.closeTo(0, 0), expect.closeTo(0, 0)]);
    const stop = after.find(({ type }) => type === "livestream.stopped")?.positionSeconds ?? 0;
    expect(stop).toBeGreaterThan(durationSeconds - 0.5);
    expect(stop).toBeLessThanOrEqual(durationSeconds);
    expectNoSecrets(server, inputs);
    expect(JSON.stringify(after)).not.toContain(inputs[0]?.streamKey);

    expect(await server.stop()).toBe(0);
    expect(await storedEvents(server, id)).toEqual(after);
    await server.startAgain();
    expect(await storedEvents(server, id)).toEqual(after);
    await api.operations.deleteMedia(mediaId ?? "", { permanent: true });
    await until("nothing to be left", async () => (await storedEvents(server, id)).length === 0);
  },
  90_000,
);
