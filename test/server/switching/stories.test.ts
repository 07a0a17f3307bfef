import { describe, expect, test } from "bun:test";
import { type FakeEncoder, PICTURE_MS } from "#test/support/fake-encoder.ts";
import { MARKS, OWN_CLOCK, Stage } from "#test/support/stage.ts";

/** Pictures come every 40 ms; where two encoders have clocks of their own, one of them may fall in between. */
const TWO_STEPS_SECONDS = 0.0801;

/** The encoders of both instances share one clock. */
const ONE_CLOCK = { primary: {}, secondary: {} };

/** Steps between the pictures that are seen: 1 where none is missing and none is there twice. */
function steps(stage: Stage): Set<number> {
  const numbers = stage.programme.seenNumbers();
  return new Set(numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0)));
}

describe("an encoder that is lost", () => {
  test("has the other on air at once when it closes, from a key frame on, without a jump in time", () => {
    const { stage, primary } = Stage.live();
    primary.closes();
    expect(stage.onAir).toBe("secondary");
    stage.passes(5);
    const first = stage.programme.pictures.find(({ data }) => data[8] === MARKS.secondary);
    expect(first?.isSync).toBe(true);
    expect(stage.programme.longestStepSeconds()).toBeLessThan(TWO_STEPS_SECONDS);
    expect(stage.programme.longestSilenceSeconds()).toBeLessThan(0.041);
    expect(stage.programme.events).toEqual(["tracks video+audio"]);
    expect(stage.story).toEqual(["nobody > primary (begin)", "primary > secondary (closed)"]);
  });

  test("is replaced after a second of silence, long before its ingest times out, and no frame is missing", () => {
    const { stage, primary } = Stage.live(ONE_CLOCK);
    primary.dies();
    stage.passes(0.9);
    expect(stage.onAir).toBe("primary");
    stage.passes(0.2);
    expect(stage.story.at(-1)).toBe("primary > secondary (silent)");
    stage.passes(3);
    expect(steps(stage)).toEqual(new Set([1]));
    expect(stage.programme.seenNumbers().at(-1)).toBe(Math.floor((stage.nowMs - 1) / PICTURE_MS));
  });

  test("that only stalls for less than a second stays, and what it sends late is all there", () => {
    const { stage, primary } = Stage.live();
    primary.stalls(0.9, stage.nowMs);
    stage.passes(10);
    expect(stage.story).toEqual(["nobody > primary (begin)"]);
    expect(steps(stage)).toEqual(new Set([1]));
  });

  test("that stalls for longer is replaced, and not taken back when it comes with all that it owes", () => {
    const { stage, primary } = Stage.live();
    primary.stalls(1.5, stage.nowMs);
    stage.passes(20);
    expect(stage.story).toEqual(["nobody > primary (begin)", "primary > secondary (silent)"]);
    expect(stage.programme.longestStepSeconds()).toBeLessThan(TWO_STEPS_SECONDS);
  });

  test("shows none of its pictures twice where the other is late, with which it shares a clock", () => {
    for (const delayMs of [0, 80, 160, 320]) {
      const { stage, primary } = Stage.live({ ...ONE_CLOCK, secondary: { delayMs } });
      primary.closes();
      stage.passes(3);
      expect(steps(stage)).toEqual(new Set([1]));
    }
  });

  test("leaves no hole where the other is ahead, with which it shares a clock", () => {
    for (const delayMs of [80, 160, 320]) {
      const { stage, primary } = Stage.live({ ...ONE_CLOCK, primary: { delayMs } });
      primary.closes();
      stage.passes(3);
      expect(steps(stage)).toEqual(new Set([1]));
      expect(stage.programme.longestStepSeconds()).toBeCloseTo(0.04, 6);
    }
  });

  test("is on air again after it was cut off alone: whoever comes first, after one discontinuity", () => {
    const { stage, primary, secondary } = Stage.live();
    primary.closes();
    secondary.closes();
    expect(stage.onAir).toBeNull();
    stage.passes(15);
    stage.connects("secondary");
    stage.passes(3);
    expect(stage.story.slice(1)).toEqual([
      "primary > secondary (closed)",
      "secondary > nobody (closed)",
      "nobody > secondary (active)",
    ]);
    expect(stage.programme.events).toEqual(["tracks video+audio", "flush", "discontinuity"]);
    expect(stage.programme.longestStepSeconds()).toBeLessThan(TWO_STEPS_SECONDS);
  });

  test("and whose stand-in is silent, too, is replaced by nobody until one of them speaks", () => {
    const { stage, primary, secondary } = Stage.live();
    secondary.dies();
    stage.passes(2);
    primary.closes();
    expect(stage.onAir).toBeNull();
    stage.passes(1);
    secondary.revives();
    stage.passes(1);
    expect(stage.story.slice(-2)).toEqual(["primary > nobody (closed)", "nobody > secondary (active)"]);
  });

  test("together with the other is waited for until the ingest times out, and both are seen again", () => {
    const { stage, primary, secondary } = Stage.live();
    primary.dies();
    secondary.dies();
    stage.passes(4.9);
    expect(stage.story).toEqual(["nobody > primary (begin)"]);
    stage.passes(0.2);
    expect(stage.story.at(-1)).toBe("primary > nobody (silent)");
    secondary.revives();
    stage.passes(3);
    expect(stage.story.at(-1)).toBe("nobody > secondary (active)");
  });
});

