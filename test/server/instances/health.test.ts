import { describe, expect, test } from "bun:test";
import { type Fault, Health } from "#server/instances/health.ts";

/** What an encoder sends in a second. */
interface Sending {
  readonly pictures: number;
  /** Bytes of each picture but the key frames. */
  readonly pictureBytes: number;
  /** A key frame begins every so many seconds; 0 for none. */
  readonly keyFrameSeconds: number;
  readonly sounds: number;
  readonly soundBytes: number;
}

const WELL: Sending = { pictures: 50, pictureBytes: 4000, keyFrameSeconds: 1, sounds: 50, soundBytes: 200 };

/** A health that is fed with what an encoder sends, on a clock of its own that begins with a whole second. */
class Fed {
  readonly startMs: number;
  readonly health: Health;
  nowMs: number;
  #seconds = 0;

  constructor(startMs = 1_000_000) {
    this.startMs = startMs;
    this.nowMs = startMs;
    this.health = new Health(startMs);
  }

  /** A whole number of seconds of what an encoder sends that is well, but for what `but` says. */
  sends(seconds: number, but: Partial<Sending> = {}): this {
    const sending = { ...WELL, ...but };
    for (let second = 0; second < seconds; second += 1) this.#sendSecond(sending);
    return this;
  }

  passes(ms: number): this {
    this.nowMs += ms;
    return this;
  }

  repairs(count: number): this {
    for (let repair = 0; repair < count; repair += 1) this.health.repaired(this.nowMs);
    return this;
  }

  /** Pictures with which what is shown becomes right after a while. */
  recovers(count: number): this {
    for (let point = 0; point < count; point += 1)
      this.health.video(4000, { isSync: false, hints: { isRecoveryPoint: true } }, this.nowMs);
    return this;
  }

  get faults(): readonly Fault[] {
    return this.health.judge(this.nowMs).faults;
  }

  get score(): number {
    return this.health.judge(this.nowMs).score;
  }

  /** Its last picture and its last sound come 20 ms before its end. */
  #sendSecond({ pictures, pictureBytes, keyFrameSeconds, sounds, soundBytes }: Sending): void {
    const isKeyFrameDue = keyFrameSeconds > 0 && this.#seconds % keyFrameSeconds === 0;
    for (let picture = 0; picture < pictures; picture += 1) {
      const isKeyFrame = picture === 0 && isKeyFrameDue;
      this.health.video(
        isKeyFrame ? 50_000 : pictureBytes,
        { isSync: isKeyFrame },
        this.nowMs + at(picture, pictures),
      );
    }
    for (let sound = 0; sound < sounds; sound += 1) {
      this.health.audio(soundBytes, this.nowMs + at(sound, sounds));
    }
    this.nowMs += 1000;
    this.#seconds += 1;
  }
}

/** Millisecond of the second at which the unit of this index comes. */
function at(index: number, count: number): number {
  return count === 1 ? 0 : Math.round((index * 980) / (count - 1));
}

/** An encoder that has been well for long enough that everything usual is known. */
const well = (): Fed => new Fed().sends(20);

test("a publish that is well has no fault", () => {
  expect(well().health.judge(1_020_000)).toEqual({ score: 100, faults: [] });
});

