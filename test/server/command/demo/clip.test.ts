import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { CLIP_DURATION_MS, repeatClip } from "#server/command/demo/clip.ts";
import { type ClipMessage, readFlvFile } from "#server/command/demo/flv-file.ts";
import { ROOT } from "#test/support/imports.ts";

const clip = readFlvFile(await Bun.file(join(ROOT, "server/command/demo/clip.flv")).bytes());

/** Three times the clip and a little. */
const messages = repeatClip(clip).take(6000).toArray();

describe("the clip, repeated", () => {
  test("goes on where it began again, without a gap in either track", () => {
    for (const [kind, steps] of [
      ["video", [33, 34]],
      ["audio", [21, 22]],
    ] as const) {
      const times = framesOf(kind).map((frame) => frame.timestampMs);
      expect(times.at(-1)).toBeGreaterThan(3 * CLIP_DURATION_MS);
      const distances = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      expect([...new Set(distances)].sort()).toEqual([...steps]);
    }
  });

  test("begins with metadata and both sequence headers, and sends them once", () => {
    expect(
      messages
        .slice(0, 3)
        .map((message) => message.kind)
        .sort(),
    ).toEqual(["audio", "data", "video"]);
    expect(
      messages.slice(3).filter((message) => message.kind === "data" || message.payload[1] === 0),
    ).toEqual([]);
  });

  test("has a key frame every two seconds, so that whoever joins sees a picture soon", () => {
    const keyFrames = framesOf("video").filter(({ payload }) => (payload[0] ?? 0) >> 4 === 1);
    const seconds = keyFrames.map((frame) => frame.timestampMs / 1000);
    expect(seconds.slice(0, 13)).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24]);
  });

  test.each([
    [0, 0, 0],
    [1, 2000, 1999],
    [24_000, 0, 0],
    [49_500, 2000, 500],
  ])(
    "whoever begins at %i ms begins with the key frame at %i ms, %i ms later, and goes on as the others do",
    (fromMs, keyFrameMs, laterMs) => {
      const joined = repeatClip(clip, fromMs).take(1500).toArray();
      const [first, second] = joined.filter(({ kind, payload }) => kind !== "data" && payload[1] !== 0);
      expect(first).toMatchObject({ kind: "video", timestampMs: laterMs });
      const others = framesOf("video").findIndex(({ timestampMs }) => timestampMs === keyFrameMs);
      expect(first?.payload).toEqual(framesOf("video")[others]?.payload as Uint8Array);
      expect((second?.timestampMs ?? 0) - laterMs).toBeWithin(0, 40);
    },
  );

  test("never says that its sequence ends", () => {
    expect(messages.filter(({ kind, payload }) => kind === "video" && payload[1] === 2)).toEqual([]);
  });
});

function framesOf(kind: ClipMessage["kind"]): ClipMessage[] {
  return messages.filter((message) => message.kind === kind && message.payload[1] !== 0);
}
