import { beforeEach, describe, expect, test } from "bun:test";
import { type OnAirChange, Switcher } from "#server/switching/switcher.ts";
import { FakeSource } from "#test/support/fake-source.ts";
import { RecordedProgramme } from "#test/support/recorded-programme.ts";
import { audioTrack } from "#test/support/tracks.ts";

let nowMs = 0;
let programme = new RecordedProgramme();
let changes: OnAirChange[] = [];
let primary = new FakeSource("primary", 1);
let secondary = new FakeSource("secondary", 2);

beforeEach(() => {
  nowMs = 1_000_000;
  programme = new RecordedProgramme();
  changes = [];
  primary = new FakeSource("primary", 1);
  secondary = new FakeSource("secondary", 2);
});

function switcherOf({ isRevertive = false } = {}): Switcher {
  return new Switcher({ monotonicMs: () => nowMs, isRevertive, onSwitch: (change) => changes.push(change) });
}

/** A switcher with both sides active and the primary on air, looked at every time that the clock moves. */
function onAir(options: { isRevertive?: boolean } = {}): Switcher {
  const switcher = switcherOf(options);
  switcher.sourceActive(primary);
  switcher.sourceActive(secondary);
  bothSend(switcher);
  switcher.begin(programme, null);
  return switcher;
}

/** A key frame of each side; encoder time is the clock's. */
function bothSend(switcher: Switcher): void {
  for (const source of [primary, secondary])
    switcher.sourceUnit(source, source.picture(nowMs / 1000, nowMs, { isKeyFrame: true }));
}

/** Both sides are heard of all the while, without a key frame. */
function passes(switcher: Switcher, ms: number): void {
  const untilMs = nowMs + ms;
  while (nowMs < untilMs) {
    nowMs = Math.min(untilMs, nowMs + 100);
    for (const source of [primary, secondary]) source.lastMediaAtMs = nowMs;
    switcher.tick();
  }
}

function causes(): string[] {
  return changes.map(({ from, to, cause }) => `${from ?? "nobody"} > ${to ?? "nobody"} (${cause})`);
}