describe("each fault is found at its threshold and not before", () => {
  const table: readonly [fault: Fault, threshold: string, below: () => Fed, at: () => Fed][] = [
    ["silent", "no unit for a second", () => well().passes(-20 + 999), () => well().passes(-20 + 1000)],
    [
      "silent",
      "no unit for a second after it connected",
      () => new Fed().passes(999),
      () => new Fed().passes(1000),
    ],
    [
      "video-missing",
      "sound alone for two seconds",
      () =>
        well()
          .sends(1, { pictures: 0 })
          .passes(-20 + 999),
      () =>
        well()
          .sends(1, { pictures: 0 })
          .passes(-20 + 1000),
    ],
    [
      "audio-missing",
      "pictures alone for a second",
      () => well().passes(-20 + 999),
      () => well().passes(-20 + 1000),
    ],
    [
      "key-frame-overdue",
      "ten seconds without one, where they came every second",
      () => well().sends(9, { keyFrameSeconds: 0 }).passes(-1),
      () => well().sends(9, { keyFrameSeconds: 0 }),
    ],
    [
      "key-frame-overdue",
      "three times their longest distance",
      () => new Fed().sends(13, { keyFrameSeconds: 4 }).sends(11, { keyFrameSeconds: 0 }).passes(-1),
      () => new Fed().sends(13, { keyFrameSeconds: 4 }).sends(11, { keyFrameSeconds: 0 }),
    ],
    [
      "no-join-point",
      "two recovery points and no key frame",
      () => new Fed().sends(3, { keyFrameSeconds: 0 }).recovers(1),
      () => new Fed().sends(3, { keyFrameSeconds: 0 }).recovers(2),
    ],
    [
      "no-join-point",
      "two recovery points since the last key frame",
      () => well().recovers(1).sends(1).recovers(1),
      () => well().recovers(1).sends(1).recovers(2),
    ],
    ["timestamps-broken", "five repairs in ten seconds", () => well().repairs(4), () => well().repairs(5)],
    [
      "timestamps-broken",
      "five repairs in less than ten seconds",
      () => well().repairs(1).sends(10).repairs(4),
      () => well().repairs(1).sends(10).passes(-1).repairs(4),
    ],
    [
      "frame-rate-dropped",
      "fewer than half the pictures",
      () => well().sends(2, { pictures: 25 }),
      () => well().sends(2, { pictures: 24 }),
    ],
    [
      "bitrate-collapsed",
      "less than a fifth of the bytes",
      () => well().sends(2, { pictureBytes: 800 }),
      () => well().sends(2, { pictureBytes: 790 }),
    ],
    [
      "frozen",
      "no picture of 200 bytes",
      () => well().sends(2, { pictureBytes: 200 }),
      () => well().sends(2, { pictureBytes: 199 }),
    ],
    [
      "frozen",
      "less than a tenth of the bytes",
      () => still().sends(2, { pictureBytes: 160, keyFrameSeconds: 0 }),
      () => still().sends(2, { pictureBytes: 159, keyFrameSeconds: 0 }),
    ],
    [
      "audio-silent",
      "sounds of less than 24 bytes",
      () => well().sends(2, { soundBytes: 24 }),
      () => well().sends(2, { soundBytes: 23 }),
    ],
    [
      "audio-silent",
      "less than a quarter of the bytes",
      () => new Fed().sends(20, { soundBytes: 80 }).sends(2, { soundBytes: 20 }),
      () => new Fed().sends(20, { soundBytes: 80 }).sends(2, { soundBytes: 19 }),
    ],
  ];
  for (const [fault, threshold, below, atIt] of table) {
    test(`${fault}: ${threshold}`, () => {
      expect(below().faults).not.toContain(fault);
      expect(atIt().faults).toContain(fault);
    });
  }
});

/** Pictures of a still scene: small enough that one alone could be a frozen picture's. No key frames, whose place would tell. */
function still(): Fed {
  return new Fed().sends(20, { pictureBytes: 1600, keyFrameSeconds: 0 });
}