describe("a half-open connection", () => {
  test("makes way for its own encoder after two seconds of silence, and the other was on air in between", () => {
    const { stage, primary } = Stage.live();
    primary.dies();
    stage.passes(1.9);
    expect(() => stage.connects("primary")).toThrow("the key of primary is taken");
    expect(stage.onAir).toBe("secondary");
    stage.passes(0.1);
    stage.connects("primary");
    stage.passes(20);
    expect(stage.onAir).toBe("secondary");
    expect(stage.story).toHaveLength(2);
  });

  test("of the only encoder: it comes back over another, and the programme goes on after one discontinuity", () => {
    const stage = new Stage();
    const before = stage.connects("primary");
    stage.passes(3);
    stage.begins();
    stage.passes(3);
    before.dies();
    stage.passes(2);
    stage.connects("primary");
    stage.passes(3);
    expect(stage.story).toEqual([
      "nobody > primary (begin)",
      "primary > nobody (taken-over)",
      "nobody > primary (active)",
    ]);
    expect(stage.programme.events).toEqual(["tracks video+audio", "flush", "discontinuity"]);
  });

  test("is cut ten seconds after its ingest became inactive", () => {
    const { stage, primary } = Stage.live();
    primary.dies();
    stage.passes(14.9);
    expect(stage.cuts).toEqual([]);
    stage.passes(0.2);
    expect(stage.cuts).toEqual(["primary: no media received"]);
  });
});