describe("quality", () => {
  test("changes the programme from a difference of thirty points on", () => {
    for (const [score, expected] of [
      [71, "primary"],
      [70, "secondary"],
    ] as const) {
      primary.score = 100;
      const switcher = onAir();
      passes(switcher, 20_000);
      primary.score = score;
      passes(switcher, 5000);
      expect(switcher.onAir).toBe(expected);
    }
  });

  test("is measured from one side to the other, not from faultless", () => {
    const switcher = onAir();
    secondary.score = 60;
    primary.score = 35;
    passes(switcher, 20_000);
    expect(switcher.onAir).toBe("primary");
    primary.score = 30;
    passes(switcher, 2000);
    expect(switcher.onAir).toBe("secondary");
  });

  test("must differ for a second", () => {
    const switcher = onAir();
    passes(switcher, 20_000);
    primary.score = 0;
    switcher.tick();
    passes(switcher, 999);
    expect(switcher.onAir).toBe("primary");
    passes(switcher, 1);
    expect(switcher.onAir).toBe("secondary");
  });

  test("must differ for a second without a break", () => {
    const switcher = onAir();
    passes(switcher, 20_000);
    for (let dip = 0; dip < 5; dip += 1) {
      primary.score = 0;
      passes(switcher, 900);
      primary.score = 100;
      passes(switcher, 100);
    }
    expect(switcher.onAir).toBe("primary");
  });

  test("says nothing in the eight seconds after a switch, nor is the second counted in them", () => {
    const switcher = onAir();
    primary.score = 0;
    passes(switcher, 8999);
    expect(switcher.onAir).toBe("primary");
    passes(switcher, 1);
    expect(switcher.onAir).toBe("secondary");
  });

  test("begins its eight seconds anew with each switch", () => {
    const switcher = onAir();
    passes(switcher, 20_000);
    primary.score = 0;
    passes(switcher, 1100);
    expect(switcher.onAir).toBe("secondary");
    secondary.score = 0;
    primary.score = 100;
    passes(switcher, 8999);
    expect(switcher.onAir).toBe("secondary");
    passes(switcher, 1);
    expect(switcher.onAir).toBe("primary");
  });

  test("changes the programme four times within a minute, and a fifth time when the first is a minute ago", () => {
    const switcher = onAir();
    const [first, second, third, fourth, fifth] = [10, 25, 40, 55, 70].map((second) => {
      passes(switcher, second * 1000 + 1_000_000 - nowMs - 1000);
      const [bad, well] = switcher.onAir === "primary" ? [primary, secondary] : [secondary, primary];
      bad.score = 0;
      well.score = 100;
      switcher.tick();
      passes(switcher, 1000);
      return switcher.onAir;
    });
    expect([first, second, third, fourth, fifth]).toEqual([
      "secondary",
      "primary",
      "secondary",
      "primary",
      "secondary",
    ]);
    expect(causes()).toHaveLength(6);
  });

  test("waits where it would be the fifth time within a minute, until it is not", () => {
    const switcher = onAir();
    for (const second of [10, 20, 30, 40, 50]) {
      passes(switcher, second * 1000 + 1_000_000 - nowMs - 1000);
      const [bad, well] = switcher.onAir === "primary" ? [primary, secondary] : [secondary, primary];
      bad.score = 0;
      well.score = 100;
      switcher.tick();
      passes(switcher, 1000);
    }
    expect(causes()).toHaveLength(5);
    passes(switcher, 1_069_999 - nowMs);
    expect(switcher.onAir).toBe("primary");
    passes(switcher, 1);
    expect(switcher.onAir).toBe("secondary");
  });

  test("is not asked of a side that is silent: it is no stand-in", () => {
    const switcher = onAir();
    passes(switcher, 20_000);
    primary.score = 0;
    for (let step = 0; step < 50; step += 1) {
      nowMs += 100;
      primary.lastMediaAtMs = nowMs;
      secondary.lastMediaAtMs = nowMs - 1000;
      switcher.tick();
    }
    expect(switcher.onAir).toBe("primary");
  });

  test("sends what was kept back for a switch that was asked for, before it switches by itself", () => {
    const switcher = onAir();
    primary.clockOffsetMs = 0;
    secondary.clockOffsetMs = 0;
    passes(switcher, 10_000);
    switcher.sourceUnit(primary, primary.picture(nowMs / 1000, nowMs));
    switcher.request("secondary");
    primary.score = 0;
    switcher.tick();
    passes(switcher, 800);
    switcher.sourceUnit(primary, primary.picture(nowMs / 1000, nowMs)); // kept back: a key frame is due
    const { length } = programme.pictures;
    passes(switcher, 200);
    expect(causes().at(-1)).toBe("primary > secondary (quality)");
    expect(programme.pictures[length]?.data[8]).toBe(1);
    expect(changes.at(-1)?.gapMs).toBe(200);
  });
});

describe("silence", () => {
  /** The primary is silent for this long, the secondary for another. */
  function silentFor(primaryMs: number, secondaryMs: number): string | null {
    nowMs = 1_000_000;
    const switcher = onAir();
    nowMs += 10_000;
    primary.lastMediaAtMs = nowMs - primaryMs;
    secondary.lastMediaAtMs = nowMs - secondaryMs;
    switcher.tick();
    return switcher.onAir;
  }

  test("of a second is a loss", () => {
    expect(silentFor(999, 0)).toBe("primary");
    expect(silentFor(1000, 0)).toBe("secondary");
    expect(causes().at(-1)).toBe("primary > secondary (silent)");
  });

  test("is no loss where the stand-in was not heard of for half a second", () => {
    expect(silentFor(1000, 499)).toBe("secondary");
    expect(silentFor(1000, 500)).toBe("primary");
  });

  test("of a second makes nobody a stand-in for a side that is lost", () => {
    for (const [silentMs, expected] of [
      [999, "secondary"],
      [1000, null],
    ] as const) {
      nowMs = 1_000_000;
      const switcher = onAir();
      nowMs += 10_000;
      secondary.lastMediaAtMs = nowMs - silentMs;
      switcher.sourceInactive(primary, "closed");
      expect(switcher.onAir).toBe(expected);
    }
  });

  test("of both is the programme's, which is finished and goes on with whoever speaks first", () => {
    const switcher = onAir();
    nowMs += 6000;
    switcher.sourceInactive(primary, "silent");
    expect(switcher.onAir).toBeNull();
    expect(programme.events).toEqual(["tracks video+audio", "flush"]);
    switcher.sourceUnit(secondary, secondary.sound(1006, nowMs));
    expect(causes().slice(-2)).toEqual(["primary > nobody (silent)", "nobody > secondary (active)"]);
  });

  test("needs no dwelling, and is noticed right after a switch", () => {
    const switcher = onAir();
    passes(switcher, 100);
    nowMs += 1000;
    secondary.lastMediaAtMs = nowMs;
    switcher.tick();
    expect(switcher.onAir).toBe("secondary");
  });
});

