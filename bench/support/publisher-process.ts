// A process that publishes one clip to many addresses in real time: `publisher-process.ts CLIP URL…`.

import { repeatClip } from "#server/command/demo/clip.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { publishInRealTime } from "#server/command/demo/publisher.ts";

const [, , clipPath = "", ...urls] = process.argv;
const clip = readFlvFile(await Bun.file(clipPath).bytes());

await Promise.all(
  urls.map(async (url, index) => {
    const { hostname: host, port, pathname } = new URL(url);
    const [, app = "", streamKey = ""] = pathname.split("/");
    // Not all in the same millisecond, as encoders are not.
    await Bun.sleep((index * 997) % 2000);
    await publishInRealTime({
      host,
      port: Number(port),
      serverUrl: `rtmp://${host}:${port}/${app}`,
      streamKey,
      messages: repeatClip(clip),
      signal: new AbortController().signal,
    });
  }),
);