describe("quality", () => {
  const troubles: readonly [name: string, (encoder: FakeEncoder) => void][] = [
    ["starves", (encoder) => encoder.starves()],
    ["freezes", (encoder) => encoder.freezes()],
    ["sends a third of its pictures", (encoder) => (encoder.pictureEvery = 3)],
    ["loses its camera", (encoder) => (encoder.hasCamera = false)],
    ["loses its microphone", (encoder) => (encoder.hasMicrophone = false)],
  ];
  for (const [name, happens] of troubles) {
    test(`an encoder that ${name} is taken off the air within four seconds, by quality`, () => {
      const { stage, primary } = Stage.live();
      happens(primary);
      expect(stage.passesUntilOnAir("secondary")).toBeLessThan(4);
      expect(stage.story.at(-1)).toBe("primary > secondary (quality)");
      stage.passes(5);
      expect(stage.programme.events).toEqual(["tracks video+audio"]);
    });

    test(`nothing happens where both encoders do: one that ${name} is no better than the other`, () => {
      const { stage, primary, secondary } = Stage.live();
      happens(primary);
      happens(secondary);
      stage.passes(60);
      expect(stage.story).toEqual(["nobody > primary (begin)"]);
    });

    test(`a standby that ${name} is nobody's concern`, () => {
      const { stage, secondary } = Stage.live();
      happens(secondary);
      stage.passes(60);
      expect(stage.story).toEqual(["nobody > primary (begin)"]);
    });
  }

  test("an encoder whose picture collapses is told of with both scores and what was wrong", () => {
    const { stage, primary } = Stage.live();
    primary.starves();
    stage.passesUntilOnAir("secondary");
    expect(stage.changes.at(-1)).toEqual({
      from: "primary",
      to: "secondary",
      cause: "quality",
      fromScore: 65,
      toScore: 100,
      faults: ["bitrate-collapsed"],
      gapMs: 20,
      gapFrames: 0,
      joinedSeconds: expect.any(Number),
    });
  });

  test("no key frames any more is a reason after ten seconds", () => {
    const { stage, primary } = Stage.live();
    primary.sendsKeyFrames = false;
    stage.passes(8.9); // the last one came two seconds before
    expect(stage.onAir).toBe("primary");
    stage.passes(0.2);
    expect(stage.onAir).toBe("secondary");
    expect(stage.changes.at(-1)?.faults).toEqual(["key-frame-overdue"]);
  });

  test("a rolling refresh, which nobody can join, makes way eight seconds after it began, and one more", () => {
    const stage = new Stage();
    const primary = stage.connects("primary");
    primary.sendsKeyFrames = false;
    primary.sendsRecoveryPoints = true;
    stage.passes(10);
    stage.begins();
    stage.connects("secondary", OWN_CLOCK);
    stage.passes(8.9);
    expect(stage.onAir).toBe("primary");
    stage.passes(0.2);
    expect(stage.story).toEqual(["nobody > primary (begin)", "primary > secondary (quality)"]);
    expect(stage.changes.at(-1)).toMatchObject({ fromScore: 55, toScore: 100, faults: ["no-join-point"] });
    stage.passes(60);
    expect(stage.onAir).toBe("secondary");
    expect(stage.programme.events).toEqual(["tracks video+audio"]);
  });

  test("a rolling refresh makes no way for one like it, nor for one that has lost its camera or its sound and is not well enough", () => {
    const troubles: readonly ((encoder: FakeEncoder) => void)[] = [
      (encoder) => (encoder.sendsRecoveryPoints = true),
      (encoder) => (encoder.hasCamera = false),
      (encoder) => (encoder.hasMicrophone = false),
    ];
    for (const happens of troubles) {
      const { stage, primary, secondary } = Stage.live();
      happens(secondary);
      if (secondary.sendsRecoveryPoints) secondary.sendsKeyFrames = false;
      stage.passes(10);
      primary.sendsKeyFrames = false;
      primary.sendsRecoveryPoints = true;
      stage.passes(60);
      expect(stage.story).toEqual(["nobody > primary (begin)"]);
    }
  });

  test("a rolling refresh that becomes one on air is found with its second recovery point, long before ten seconds", () => {
    const { stage, primary } = Stage.live();
    primary.sendsKeyFrames = false;
    primary.sendsRecoveryPoints = true;
    expect(stage.passesUntilOnAir("secondary")).toBeLessThan(5.1);
    expect(stage.changes.at(-1)?.faults).toEqual(["no-join-point"]);
  });

  test("a muted microphone alone is no reason, nor a broken clock; both together are", () => {
    const { stage, primary } = Stage.live();
    primary.soundBytes = 8;
    stage.passes(20);
    expect(stage.onAir).toBe("primary");
    primary.soundBytes = 200;
    stage.passes(20);
    primary.hasBrokenClock = true;
    stage.passes(20);
    expect(stage.onAir).toBe("primary");
    primary.soundBytes = 8;
    expect(stage.passesUntilOnAir("secondary")).toBeLessThan(4);
    expect(stage.changes.at(-1)?.faults).toEqual(["timestamps-broken", "audio-silent"]);
  });

  test("sound that is away for less than a second after it was missed is no reason", () => {
    const { stage, primary } = Stage.live();
    primary.hasMicrophone = false;
    stage.passes(1.8);
    primary.hasMicrophone = true;
    stage.passes(10);
    expect(stage.story).toHaveLength(1);
    primary.hasMicrophone = false;
    stage.passes(2.2);
    primary.hasMicrophone = true;
    stage.passes(10);
    expect(stage.story.at(-1)).toBe("primary > secondary (quality)");
  });

  test("of two that are bad the one that is much worse is taken off the air, and no other", () => {
    const { stage, primary, secondary } = Stage.live();
    primary.starves();
    secondary.starves();
    stage.passes(10);
    primary.freezes();
    stage.passes(10);
    expect(stage.onAir).toBe("primary"); // 40 against 65
    primary.hasMicrophone = false;
    expect(stage.passesUntilOnAir("secondary")).toBeLessThan(4); // 5 against 65
  });

  test("what became bad right after a switch stays for eight seconds", () => {
    const { stage, primary, secondary } = Stage.live();
    primary.closes();
    stage.connects("primary", OWN_CLOCK);
    secondary.starves();
    stage.passes(7.9);
    expect(stage.onAir).toBe("secondary");
    expect(stage.passesUntilOnAir("primary")).toBeCloseTo(1.2, 0);
    expect(stage.story.at(-1)).toBe("secondary > primary (quality)");
  });

  test("two encoders that are well by turns change the programme four times a minute", () => {
    const { stage, primary, secondary } = Stage.live();
    const isPrimaryWell = (): boolean => Math.floor(stage.seconds / 9) % 2 === 0;
    for (const untilSeconds = stage.seconds + 180; stage.seconds < untilSeconds; stage.passes(0.5)) {
      if (isPrimaryWell()) primary.recovers();
      else primary.starves();
      if (isPrimaryWell()) secondary.starves();
      else secondary.recovers();
    }
    const switches = stage.story.filter((line) => line.includes("(quality)"));
    expect(switches.length).toBeGreaterThan(8);
    for (const [index, atMs] of stage.changedAtMs.entries()) {
      const fifth = stage.changedAtMs[index + 4];
      if (index > 0 && fifth !== undefined) expect(fifth - atMs).toBeGreaterThanOrEqual(60_000);
    }
  });

  test("an encoder that is lost is replaced even when quality may not change the programme any more", () => {
    const { stage, primary, secondary } = Stage.live();
    for (let turn = 0; turn < 2; turn += 1) {
      primary.starves();
      stage.passesUntilOnAir("secondary");
      primary.recovers();
      secondary.starves();
      stage.passesUntilOnAir("primary");
      secondary.recovers();
    }
    stage.passes(3);
    primary.starves();
    stage.passes(12);
    expect(stage.onAir).toBe("primary");
    primary.dies();
    stage.passes(1.2);
    expect(stage.story.at(-1)).toBe("primary > secondary (silent)");
  });

  test("an encoder that flaps every second does not make the programme flap", () => {
    const { stage, primary } = Stage.live();
    let flapping = primary;
    for (let flap = 0; flap < 30; flap += 1) {
      flapping.closes();
      flapping = stage.connects("primary");
      stage.passes(1);
    }
    expect(stage.story).toHaveLength(2);
    expect(stage.onAir).toBe("secondary");
  });
});

