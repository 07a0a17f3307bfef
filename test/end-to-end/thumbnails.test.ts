// The automatic thumbnail: what the stream shows, and still there when it has become a recording.

import { expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { averageColor } from "#test/support/judges.ts";
import { areInstalled } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

test.skipIf(!areInstalled("ffmpeg"))(
  "a livestream on air gets a picture of its own, and the recording keeps it",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Red" });
    const { inputs } = await api.start(id);
    await using _encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "", color: "red" });
    await api.when(id, "an active ingest", (livestream) => livestream.inputs.some((input) => input.active));
    await api.publish(id);
    const { thumbnailUrl, thumbnailSource } = await api.when(
      id,
      "a thumbnail",
      (each) => each.thumbnailUrl !== null,
    );
    expect(thumbnailSource).toBe("auto");
    const { red, green, blue } = await averageColor(thumbnailUrl ?? "", 0);
    expect([red > 200, green < 60, blue < 60]).toEqual([true, true, true]);

    await api.stop(id);
    const { mediaId } = await api.when(id, "the recording", ({ status }) => status === "finished");
    expect((await api.media(mediaId ?? "")).thumbnailUrl).toBe(thumbnailUrl);
  },
  60_000,
);