describe("a revertive switcher", () => {
  /** The primary was lost and is back: the secondary is on air. */
  function standingIn(): Switcher {
    const switcher = onAir({ isRevertive: true });
    passes(switcher, 1000);
    switcher.sourceInactive(primary, "closed");
    switcher.sourceActive(primary);
    expect(switcher.onAir).toBe("secondary");
    return switcher;
  }

  /** A key frame of the primary, which it would come back with. */
  function primaryKeyFrame(switcher: Switcher): string | null {
    switcher.sourceUnit(primary, primary.picture(nowMs / 1000, nowMs, { isKeyFrame: true }));
    return switcher.onAir;
  }

  test("waits for a key frame of the primary once it was well for ten seconds", () => {
    const switcher = standingIn();
    switcher.tick();
    passes(switcher, 9999);
    expect(primaryKeyFrame(switcher)).toBe("secondary");
    passes(switcher, 1);
    expect(switcher.onAir).toBe("secondary");
    expect(primaryKeyFrame(switcher)).toBe("primary");
    expect(causes().at(-1)).toBe("secondary > primary (reverted)");
  });

  test("takes ninety points for well", () => {
    for (const [score, expected] of [
      [89, "secondary"],
      [90, "primary"],
    ] as const) {
      const switcher = standingIn();
      primary.score = score;
      passes(switcher, 10_100);
      expect(primaryKeyFrame(switcher)).toBe(expected);
    }
  });

  test("counts the ten seconds anew when the primary was not well in between", () => {
    const switcher = standingIn();
    passes(switcher, 9000);
    primary.score = 89;
    passes(switcher, 100);
    primary.score = 90;
    passes(switcher, 10_000);
    expect(primaryKeyFrame(switcher)).toBe("secondary");
    passes(switcher, 100);
    expect(primaryKeyFrame(switcher)).toBe("primary");
  });

  test("counts the ten seconds from the last switch on", () => {
    const switcher = standingIn();
    passes(switcher, 9000);
    switcher.sourceInactive(secondary, "closed");
    expect(switcher.onAir).toBe("primary");
    switcher.sourceActive(secondary);
    switcher.sourceInactive(primary, "closed");
    switcher.sourceActive(primary);
    passes(switcher, 10_000);
    expect(primaryKeyFrame(switcher)).toBe("secondary");
    passes(switcher, 100);
    expect(primaryKeyFrame(switcher)).toBe("primary");
  });

  test("does not go from the primary to the secondary", () => {
    const switcher = onAir({ isRevertive: true });
    passes(switcher, 30_000);
    switcher.sourceUnit(secondary, secondary.picture(nowMs / 1000, nowMs, { isKeyFrame: true }));
    expect(switcher.onAir).toBe("primary");
  });

  test("takes back a programme whose primary came after it began", () => {
    const switcher = switcherOf({ isRevertive: true });
    switcher.begin(programme, null);
    switcher.sourceActive(secondary);
    switcher.sourceActive(primary);
    passes(switcher, 10_100);
    expect(primaryKeyFrame(switcher)).toBe("primary");
  });

  test("is not to a primary that nobody can join, but from it, however well it is", () => {
    const switcher = onAir({ isRevertive: true });
    switcher.sourceInactive(primary, "closed");
    switcher.sourceActive(primary);
    primary.areJoinPointsMissing = true;
    passes(switcher, 60_000);
    bothSend(switcher);
    expect(switcher.onAir).toBe("secondary");
    switcher.request("primary");
    bothSend(switcher);
    expect(switcher.onAir).toBe("primary");
    passes(switcher, 9900);
    bothSend(switcher);
    expect(switcher.onAir).toBe("primary");
    passes(switcher, 200);
    bothSend(switcher);
    expect(causes().at(-1)).toBe("primary > secondary (reverted)");
  });

  test("is to a primary where nobody can join the secondary either", () => {
    const switcher = onAir({ isRevertive: true });
    switcher.sourceInactive(primary, "closed");
    switcher.sourceActive(primary);
    for (const source of [primary, secondary]) source.areJoinPointsMissing = true;
    passes(switcher, 10_100);
    bothSend(switcher);
    expect(causes().at(-1)).toBe("secondary > primary (reverted)");
  });

  test("that is sticky instead never does", () => {
    const switcher = onAir();
    switcher.sourceInactive(primary, "closed");
    switcher.sourceActive(primary);
    passes(switcher, 60_000);
    expect(primaryKeyFrame(switcher)).toBe("secondary");
  });
});