describe("sticky and revertive", () => {
  test("a sticky programme stays with the stand-in, however well the primary is again", () => {
    const { stage, primary } = Stage.live();
    primary.closes();
    stage.passes(2);
    stage.connects("primary");
    stage.passes(120);
    expect(stage.onAir).toBe("secondary");
  });

  test("a revertive one goes back once the primary was well for ten seconds, at a key frame of its", () => {
    const { stage, primary } = Stage.live({ isRevertive: true });
    primary.closes();
    stage.passes(2);
    stage.connects("primary");
    stage.passes(10);
    expect(stage.onAir).toBe("secondary");
    stage.passes(3);
    expect(stage.story.at(-1)).toBe("secondary > primary (reverted)");
    stage.passes(3);
    expect(stage.programme.longestStepSeconds()).toBeLessThan(TWO_STEPS_SECONDS);
  });

  test("a revertive one has nothing to go back to where the secondary is lost", () => {
    const { stage, secondary } = Stage.live({ isRevertive: true });
    secondary.closes();
    stage.connects("secondary");
    stage.passes(60);
    expect(stage.story).toEqual(["nobody > primary (begin)"]);
  });

  test("a revertive one does not go back to a picture that is frozen or starved, however long", () => {
    for (const trouble of ["freezes", "starves"] as const) {
      const { stage, primary } = Stage.live({ isRevertive: true });
      primary[trouble]();
      stage.passesUntilOnAir("secondary");
      stage.passes(300);
      expect(stage.onAir).toBe("secondary");
      primary.recovers();
      stage.passes(10.4);
      expect(stage.onAir).toBe("secondary");
      expect(stage.passesUntilOnAir("primary")).toBeLessThan(4);
      expect(stage.story.at(-1)).toBe("secondary > primary (reverted)");
    }
  });

  test("a revertive one does not go back to a rolling refresh", () => {
    const { stage, primary } = Stage.live({ isRevertive: true });
    primary.sendsKeyFrames = false;
    primary.sendsRecoveryPoints = true;
    stage.passesUntilOnAir("secondary");
    stage.passes(60);
    expect(stage.onAir).toBe("secondary");
    primary.sendsKeyFrames = true;
    expect(stage.passesUntilOnAir("primary")).toBeGreaterThan(10);
    expect(stage.story.at(-1)).toBe("secondary > primary (reverted)");
  });

  test("a revertive one counts the ten seconds anew whenever the primary is not well", () => {
    const { stage, primary } = Stage.live({ isRevertive: true });
    primary.closes();
    const returned = stage.connects("primary");
    for (let stall = 0; stall < 5; stall += 1) {
      stage.passes(8);
      returned.stalls(1.5, stage.nowMs);
      stage.passes(1.5);
    }
    expect(stage.onAir).toBe("secondary");
    stage.passes(14);
    expect(stage.onAir).toBe("primary");
  });
});

