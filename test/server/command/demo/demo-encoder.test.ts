import { expect, test } from "bun:test";
import { DemoEncoder } from "#server/command/demo/demo-encoder.ts";
import type { ClipMessage } from "#server/command/demo/flv-file.ts";

/** A second of key frames of video, ten of them. */
const CLIP: ClipMessage[] = Array.from({ length: 10 }, (_, index) => ({
  kind: "video",
  timestampMs: index * 100,
  payload: Uint8Array.of(0x17, 1, 0, 0, 0, index),
}));

/** An encoder whose publishes are listed, each by the number of the frame that it begins with, and end when they are told to. */
function watched(isWanted: () => boolean) {
  const publishes: { readonly firstFrame: number; readonly end: PromiseWithResolvers<void> }[] = [];
  const away = Promise.withResolvers<void>();
  const encoder = new DemoEncoder({
    clip: CLIP,
    publish: (messages, cut) => {
      const [first] = messages;
      const end = Promise.withResolvers<void>();
      cut.addEventListener("abort", () => end.resolve());
      publishes.push({ firstFrame: first?.payload[5] ?? -1, end });
      return end.promise;
    },
    isWanted: async () => isWanted(),
    elapsedMs: () => 24_000 + 250,
    away: async () => away.promise,
    signal: new AbortController().signal,
  });
  return { encoder, publishes, away };
}

test("an encoder that was cut comes back where the clip is by now, and is over when its broadcast is", async () => {
  const { encoder, publishes, away } = watched(() => true);
  const isOver = encoder.run();
  encoder.cut();
  away.resolve();
  while (publishes.length < 2) await Bun.sleep(0);
  expect(publishes.map(({ firstFrame }) => firstFrame)).toEqual([0, 3]);
  publishes[1]?.end.resolve();
  await isOver;
  expect(publishes).toHaveLength(2);
});

test("who is stopped while it is away stays away", async () => {
  const { encoder, publishes, away } = watched(() => false);
  const isOver = encoder.run();
  encoder.cut();
  away.resolve();
  await isOver;
  expect(publishes).toHaveLength(1);
});

test("a refusal is an error, but for one that came with the stop", async () => {
  for (const answers of [
    [true, false],
    [true, true],
  ]) {
    const { encoder, publishes, away } = watched(() => answers.shift() ?? false);
    const isOver = encoder.run();
    encoder.cut();
    away.resolve();
    while (publishes.length < 2) await Bun.sleep(0);
    const isLive = answers[0] === true;
    publishes[1]?.end.reject(new Error("the server refused"));
    if (isLive) await expect(isOver).rejects.toThrow("the server refused");
    else await isOver;
  }
});
