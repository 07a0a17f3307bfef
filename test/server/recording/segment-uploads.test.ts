import { expect, test } from "bun:test";
import type { Cut } from "#media/hls/segment.ts";
import { createLog } from "#server/common/log.ts";
import { objectNameOf } from "#server/recording/segment-facts.ts";
import { SegmentUploads } from "#server/recording/segment-uploads.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { programmeCuts } from "#test/support/recording-folder.ts";
import { until } from "#test/support/until.ts";

const log = createLog({ level: "error", write: () => undefined, clock: new FakeClock() });

const isUploaded = ({ type }: Cut): boolean => type === "initialization" || type === "segment";

test("what the store has already is passed over, and what comes behind it is uploaded", async () => {
  const cuts = [...programmeCuts({ seconds: 8 })].filter(isUploaded);
  const uploaded: string[] = [];
  const uploads = new SegmentUploads({
    livestreamId: "show",
    held: { initialization: () => [], segment: () => [] },
    byteLengths: async () => new Map([["0-1.m4s", 0]]),
    put: async ({ facts }) => void uploaded.push(objectNameOf(facts)),
    delay: () => Promise.resolve(),
    log,
  });
  uploads.catchUp({ renditions: [], targetDurationSeconds: 2, partTargetSeconds: null });
  for (const cut of cuts) {
    uploads.follow(cut);
    await until("nothing that waits", () => uploads.waiting === 0, 2);
  }
  const names = cuts.map((cut) =>
    cut.type === "segment"
      ? `0-${cut.segment.msn}.m4s`
      : cut.type === "initialization"
        ? `0-init-${cut.initialization.id}.mp4`
        : "",
  );
  expect(names).toContain("0-1.m4s");
  expect(uploaded).toEqual(names.filter((name) => name !== "0-1.m4s"));
  await uploads.stop();
});
