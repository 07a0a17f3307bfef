import { expect, test } from "bun:test";
import { HEALTH } from "#server/instances/health.ts";
import { faultRemark } from "#server/web/console/words/faults.ts";
import { inputWords } from "#server/web/console/words/input-words.ts";
import { anInput } from "#test/server/web/console/examples.ts";

const said = (input: Parameters<typeof inputWords>[0]) => {
  const { level, word, remarks } = inputWords(input);
  return [level, word, ...remarks.map(({ what }) => what)];
};

test("a faultless input has nothing said of it", () => {
  expect(said(anInput())).toEqual(["well", "Receiving"]);
});

test("advice is said, and makes it no worse", () => {
  const advice = ["Key frames come every 8 s; segments are to last 2 s: set the key frame interval to 2 s."];
  expect(inputWords(anInput({ advice }))).toEqual({
    level: "well",
    word: "Receiving",
    remarks: [
      {
        what: "Key frames come every 8 s; segments are to last 2 s.",
        todo: "Set the key frame interval to 2 s.",
      },
    ],
  });
});

test.each([
  [100 - HEALTH.frameRatePenalty, "frame-rate-dropped", "warning", "Impaired"],
  [50, "audio-missing", "warning", "Impaired"],
  [49, "video-missing", "bad", "At fault"],
  [0, "silent", "bad", "At fault"],
])("at %d with %s it is %s", (score, fault, level, word) => {
  expect(said(anInput({ health: { score, faults: [fault] } }))).toEqual([
    ...[level, word],
    faultRemark(fault).what,
  ]);
});

test("a problem is said before the faults", () => {
  const problem = "The picture is HEVC, which is not taken: set the video encoder to H.264.";
  expect(said(anInput({ problem, health: { score: 20, faults: ["video-missing"] } }))).toEqual([
    ...["bad", "At fault", "The picture is HEVC, which is not taken.", "Sound arrives, but no picture."],
  ]);
  expect(said(anInput({ problem, active: false, health: null }))).toEqual([
    ...["bad", "Not usable", "The picture is HEVC, which is not taken."],
  ]);
});

test("nobody, connected, silent and gone are told apart", () => {
  const off = { active: false, health: null } as const;
  const words = (of: Parameters<typeof anInput>[0]) => inputWords(anInput({ ...off, ...of })).word;
  expect(words({ connectedAtUtc: null, lastSeenAtUtc: null })).toBe("No encoder");
  expect(words({ lastSeenAtUtc: null })).toBe("Connected");
  expect(words({ lastSeenAtUtc: "2026-01-01T09:59:59.999Z" })).toBe("Connected");
  expect(words({})).toBe("Silent");
  expect(words({ connectedAtUtc: null })).toBe("Gone");
});

test("every fault says what is seen, and what to do", () => {
  const faults = [
    ...["silent", "video-missing", "key-frame-overdue", "no-join-point", "bitrate-collapsed", "frozen"],
    ...["frame-rate-dropped", "audio-missing", "audio-silent", "timestamps-broken"],
  ];
  for (const fault of faults) {
    const { what, todo } = faultRemark(fault);
    expect([what.endsWith("."), todo.endsWith("."), what.includes(fault)]).toEqual([true, true, false]);
  }
  expect(faultRemark("of-tomorrow").what).toContain("of-tomorrow");
  expect(faultRemark("toString").what).toContain("toString");
});
