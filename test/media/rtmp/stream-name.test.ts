import { expect, test } from "bun:test";
import { parseStreamName } from "#media/rtmp/stream-name.ts";

test.each([
  { client: "ffmpeg rtmp://h/live/key", app: "live", stream: "key", names: ["live", "key"] },
  {
    client: "ffmpeg rtmp://h/play/id/primary",
    app: "play/id",
    stream: "primary",
    names: ["play", "id/primary"],
  },
  {
    client: "rtmpdump rtmp://h/play/id/primary",
    app: "play",
    stream: "id/primary",
    names: ["play", "id/primary"],
  },
  { client: "OBS with a slash too many", app: "live/", stream: "key", names: ["live", "key"] },
  {
    client: "an encoder that puts the application into the key",
    app: "",
    stream: "live/key",
    names: ["live", "key"],
  },
  {
    client: "an encoder that names the instance",
    app: "live/_definst_",
    stream: "key",
    names: ["live", "key"],
  },
  { client: "nothing at all", app: "", stream: "", names: ["", ""] },
])("$client", ({ app, stream, names }) => {
  const { app: first, streamName } = parseStreamName(app, stream);
  expect([first, streamName]).toEqual([...names]);
});

test("the query of either half counts, the stream's wins, and slashes in it are no path", () => {
  const { streamName, query } = parseStreamName("live?token=a&only=app", "key?token=b/c=d&x");
  expect(streamName).toBe("key");
  expect([...query]).toEqual([
    ["token", "b/c=d"],
    ["only", "app"],
    ["x", ""],
  ]);
});

test("percent signs are decoded once, and left alone where they decode to nothing", () => {
  expect(parseStreamName("live", "key?a=%2541&b=%zz").query).toEqual(
    new Map([
      ["a", "%41"],
      ["b", "%zz"],
    ]),
  );
});