describe("a switch that was asked for", () => {
  /** The sides share a clock, the secondary's pictures come first, and a key frame of it is here. */
  function ready(): Switcher {
    const switcher = onAir();
    primary.clockOffsetMs = 300;
    secondary.clockOffsetMs = 0;
    switcher.sourceUnit(primary, primary.picture(1000, nowMs));
    switcher.sourceUnit(primary, primary.picture(1000.04, nowMs));
    switcher.request("secondary");
    switcher.sourceUnit(secondary, secondary.picture(1000.2, nowMs, { isKeyFrame: true }));
    expect(switcher.onAir).toBe("primary");
    return switcher;
  }

  test("is there when the outgoing side's pictures have come to the newcomer's key frame, and its sound is not enough", () => {
    const switcher = ready();
    switcher.sourceUnit(primary, primary.picture(1000.16, nowMs));
    expect(switcher.onAir).toBe("primary");
    const { length } = programme.units;
    switcher.sourceUnit(primary, primary.sound(1000.2, nowMs));
    expect(switcher.onAir).toBe("primary");
    expect(programme.units).toHaveLength(length);
    switcher.sourceUnit(primary, primary.picture(1000.2, nowMs));
    expect(switcher.onAir).toBe("secondary");
    expect(programme.marks()).toEqual([1, 1, 1, 1, 2]);
  });

  test("is there a second later where the outgoing side does not come to it, where its pictures ended", () => {
    const switcher = ready();
    for (const source of [primary, secondary]) source.lastMediaAtMs = nowMs + 999;
    nowMs += 999;
    switcher.tick();
    expect(switcher.onAir).toBe("primary");
    nowMs += 1;
    switcher.tick();
    expect(causes()).toEqual(["nobody > primary (begin)", "primary > secondary (requested)"]);
  });

  test("is decided once where the outgoing side is silent by then, too", () => {
    const switcher = ready();
    nowMs += 1100;
    secondary.lastMediaAtMs = nowMs;
    switcher.tick();
    expect(causes()).toEqual(["nobody > primary (begin)", "primary > secondary (requested)"]);
  });

  test("is decided once where the outgoing side is silent before that", () => {
    const switcher = onAir();
    primary.clockOffsetMs = 300;
    secondary.clockOffsetMs = 0;
    switcher.sourceUnit(primary, primary.picture(1000.04, nowMs));
    switcher.request("secondary");
    nowMs += 500;
    switcher.sourceUnit(secondary, secondary.picture(1000.2, nowMs, { isKeyFrame: true }));
    for (const ms of [500, 600]) {
      nowMs += ms;
      secondary.lastMediaAtMs = nowMs;
      switcher.tick();
    }
    expect(causes()).toEqual(["nobody > primary (begin)", "primary > secondary (silent)"]);
  });

  test("to a side that is active and silent waits for it", () => {
    const switcher = onAir();
    nowMs += 2000;
    primary.lastMediaAtMs = nowMs;
    expect(switcher.request("secondary")).toBe(true);
    switcher.tick();
    expect(switcher.onAir).toBe("primary");
    switcher.sourceUnit(secondary, secondary.picture(1002, nowMs, { isKeyFrame: true }));
    expect(switcher.onAir).toBe("secondary");
  });

  test("waits for a picture that is a key frame, not for sound", () => {
    const switcher = onAir();
    switcher.request("secondary");
    switcher.sourceUnit(secondary, secondary.sound(1000.02, nowMs));
    switcher.sourceUnit(secondary, secondary.picture(1000.04, nowMs));
    expect(switcher.onAir).toBe("primary");
    switcher.sourceUnit(secondary, secondary.picture(1000.08, nowMs, { isKeyFrame: true }));
    expect(switcher.onAir).toBe("secondary");
  });

  test("waits for a recovery point of one that has nothing else, and of no other", () => {
    const switcher = onAir();
    switcher.request("secondary");
    switcher.sourceUnit(secondary, secondary.picture(1000.04, nowMs, { isRecoveryPoint: true }));
    expect(switcher.onAir).toBe("primary");
    secondary.areJoinPointsMissing = true;
    switcher.sourceUnit(secondary, secondary.picture(1000.08, nowMs));
    expect(switcher.onAir).toBe("primary");
    switcher.sourceUnit(secondary, secondary.picture(1000.12, nowMs, { isRecoveryPoint: true }));
    expect(switcher.onAir).toBe("secondary");
    expect(programme.marks()).toEqual([1, 2]);
  });

  test("shows of the outgoing side what comes before the newcomer's key frame, and nothing after, when that is late", () => {
    const switcher = onAir();
    primary.clockOffsetMs = 0;
    secondary.clockOffsetMs = 0;
    switcher.request("secondary"); // its next key frame is due at 1002 s
    for (const seconds of [1001.96, 1002, 1002.04, 1002.08])
      switcher.sourceUnit(primary, primary.picture(seconds, nowMs));
    expect(programme.pictures).toHaveLength(2);
    for (const seconds of [1001.96, 1002, 1002.04])
      switcher.sourceUnit(secondary, secondary.picture(seconds, nowMs));
    switcher.sourceUnit(secondary, secondary.picture(1002.08, nowMs, { isKeyFrame: true }));
    switcher.sourceUnit(primary, primary.picture(1002.12, nowMs));
    expect(switcher.onAir).toBe("secondary");
    expect(programme.marks()).toEqual([1, 1, 1, 1, 2]);
    expect(programme.seenNumbers()).toEqual([1_000_000, 1_001_960, 1_002_000, 1_002_040, 1_002_080]);
  });

  test("twice is one", () => {
    const switcher = ready();
    switcher.request("secondary");
    switcher.sourceUnit(primary, primary.picture(1000.2, nowMs));
    expect(switcher.onAir).toBe("secondary");
  });

  test("is forgotten when the one on air is asked for", () => {
    const switcher = ready();
    switcher.sourceUnit(primary, primary.sound(1000.2, nowMs));
    expect(switcher.request("primary")).toBe(true);
    expect(programme.sounds).toHaveLength(1);
    switcher.sourceUnit(primary, primary.picture(1000.2, nowMs));
    switcher.sourceUnit(secondary, secondary.picture(1002, nowMs, { isKeyFrame: true }));
    passes(switcher, 1000);
    expect(switcher.onAir).toBe("primary");
    expect(programme.marks()).toEqual([1, 1, 1, 1]);
  });

  test("is forgotten when the one that is waited for is lost, and what was kept back is sent", () => {
    const switcher = ready();
    switcher.sourceUnit(primary, primary.sound(1000.2, nowMs));
    expect(programme.sounds).toEqual([]);
    switcher.sourceInactive(secondary, "closed");
    expect(programme.sounds).toHaveLength(1);
    switcher.sourceActive(secondary);
    switcher.sourceUnit(secondary, secondary.picture(1002, nowMs, { isKeyFrame: true }));
    expect(switcher.onAir).toBe("primary");
  });

  test("is over when the one on air falls silent: what was kept back is sent, and nothing of it is there twice", () => {
    const switcher = onAir();
    primary.clockOffsetMs = 0;
    secondary.clockOffsetMs = 0;
    switcher.request("secondary"); // its next key frame is due at 1002 s
    for (const seconds of [1002, 1002.04]) switcher.sourceUnit(primary, primary.picture(seconds, nowMs));
    for (const seconds of [1002, 1002.04, 1002.08])
      switcher.sourceUnit(secondary, secondary.picture(seconds, nowMs + 900));
    nowMs += 1000;
    secondary.lastMediaAtMs = nowMs;
    primary.lastMediaAtMs = nowMs - 1000;
    switcher.tick();
    expect(causes().at(-1)).toMatch(/secondary \((silent|requested)\)/);
    expect(programme.seenNumbers()).toEqual([1_000_000, 1_002_000, 1_002_040, 1_002_080]);
  });

  test("sends after a second what was kept back in vain, and goes on to wait", () => {
    const switcher = onAir();
    primary.clockOffsetMs = 0;
    secondary.clockOffsetMs = 0;
    switcher.request("secondary"); // its next key frame is due at 1002 s
    switcher.sourceUnit(primary, primary.picture(1002, nowMs));
    passes(switcher, 999);
    expect(programme.pictures).toHaveLength(1);
    passes(switcher, 1);
    expect(programme.pictures).toHaveLength(2);
    switcher.sourceUnit(secondary, secondary.picture(1002.04, nowMs, { isKeyFrame: true }));
    expect(switcher.onAir).toBe("secondary");
  });

  test("is done once, though the newcomer's key frame was not reached", () => {
    const switcher = ready();
    switcher.sourceUnit(primary, primary.picture(1000.2, nowMs));
    expect(switcher.onAir).toBe("secondary");
    passes(switcher, 3000);
    expect(causes()).toHaveLength(2);
    switcher.request("primary");
    switcher.sourceUnit(primary, primary.picture(1004, nowMs, { isKeyFrame: true }));
    switcher.sourceUnit(secondary, secondary.picture(1004, nowMs));
    expect(switcher.onAir).toBe("primary");
  });

  test("shows nothing twice where the programme is past the newcomer's key frame", () => {
    const switcher = onAir();
    primary.clockOffsetMs = 0;
    secondary.clockOffsetMs = 100;
    secondary.joinIntervalSeconds = null;
    switcher.request("secondary");
    for (const seconds of [1000.04, 1000.08, 1000.12])
      switcher.sourceUnit(primary, primary.picture(seconds, nowMs));
    switcher.sourceUnit(secondary, secondary.picture(1000.04, nowMs, { isKeyFrame: true }));
    for (const seconds of [1000.08, 1000.12, 1000.16, 1000.2])
      switcher.sourceUnit(secondary, secondary.picture(seconds, nowMs));
    expect(switcher.onAir).toBe("secondary");
    const seen = [1_000_000, 1_000_040, 1_000_080, 1_000_120, 1_000_160, 1_000_200];
    expect(programme.seenNumbers()).toEqual(seen);
  });

  test("to one without pictures happens at once", () => {
    secondary.tracks = [audioTrack];
    const switcher = switcherOf();
    switcher.sourceActive(primary);
    switcher.sourceActive(secondary);
    switcher.sourceUnit(primary, primary.picture(1000, nowMs, { isKeyFrame: true }));
    switcher.begin(programme, null);
    switcher.request("secondary");
    expect(switcher.onAir).toBe("secondary");
  });

  test("is forgotten with the programme", () => {
    const switcher = ready();
    switcher.sourceUnit(primary, primary.sound(1000.2, nowMs));
    const { length } = programme.units;
    switcher.end();
    expect(programme.units).toHaveLength(length + 1);
    expect(switcher.onAir).toBeNull();
    switcher.sourceUnit(secondary, secondary.picture(1002, nowMs, { isKeyFrame: true }));
    expect(switcher.onAir).toBeNull();
  });

  test("of a side whose clock jumps while it is waited for happens at its next key frame", () => {
    const switcher = ready();
    secondary.jumps();
    secondary.clockOffsetMs = 900_000;
    switcher.sourceUnit(secondary, secondary.picture(5, nowMs, { isKeyFrame: true }));
    expect(switcher.onAir).toBe("secondary");
    switcher.sourceUnit(secondary, secondary.picture(5.04, nowMs + 40));
    const seconds = programme.videoSeconds();
    expect((seconds.at(-1) ?? 0) - (seconds.at(-2) ?? 0)).toBeCloseTo(0.04, 6);
  });
});