describe("each fault costs its points", () => {
  const table: readonly [name: string, Fed, faults: readonly Fault[], score: number][] = [
    ["silence", well().passes(1000), ["silent", "audio-missing"], 0],
    ["a camera gone", videoMissing(), ["video-missing"], 20],
    ["sound gone", new Fed().sends(6).sends(1, { sounds: 0 }).passes(-20), ["audio-missing"], 65],
    ["no key frame", well().sends(10, { keyFrameSeconds: 0 }), ["key-frame-overdue"], 60],
    ["a rolling refresh", new Fed().sends(20, { keyFrameSeconds: 0 }).recovers(2), ["no-join-point"], 55],
    ["a broken clock", well().repairs(5), ["timestamps-broken"], 80],
    ["a slow encoder", well().sends(2, { pictures: 20 }), ["frame-rate-dropped"], 70],
    ["a starved encoder", well().sends(2, { pictureBytes: 700 }), ["bitrate-collapsed"], 65],
    ["a frozen picture", well().sends(2, { pictureBytes: 30 }), ["bitrate-collapsed", "frozen"], 40],
    ["a muted microphone", well().sends(2, { soundBytes: 10 }), ["audio-silent"], 80],
  ];
  for (const [name, fed, faults, score] of table) {
    test(`${name} leaves ${score}`, () => {
      expect<unknown>(fed.health.judge(fed.nowMs)).toEqual({ score, faults });
    });
  }
});

/** Before its usual frame rate is known. */
function videoMissing(): Fed {
  return new Fed().sends(2).sends(2, { pictures: 0 });
}

test("a score is never below nothing", () => {
  const blind = well().sends(3, { pictures: 0 });
  expect(blind.faults).toEqual(["video-missing", "frame-rate-dropped", "bitrate-collapsed"]); // 145 points
  expect(blind.score).toBe(0);
});

test("silence is noticed to the millisecond, and over with the first unit of either kind", () => {
  for (const unit of ["video", "audio"] as const) {
    const fed = well().passes(5000);
    expect(fed.health.mediaAgeMs(fed.nowMs)).toBe(5020);
    if (unit === "video") fed.health.video(4000, { isSync: false }, fed.nowMs);
    else fed.health.audio(200, fed.nowMs);
    expect(fed.health.mediaAgeMs(fed.nowMs)).toBe(0);
    expect(fed.faults).not.toContain("silent");
  }
});

test("a publish without sound does not miss it, nor one without pictures theirs", () => {
  expect(new Fed().sends(20, { sounds: 0 }).faults).toEqual([]);
  expect(new Fed().sends(20, { pictures: 0 }).faults).toEqual([]);
});

test("a publish of key frames alone has neither collapsed nor frozen", () => {
  const fed = new Fed().sends(20, { pictures: 1, keyFrameSeconds: 1 });
  expect(fed.faults).toEqual([]);
});

test("a camera that is gone is no frozen picture", () => {
  expect(well().sends(3, { pictures: 0 }).faults).not.toContain("frozen");
});

test("one large picture in two seconds is enough for a picture that moves", () => {
  const fed = well().sends(2, { pictureBytes: 20 });
  expect(fed.faults).toContain("frozen");
  fed.health.video(3000, { isSync: false }, fed.nowMs);
  expect(fed.sends(1, { pictureBytes: 20 }).faults).not.toContain("frozen");
  expect(fed.sends(1, { pictureBytes: 20 }).faults).not.toContain("frozen");
  expect(fed.sends(1, { pictureBytes: 20 }).faults).toContain("frozen");
});

test("the second in which a publish begins says nothing of what is usual", () => {
  expect(new Fed().sends(5).sends(2, { pictures: 20 }).faults).toEqual([]);
  expect(new Fed().sends(6).sends(2, { pictures: 20 }).faults).toEqual(["frame-rate-dropped"]);
});

test("nor does the one in which pictures or sound of another configuration do", () => {
  for (const [kind, but, fault] of [
    ["video", { pictures: 15 }, "frame-rate-dropped"],
    ["audio", { soundBytes: 8 }, "audio-silent"],
  ] as const) {
    for (const [seconds, faults] of [
      [4, []],
      [5, [fault]],
    ] as const) {
      const fed = well();
      fed.health.trackChanged(kind);
      expect<unknown>(fed.sends(seconds).sends(2, but).faults).toEqual(faults);
    }
  }
});

test("a second in which nothing came is one of the two that are compared", () => {
  expect(well().passes(1000).sends(1, { pictures: 30 }).faults).toContain("frame-rate-dropped");
  expect(well().sends(1).sends(1, { pictures: 30 }).faults).toEqual([]);
});