describe("a switch that was asked for", () => {
  test("happens at the newcomer's next key frame, not before", () => {
    const { stage } = Stage.live();
    stage.passes(1);
    expect(stage.switcher.request("secondary")).toBe(true);
    stage.passes(0.7);
    expect(stage.onAir).toBe("primary");
    stage.passes(1.2);
    expect(stage.story.at(-1)).toBe("primary > secondary (requested)");
    expect(stage.programme.longestStepSeconds()).toBeLessThan(TWO_STEPS_SECONDS);
  });

  test("is granted to a rolling refresh from its second recovery point on, until quality takes it back", () => {
    const stage = new Stage();
    stage.connects("primary");
    stage.passes(4);
    stage.begins();
    const secondary = stage.connects("secondary");
    secondary.sendsKeyFrames = false;
    secondary.sendsRecoveryPoints = true;
    stage.passes(2.02); // recovery points come now and every two seconds
    expect(stage.switcher.request("secondary")).toBe(true);
    expect(stage.onAir).toBe("primary");
    stage.passes(1.96);
    expect(stage.onAir).toBe("primary");
    stage.passes(0.1);
    expect(stage.onAir).toBe("secondary");
    expect(stage.programme.events).toEqual(["tracks video+audio"]);
    stage.passes(8.8);
    expect(stage.onAir).toBe("secondary");
    expect(stage.passesUntilOnAir("primary")).toBeLessThan(0.4);
    expect(stage.story.at(-1)).toBe("secondary > primary (quality)");
  });

  test("is refused to a rolling refresh before its second recovery point", () => {
    const stage = new Stage();
    stage.connects("primary");
    stage.passes(4);
    stage.begins();
    const secondary = stage.connects("secondary");
    secondary.sendsKeyFrames = false;
    secondary.sendsRecoveryPoints = true;
    stage.passes(1.98);
    expect(stage.switcher.request("secondary")).toBe(false);
  });

  test("is refused where there is no active ingest", () => {
    const { stage, secondary } = Stage.live();
    secondary.closes();
    expect(stage.switcher.request("secondary")).toBe(false);
  });

  test("is frame for frame where the encoders share a clock, whichever is ahead", () => {
    for (const options of [
      { primary: {}, secondary: {} },
      { primary: { delayMs: 120 }, secondary: {} },
      { primary: {}, secondary: { delayMs: 120 } },
      { primary: { delayMs: 320 }, secondary: {} },
      { primary: {}, secondary: { delayMs: 320 } },
      { primary: {}, secondary: { delayMs: 120, gopOffsetFrames: 24 } },
      { primary: { delayMs: 320 }, secondary: { gopFrames: 5 } },
      { primary: {}, secondary: { delayMs: 320, gopFrames: 5 } },
    ]) {
      const { stage } = Stage.live(options);
      stage.passes(0.5);
      stage.switcher.request("secondary");
      stage.passes(6);
      expect(stage.story.at(-1)).toBe("primary > secondary (requested)");
      expect(steps(stage)).toEqual(new Set([1]));
      expect(stage.programme.longestStepSeconds()).toBeCloseTo(0.04, 6);
      expect(stage.programme.longestSilenceSeconds()).toBeLessThan(0.022);
    }
  });

  test("happens at once enough where every picture of the newcomer, that is ahead, is a key frame", () => {
    const { stage } = Stage.live({ primary: { delayMs: 320 }, secondary: { gopFrames: 1 } });
    stage.switcher.request("secondary");
    stage.passes(1);
    expect(stage.onAir).toBe("secondary");
  });

  test("to one that is late with its key frame shows nothing twice, and nobody waits longer than a second", () => {
    const { stage, secondary } = Stage.live({ ...ONE_CLOCK, secondary: { delayMs: 120 } });
    stage.passes(0.5);
    secondary.sendsKeyFrames = false;
    stage.switcher.request("secondary");
    let longestMs = 0;
    for (let step = 0; step < 60; step += 1) {
      stage.passes(0.05);
      longestMs = Math.max(longestMs, stage.nowMs - stage.lastUnitMs);
    }
    expect(stage.onAir).toBe("primary");
    expect(longestMs).toBeGreaterThan(800);
    expect(longestMs).toBeLessThan(1200);
    secondary.sendsKeyFrames = true;
    stage.passes(6);
    expect(stage.onAir).toBe("secondary");
    expect(steps(stage)).toEqual(new Set([1]));
  });

  test("is forgotten when the one that is waited for dies, and not a frame of the other is lost", () => {
    for (const loss of ["dies", "closes"] as const) {
      const { stage, secondary } = Stage.live({ ...ONE_CLOCK, secondary: { delayMs: 320 } });
      stage.passes(0.5);
      stage.switcher.request("secondary");
      stage.passes(1.6); // in the middle of what is kept back
      secondary[loss]();
      stage.passes(7);
      expect(stage.story).toEqual(["nobody > primary (begin)"]);
      expect(steps(stage)).toEqual(new Set([1]));
      expect(stage.programme.seenNumbers().at(-1)).toBe(Math.floor((stage.nowMs - 1) / PICTURE_MS));
      if (loss === "dies") secondary.revives();
      else stage.connects("secondary");
      stage.passes(7);
      expect(stage.onAir).toBe("primary");
    }
  });

  test("is there already when the one on air dies while it is kept back, and no frame is there twice", () => {
    for (const delayMs of [40, 120, 320]) {
      for (const keptBackMs of [20, 60, 100]) {
        for (const loss of ["dies", "closes"] as const) {
          const { stage, primary } = Stage.live({ ...ONE_CLOCK, secondary: { delayMs } });
          stage.passes(0.5);
          stage.switcher.request("secondary");
          stage.passes(1.5 + keptBackMs / 1000);
          primary[loss]();
          stage.passes(4);
          expect(stage.onAir).toBe("secondary");
          expect(stage.story).toHaveLength(2);
          expect(steps(stage)).toEqual(new Set([1]));
        }
      }
    }
  });

  test("leaves no hole when the one on air dies before it reached the newcomer's key frame", () => {
    for (const delayMs of [120, 240, 320]) {
      for (const afterMs of [20, 60, 100]) {
        const { stage, primary } = Stage.live({ ...ONE_CLOCK, primary: { delayMs } });
        stage.passes(0.5);
        stage.switcher.request("secondary");
        stage.passes(1.5 + afterMs / 1000);
        primary.dies();
        stage.passes(4);
        expect(stage.story).toHaveLength(2);
        expect(stage.onAir).toBe("secondary");
        expect(steps(stage)).toEqual(new Set([1]));
        expect(stage.programme.longestStepSeconds()).toBeCloseTo(0.04, 6);
      }
    }
  });

  test("to the one on air takes back the one that was asked for before", () => {
    const { stage } = Stage.live();
    stage.switcher.request("secondary");
    expect(stage.switcher.request("primary")).toBe(true);
    stage.passes(5);
    expect(stage.story).toHaveLength(1);
  });

  test("to one without pictures happens at once", () => {
    const { stage } = Stage.live({ secondary: { hasVideo: false } });
    stage.switcher.request("secondary");
    expect(stage.onAir).toBe("secondary");
    stage.passes(0.1);
    expect(stage.programme.events).toEqual(["tracks video+audio", "tracks audio discontinuity"]);
  });

  test("to one that is worse lasts until quality takes it back, eight seconds at least", () => {
    const { stage, secondary } = Stage.live();
    secondary.freezes();
    stage.passes(5);
    stage.switcher.request("secondary");
    stage.passesUntilOnAir("secondary");
    expect(stage.passesUntilOnAir("primary")).toBeCloseTo(9, 0);
    expect(stage.story.at(-1)).toBe("secondary > primary (quality)");
  });
});

test("nobody is on air before the programme begins, nor after it ended", () => {
  const stage = new Stage();
  const primary = stage.connects("primary");
  stage.connects("secondary", OWN_CLOCK);
  stage.passes(3);
  expect(stage.onAir).toBeNull();
  stage.begins();
  stage.passes(1);
  expect(new Set(stage.programme.marks())).toEqual(new Set([MARKS.primary]));
  const { length } = stage.programme.units;
  stage.switcher.end();
  primary.closes();
  stage.passes(3);
  expect(stage.onAir).toBeNull();
  expect(stage.programme.units).toHaveLength(length);
  expect(stage.story).toEqual(["nobody > primary (begin)"]);
});

test("a programme that begins before anybody sends begins with whoever is first", () => {
  const stage = new Stage();
  stage.begins();
  stage.passes(1);
  stage.connects("secondary");
  stage.passes(1);
  stage.connects("primary", OWN_CLOCK);
  stage.passes(3);
  expect(stage.story).toEqual(["nobody > secondary (active)"]);
  expect(stage.programme.longestStepSeconds()).toBeCloseTo(0.04, 6);
});
