import { expect, test } from "bun:test";
import { bigState } from "#server/web/console/words/big-state.ts";
import { aLivestream, anInput } from "#test/server/web/console/examples.ts";

const OFF = { active: false, connectedAtUtc: null, lastSeenAtUtc: null, health: null } as const;
const primary = anInput();
const secondary = anInput({ instance: "secondary" });
const RECORDING = { active: true, durationSeconds: 10, message: null };

const live = (of: Parameters<typeof aLivestream>[0] = {}) =>
  bigState(
    aLivestream({
      ...{ status: "live", onAir: "primary", inputs: [primary, secondary], recording: RECORDING, ...of },
    }),
  );

test("before the publish it is what arrives that counts", () => {
  const started = (inputs: Parameters<typeof anInput>[0][]) =>
    bigState(aLivestream({ status: "started", inputs: inputs.map((each) => anInput(each)) }));
  expect(bigState(aLivestream()).name).toBe("created");
  expect(started([OFF, { ...OFF, instance: "secondary" }]).name).toBe("not-receiving");
  expect(started([{}, { instance: "secondary" }]).name).toBe("ready");
  expect(started([{}, { ...OFF, instance: "secondary" }]).sentence).toBe(
    "The primary input arrives, the secondary does not: there would be no backup.",
  );
});

test("while live it is what is worst for viewers, then for the recording, then for what may come", () => {
  expect(live()).toMatchObject({ name: "live", word: "Live" });
  expect(live({ onAir: null, recording: { ...RECORDING, active: false } }).name).toBe("off-air");
  const stopped = live({ recording: { ...RECORDING, active: false, message: "the disk is full" } });
  expect(stopped).toMatchObject({ name: "recording-stopped", word: "Live, recording stopped" });
  expect(stopped.sentence).toContain("not recorded: the disk is full.");
});

test("degraded it says which input, which part it plays, and what is wrong with it", () => {
  const silent = anInput({ health: { score: 0, faults: ["silent"] } });
  expect(live({ inputs: [silent, secondary] })).toEqual({
    name: "degraded",
    word: "Live, degraded",
    sentence: "The primary input (on air) is at fault: Nothing has arrived for more than a second.",
  });
  const missing = anInput({ ...OFF, instance: "secondary" });
  expect(live({ inputs: [primary, missing] }).sentence).toBe(
    "The secondary input (the backup) is missing: No encoder has connected yet.",
  );
});

test("one input alone has no backup to speak of", () => {
  expect(live({ inputs: [primary] }).sentence).toBe("Viewers see the primary input.");
});

test("after the stop it says what became of the recording", () => {
  const after = (of: Parameters<typeof aLivestream>[0]) => bigState(aLivestream(of));
  expect(after({ status: "converting" }).name).toBe("converting");
  const done = { state: "done", progress: 1, message: "3 s are missing" } as const;
  expect(after({ status: "finished", conversion: done }).sentence).toBe("3 s are missing");
  expect(after({ status: "failed" })).toMatchObject({ name: "failed", word: "No recording" });
});