test("sound alone that falls silent is found without pictures to go by", () => {
  expect(new Fed().sends(20, { pictures: 0 }).sends(2, { pictures: 0, soundBytes: 8 }).faults).toEqual([
    "audio-silent",
  ]);
});

test("one picture a second is a publish like others", () => {
  const slides = { pictures: 1, sounds: 0, keyFrameSeconds: 0 };
  const fed = new Fed().sends(20, slides).sends(2, { ...slides, pictureBytes: 700 });
  expect(fed.passes(-1).faults).toEqual([]);
  expect(fed.passes(1).faults).toEqual(["silent", "bitrate-collapsed"]);
});

test("a microphone that is gone is missing, not silent", () => {
  const fed = well().sends(3, { sounds: 0 });
  expect(fed.faults).toEqual(["audio-missing"]);
});

test("what is wrong stays wrong for as long as it lasts, and is over two seconds after it ended", () => {
  for (const [but, fault] of [
    [{ pictureBytes: 30 }, "frozen"],
    [{ pictureBytes: 500 }, "bitrate-collapsed"],
    [{ pictures: 10 }, "frame-rate-dropped"],
    [{ soundBytes: 8 }, "audio-silent"],
  ] as const) {
    const fed = well();
    for (let minute = 0; minute < 10; minute += 1) {
      expect(fed.sends(60, but).faults).toContain(fault);
    }
    expect(fed.sends(2).faults).toEqual([]);
    expect(fed.sends(2, but).faults).toContain(fault);
  }
});

test("seconds in which nothing came at all say nothing of what is usual", () => {
  const fed = new Fed().sends(4).passes(30_000).sends(3);
  expect(fed.faults).not.toContain("frame-rate-dropped");
  expect(fed.sends(2, { pictures: 24 }).faults).toContain("frame-rate-dropped");
});

test("a stall and the burst that makes up for it are a fault no longer than two seconds", () => {
  const fed = well().passes(3000);
  expect(fed.faults).toEqual(expect.arrayContaining(["silent", "frame-rate-dropped", "bitrate-collapsed"]));
  for (let picture = 0; picture < 150; picture += 1) fed.health.video(4000, { isSync: false }, fed.nowMs);
  expect(fed.sends(1).faults).toEqual([]);
});

test("only whole seconds are compared", () => {
  const fed = well().sends(2, { pictures: 24 });
  expect(fed.faults).toContain("frame-rate-dropped");
  const midway = well().sends(1, { pictures: 24 });
  for (let picture = 0; picture < 10; picture += 1)
    midway.health.video(4000, { isSync: false }, midway.nowMs + picture);
  expect(midway.passes(999).faults).not.toContain("frame-rate-dropped");
});

test("the distance of key frames that counts is the longest, until the pictures are of another configuration", () => {
  const fed = new Fed().sends(13, { keyFrameSeconds: 6 }).sends(1, { keyFrameSeconds: 1 });
  fed.sends(16, { keyFrameSeconds: 0 });
  expect(fed.faults).not.toContain("key-frame-overdue");
  fed.health.trackChanged("audio");
  expect(fed.faults).not.toContain("key-frame-overdue");
  fed.health.trackChanged("video");
  expect(fed.faults).toContain("key-frame-overdue");
});

test("a rolling refresh is no key frame that is overdue, however long, and over with the next one", () => {
  const fed = well();
  for (let refresh = 0; refresh < 10; refresh += 1) fed.sends(4, { keyFrameSeconds: 0 }).recovers(1);
  expect(fed.faults).toEqual(["no-join-point"]);
  expect(fed.sends(1).faults).toEqual([]);
  expect(fed.recovers(1).faults).toEqual([]);
});

test("a recovery point is a picture like others to all that is measured", () => {
  const fed = well().sends(2, { pictureBytes: 20 });
  expect(fed.faults).toContain("frozen");
  expect(fed.recovers(1).sends(1, { pictureBytes: 20 }).faults).not.toContain("frozen");
});