describe("a change is told with", () => {
  test("both sides, both scores and what was wrong with the one that left", () => {
    const switcher = onAir();
    primary.score = 60;
    primary.faults = ["key-frame-overdue"];
    secondary.score = 95;
    secondary.faults = ["frozen"];
    switcher.sourceInactive(primary, "taken-over");
    expect(changes.at(-1)).toMatchObject({
      from: "primary",
      to: "secondary",
      cause: "taken-over",
      fromScore: 60,
      toScore: 95,
      faults: ["key-frame-overdue"],
    });
  });

  test("nothing of a gap where there was nothing before", () => {
    onAir();
    expect(changes).toEqual([
      {
        from: null,
        to: "primary",
        cause: "begin",
        fromScore: null,
        toScore: 100,
        faults: [],
        gapMs: null,
        gapFrames: null,
        joinedSeconds: 0,
      },
    ]);
  });

  test("the programme's time from which on the new side is seen, past what is only decoded", () => {
    const switcher = onAir();
    for (let frame = 1; frame <= 20; frame += 1) {
      nowMs += 40;
      for (const source of [primary, secondary])
        switcher.sourceUnit(source, source.picture(nowMs / 1000, nowMs));
    }
    nowMs += 40;
    switcher.sourceUnit(secondary, secondary.picture(nowMs / 1000, nowMs));
    switcher.sourceInactive(primary, "closed");
    const joinedSeconds = changes.at(-1)?.joinedSeconds ?? 0;
    expect(joinedSeconds).toBeCloseTo(programme.videoSeconds().at(-1) ?? 0, 4);
    expect(joinedSeconds).toBeGreaterThan(0.8);
    switcher.sourceInactive(secondary, "closed");
    expect(changes.at(-1)?.joinedSeconds).toBeNull();
  });

  test("no such time where what the new side can begin with is still to come", () => {
    const switcher = onAir();
    const without = new FakeSource("secondary", 3);
    without.lastMediaAtMs = nowMs;
    switcher.sourceActive(without);
    switcher.sourceInactive(primary, "closed");
    expect(changes.at(-1)).toMatchObject({ to: "secondary", joinedSeconds: null });
  });

  test("nobody's score where nobody stands in", () => {
    const switcher = onAir();
    switcher.sourceInactive(secondary, "closed");
    switcher.sourceInactive(primary, "silent");
    expect(changes.at(-1)).toMatchObject({
      from: "primary",
      to: null,
      cause: "silent",
      toScore: null,
      gapMs: null,
      gapFrames: null,
    });
  });

  test("the time since the programme's last unit, and no missing frames where the stand-in has all of them", () => {
    const switcher = onAir();
    nowMs += 700;
    secondary.lastMediaAtMs = nowMs;
    switcher.sourceInactive(primary, "closed");
    expect(changes.at(-1)).toMatchObject({ gapMs: 700, gapFrames: 0 });
  });

  test("the pictures of the gap that the stand-in no longer has", () => {
    const switcher = onAir();
    for (const ms of [1000, 2030, 3000]) {
      nowMs = 1_000_000 + ms;
      switcher.sourceUnit(secondary, secondary.picture(nowMs / 1000, nowMs, { isKeyFrame: true }));
    }
    switcher.sourceInactive(primary, "closed");
    expect(changes.at(-1)).toMatchObject({ gapMs: 3000, gapFrames: 50 });
  });

  test("no missing pictures where it is unknown how many there are in a second", () => {
    const switcher = onAir();
    secondary.frameRate = null;
    for (const ms of [1000, 2000, 3000]) {
      nowMs = 1_000_000 + ms;
      switcher.sourceUnit(secondary, secondary.picture(nowMs / 1000, nowMs, { isKeyFrame: true }));
    }
    switcher.sourceInactive(primary, "closed");
    expect(changes.at(-1)).toMatchObject({ gapMs: 3000, gapFrames: 0 });
  });

  test("no missing pictures where the stand-in has none to begin with", () => {
    const switcher = onAir();
    secondary.jumps();
    switcher.sourceInactive(primary, "closed");
    expect(changes.at(-1)).toMatchObject({ gapMs: 0, gapFrames: 0 });
  });
});