test("an encoder that never sent a key frame is not late with one", () => {
  expect(new Fed().sends(30, { keyFrameSeconds: 0 }).faults).toEqual([]);
});

test("pictures of another configuration are compared with their like", () => {
  const fed = well();
  fed.health.trackChanged("video");
  expect(fed.sends(6, { pictures: 20, pictureBytes: 300 }).faults).toEqual([]);
  expect(fed.sends(6, { pictures: 20, pictureBytes: 300 }).faults).toEqual([]);
  expect(fed.sends(2, { pictures: 9, pictureBytes: 40 }).faults).toEqual([
    "frame-rate-dropped",
    "bitrate-collapsed",
    "frozen",
  ]);
});

test("sound of another configuration is compared with its like, and the pictures with what they were", () => {
  const fed = well();
  fed.health.trackChanged("audio");
  expect(fed.sends(7, { soundBytes: 10 }).faults).toEqual([]);
  expect(fed.sends(2, { soundBytes: 2, pictures: 20 }).faults).toEqual([
    "frame-rate-dropped",
    "audio-silent",
  ]);
});

test("repairs are forgotten ten seconds after they were, one by one", () => {
  const fed = well().repairs(5);
  expect(fed.sends(10).passes(-1).faults).toContain("timestamps-broken");
  expect(fed.passes(1).faults).not.toContain("timestamps-broken");
  const often = well().repairs(3).sends(5).repairs(3).sends(4).repairs(1);
  expect(often.faults).toContain("timestamps-broken");
});

test("slides are missing after half as long again as they were apart three times, and not before", () => {
  const health = new Health(0);
  const slide = (atMs: number) => health.video(20_000, { isSync: true }, atMs);
  const soundUntil = (fromMs: number, toMs: number) => {
    for (let atMs = fromMs; atMs <= toMs; atMs += 20) health.audio(200, atMs);
  };
  for (const atMs of [0, 5000, 10_000]) {
    slide(atMs);
    soundUntil(atMs, atMs + 4980);
  }
  expect(health.judge(14_980).faults).toContain("video-missing");
  slide(15_000);
  soundUntil(15_000, 22_480);
  expect(health.judge(22_499).faults).not.toContain("video-missing");
  expect(health.judge(22_500).faults).toContain("video-missing");
});

test("one picture among slides that follows the one before is enough for the camera to be missed after two seconds", () => {
  const health = new Health(0);
  for (const atMs of [0, 2000, 4000, 6000]) health.video(20_000, { isSync: true }, atMs);
  health.audio(200, 8999);
  expect(health.judge(8999).faults).not.toContain("video-missing");
  health.video(20_000, { isSync: true }, 10_999);
  for (let slides = 0; slides < 3; slides += 1)
    health.video(20_000, { isSync: true }, 13_000 + slides * 1999);
  health.audio(200, 18_998);
  expect(health.judge(18_998).faults).toContain("video-missing");
});

test("after a jump of the encoder's clock its recovery points are counted anew", () => {
  const health = new Health(0);
  const recovers = { isSync: false, hints: { isRecoveryPoint: true } } as const;
  health.video(4000, recovers, 0);
  health.video(4000, recovers, 40);
  expect(health.judge(80).faults).toContain("no-join-point");
  health.clockJumped();
  expect(health.judge(80).faults).not.toContain("no-join-point");
  health.video(4000, recovers, 80);
  expect(health.judge(120).faults).not.toContain("no-join-point");
});

test("of slides that are unevenly apart the two that are closest say when the next one is missing", () => {
  const health = new Health(0);
  for (const atMs of [0, 5000, 8000, 17_000]) health.video(20_000, { isSync: true }, atMs);
  health.audio(200, 21_499);
  expect(health.judge(21_499).faults).not.toContain("video-missing");
  expect(health.judge(21_500).faults).toContain("video-missing");
});