describe("on air", () => {
  test("is the primary where the programme begins with both, whoever was active first", () => {
    const switcher = switcherOf();
    switcher.sourceActive(secondary);
    switcher.sourceActive(primary);
    bothSend(switcher);
    switcher.begin(programme, null);
    expect(switcher.onAir).toBe("primary");
  });

  test("is who can be joined where the programme begins with both, and the primary where neither can", () => {
    for (const [isPrimaryMissing, isSecondaryMissing, expected] of [
      [true, false, "secondary"],
      [false, true, "primary"],
      [true, true, "primary"],
    ] as const) {
      primary.areJoinPointsMissing = isPrimaryMissing;
      secondary.areJoinPointsMissing = isSecondaryMissing;
      expect(onAir().onAir).toBe(expected);
    }
  });

  test("is one that cannot be joined where the programme begins with it alone", () => {
    primary.areJoinPointsMissing = true;
    const switcher = switcherOf();
    switcher.sourceActive(primary);
    primary.picture(1000, nowMs, { isRecoveryPoint: true });
    switcher.begin(programme, null);
    expect(switcher.onAir).toBe("primary");
    expect(programme.pictures.map(({ isSync, hints }) => [isSync, hints])).toEqual([
      [false, { isRecoveryPoint: true }],
    ]);
  });

  test("is the secondary where the programme begins with it alone", () => {
    const switcher = switcherOf();
    switcher.sourceActive(secondary);
    switcher.begin(programme, null);
    expect(causes()).toEqual(["nobody > secondary (begin)"]);
  });

  test("is who becomes active first, with all that came of it, also on a clock that has just begun", () => {
    nowMs = 0;
    const switcher = switcherOf();
    switcher.begin(programme, null);
    secondary.picture(7, 0, { isKeyFrame: true });
    secondary.picture(7.04, 0);
    switcher.sourceActive(secondary);
    expect(causes()).toEqual(["nobody > secondary (active)"]);
    expect(programme.videoSeconds()).toEqual([0, 0.04]);
    switcher.sourceActive(primary);
    expect(causes()).toHaveLength(1);
  });

  test("is nobody before the programme begins, whoever sends or is asked for", () => {
    const switcher = switcherOf();
    switcher.sourceActive(primary);
    bothSend(switcher);
    expect(switcher.request("primary")).toBe(true);
    expect(switcher.request("secondary")).toBe(false);
    switcher.tick();
    expect(switcher.onAir).toBeNull();
    expect(changes).toEqual([]);
  });

  test("nothing is sent twice of what came before the programme began", () => {
    onAir();
    expect(programme.marks()).toEqual([1]);
    expect(programme.videoSeconds()).toEqual([0]);
  });

  test("after a restart the programme begins where its recording ended, with a discontinuity", () => {
    const switcher = switcherOf();
    switcher.sourceActive(primary);
    bothSend(switcher);
    switcher.begin(programme, 60);
    expect(programme.events).toEqual(["tracks video+audio discontinuity"]);
    expect(programme.videoSeconds()).toEqual([60]);
  });

  test("the loss of the one that is not on air changes nothing", () => {
    const switcher = onAir();
    switcher.sourceInactive(secondary, "closed");
    expect(switcher.onAir).toBe("primary");
    expect(changes).toHaveLength(1);
    switcher.tick();
    nowMs += 5000;
    switcher.tick();
    expect(switcher.onAir).toBe("primary");
  });

  test("a stand-in that shares the clock and lacks the next pictures leaves their time open", () => {
    const switcher = onAir();
    primary.clockOffsetMs = 0;
    secondary.clockOffsetMs = 0;
    secondary.jumps();
    switcher.sourceUnit(primary, primary.picture(1000.04, nowMs + 40));
    switcher.sourceUnit(secondary, secondary.picture(1000.2, nowMs + 200, { isKeyFrame: true }));
    switcher.sourceInactive(primary, "closed");
    expect(programme.videoSeconds().at(-1)).toBeCloseTo(0.2, 6);
  });

  test("a stand-in that shares the clock goes on where the lost one ended, one with its own by what came when", () => {
    for (const [offsetMs, numbers] of [
      [0, [1_000_000, 1_000_040, 1_000_080]],
      [50_000, [1_000_000, 1_000_040, 1_000_040, 1_000_080]],
    ] as const) {
      nowMs = 1_000_000;
      programme = new RecordedProgramme();
      const switcher = onAir();
      primary.clockOffsetMs = 0;
      secondary.clockOffsetMs = offsetMs;
      switcher.sourceUnit(primary, primary.picture(1000.04, nowMs + 40));
      switcher.sourceUnit(secondary, secondary.picture(1000.04, nowMs + 50));
      switcher.sourceUnit(secondary, secondary.picture(1000.08, nowMs + 90));
      switcher.sourceInactive(primary, "closed");
      switcher.sourceUnit(secondary, secondary.picture(1000.12, nowMs + 130));
      expect(programme.seenNumbers().slice(0, -1)).toEqual([...numbers]);
    }
  });
});
