import { describe, expect, test } from "bun:test";
import { Advice, type CutTargets } from "#server/instances/advice.ts";
import { TARGETS } from "#test/support/targets.ts";

interface Sending {
  readonly seconds: number;
  readonly keyFrameSeconds?: number;
  readonly areGopsOpen?: boolean;
  /** Frames after decoding that every third picture is shown later than those between. */
  readonly reorderedFrames?: number;
  readonly slowBy?: number;
  readonly delaySeconds?: number;
  readonly picture?: boolean;
}

/** A publish of 25 frames a second that begins with nothing to say of it. */
class Publishing {
  readonly advice: Advice;
  videoKbps = 2500;
  audioKbps = 160;
  frameRate: number | null = 25;
  #frame = 0;
  #nextKeyFrameSeconds = 0;
  #encoderSeconds = 5000;
  #nowMs = 1_000_000;

  constructor(targets: CutTargets = TARGETS) {
    this.advice = new Advice(targets, {
      videoBitrateKbps: () => this.videoKbps,
      audioBitrateKbps: () => this.audioKbps,
      frameRate: 25,
    });
  }

  /** What is advised afterwards. */
  sends(sending: Sending): readonly string[] {
    const { seconds, keyFrameSeconds = 2, areGopsOpen = false, reorderedFrames = 0 } = sending;
    const { slowBy = 0, delaySeconds = 0, picture = true } = sending;
    for (let frame = 0; frame < seconds * 25; frame += 1) {
      this.#frame += 1;
      this.#encoderSeconds += 0.04 * (1 - slowBy);
      this.#nowMs += 40;
      if (!picture) {
        this.advice.audio(this.#encoderSeconds, this.#nowMs);
        continue;
      }
      const isSync = this.#encoderSeconds >= this.#nextKeyFrameSeconds - 0.001;
      if (isSync) this.#nextKeyFrameSeconds = this.#encoderSeconds + keyFrameSeconds;
      const shownFrames = this.#frame % 3 === 0 ? reorderedFrames : 0;
      const ptsSeconds = this.#encoderSeconds + shownFrames * 0.04 + delaySeconds;
      const isOpenGop = isSync && areGopsOpen;
      const dtsSeconds = this.#encoderSeconds;
      this.advice.video({ isSync: isSync && !isOpenGop, isOpenGop, dtsSeconds, ptsSeconds }, this.#nowMs);
    }
    return this.advice.sentences;
  }

  /** Nothing comes, and neither does time pass for the encoder. */
  isSilent(seconds: number): void {
    this.#nowMs += seconds * 1000;
    this.#encoderSeconds += seconds;
  }
}

const LONG = "Key frames come every 8 s; segments are to last 2 s: set the key frame interval to 2 s.";

test("an encoder that sends what it should is advised nothing, for an hour", () => {
  const publishing = new Publishing();
  publishing.advice.announced({ videoKbps: 2500, audioKbps: 160 });
  expect(publishing.sends({ seconds: 3600 })).toEqual([]);
});

describe("key frames too far apart", () => {
  test("are told of with what they are and should be", () => {
    expect(new Publishing().sends({ seconds: 30, keyFrameSeconds: 8 })).toEqual([LONG]);
    const targets = { segmentSeconds: 0.5, partMilliseconds: 0 };
    expect(new Publishing(targets).sends({ seconds: 30, keyFrameSeconds: 0.72 })).toEqual([
      "Key frames come every 0.72 s; segments are to last 0.5 s: set the key frame interval to 0.5 s.",
    ]);
  });

  test("are so from a quarter over the segment target on", () => {
    expect(new Publishing().sends({ seconds: 60, keyFrameSeconds: 2.48 })).toEqual([]);
    expect(new Publishing().sends({ seconds: 60, keyFrameSeconds: 2.52 })).toHaveLength(1);
  });

  test("are told of three seconds after they are known, and no more ten seconds after they came right", () => {
    const publishing = new Publishing();
    expect(publishing.sends({ seconds: 18, keyFrameSeconds: 8 })).toEqual([]);
    expect(publishing.sends({ seconds: 2, keyFrameSeconds: 8 })).toEqual([LONG]);
    publishing.sends({ seconds: 4, keyFrameSeconds: 2 }); // The last long one ends.
    expect(publishing.sends({ seconds: 12 })).toEqual([LONG]);
    expect(publishing.sends({ seconds: 3 })).not.toContain(LONG);
  });

  test("are neither told of nor forgotten while nothing comes", () => {
    const publishing = new Publishing();
    publishing.sends({ seconds: 17.5, keyFrameSeconds: 8 });
    publishing.isSilent(60);
    expect(publishing.advice.sentences).toEqual([]);
    publishing.sends({ seconds: 30, keyFrameSeconds: 8 });
    publishing.isSilent(60);
    expect(publishing.advice.sentences).toContain(LONG);
  });

  test("are measured anew after the encoder's clock jumped", () => {
    const publishing = new Publishing();
    for (let jump = 0; jump < 6; jump += 1) {
      publishing.sends({ seconds: 5 });
      publishing.isSilent(60);
      publishing.advice.clockJumped();
    }
    expect(publishing.sends({ seconds: 12 })).toEqual([]);
  });
});

describe("uneven key frames", () => {
  const UNEVEN =
    "Key frames come unevenly, 0.6 s to 2 s apart: turn scene change detection off and set a fixed key frame interval.";

  /** A change of scenes brings a key frame early. */
  function changesScenes(publishing: Publishing, times: number): readonly string[] {
    for (let time = 0; time < times; time += 1) {
      publishing.sends({ seconds: 2, keyFrameSeconds: 0.6 });
      publishing.sends({ seconds: 4 });
    }
    return publishing.advice.sentences;
  }

  test("are told of with the shortest and the longest, after ten seconds", () => {
    const publishing = new Publishing();
    publishing.sends({ seconds: 20 });
    expect(changesScenes(publishing, 1)).toEqual([]);
    expect(publishing.sends({ seconds: 4 })).toEqual([]);
    expect(publishing.sends({ seconds: 1.2 })).toEqual([UNEVEN]);
  });

  test("are not forgotten before a minute without", () => {
    const publishing = new Publishing();
    publishing.sends({ seconds: 20 });
    changesScenes(publishing, 4);
    expect(publishing.sends({ seconds: 70 })).toEqual([UNEVEN]);
    expect(publishing.sends({ seconds: 10 })).toEqual([]);
  });
});

describe("open GOPs", () => {
  const OPEN =
    "The GOPs are open, so pictures after a key frame need those before it, and whoever joins there misses them: " +
    "set closed GOPs in the encoder.";

  test("are told of once two have come and three seconds are over", () => {
    const publishing = new Publishing();
    expect(publishing.sends({ seconds: 4, areGopsOpen: true })).toEqual([]);
    expect(publishing.sends({ seconds: 3, areGopsOpen: true })).toEqual([OPEN]);
  });

  test("are not told of where one alone is", () => {
    const publishing = new Publishing();
    publishing.sends({ seconds: 2, areGopsOpen: true });
    expect(publishing.sends({ seconds: 30 })).toEqual([]);
  });

  test("are told of until ten seconds without", () => {
    const publishing = new Publishing();
    publishing.sends({ seconds: 20, areGopsOpen: true });
    expect(publishing.sends({ seconds: 14 })).toEqual([OPEN]);
    expect(publishing.sends({ seconds: 8 })).toEqual([]);
  });

  test("count as key frames, whose interval is told, too", () => {
    expect(new Publishing().sends({ seconds: 30, keyFrameSeconds: 8, areGopsOpen: true })).toEqual([
      LONG,
      OPEN,
    ]);
  });
});

describe("B-frames", () => {
  const DELAYED =
    "B-frames delay the picture by 0.12 s, and the programme is cut for low latency: set the number of B-frames to 0.";

  test("are told of with how long they delay, after five seconds", () => {
    const publishing = new Publishing();
    expect(publishing.sends({ seconds: 4.9, reorderedFrames: 3 })).toEqual([]);
    expect(publishing.sends({ seconds: 0.2, reorderedFrames: 3 })).toEqual([DELAYED]);
  });

  test("are no fault where there is no low latency", () => {
    const publishing = new Publishing({ segmentSeconds: 2, partMilliseconds: 0 });
    expect(publishing.sends({ seconds: 60, reorderedFrames: 3 })).toEqual([]);
  });

  test("are what moves pictures by a frame and a half, not what comes of rounding, nor a delay of all pictures", () => {
    expect(new Publishing().sends({ seconds: 60, reorderedFrames: 1.4 })).toEqual([]);
    expect(new Publishing().sends({ seconds: 60, reorderedFrames: 1.6 })).toHaveLength(1);
    const delaying = new Publishing();
    delaying.sends({ seconds: 10 });
    expect(delaying.sends({ seconds: 60, delaySeconds: 0.3 })).toEqual([]);
  });

  test("are told of until half a minute without, of which seconds without a picture are none", () => {
    const publishing = new Publishing();
    publishing.sends({ seconds: 10, reorderedFrames: 3 });
    publishing.sends({ seconds: 60, picture: false });
    expect(publishing.sends({ seconds: 28 })).toContain(DELAYED);
    expect(publishing.sends({ seconds: 2 })).not.toContain(DELAYED);
  });
});

describe("a bitrate above what was announced", () => {
  test("is told of for picture and sound, each with both figures", () => {
    const publishing = new Publishing();
    publishing.advice.announced({ videoKbps: 1500.4, audioKbps: 96 });
    expect(publishing.sends({ seconds: 14.9 })).toEqual([]);
    expect(publishing.sends({ seconds: 0.2 })).toEqual([
      "The picture takes 2500 kbit/s, and the encoder announced 1500: set a constant bitrate, or one that the line can carry.",
      "The sound takes 160 kbit/s, and the encoder announced 96: set a constant bitrate, or one that the line can carry.",
    ]);
  });

  test("is so from three tenths over it on", () => {
    const publishing = new Publishing();
    publishing.videoKbps = 1300;
    publishing.advice.announced({ videoKbps: 1000, audioKbps: null });
    expect(publishing.sends({ seconds: 60 })).toEqual([]);
    publishing.videoKbps = 1301;
    expect(publishing.sends({ seconds: 60 })).toHaveLength(1);
  });

  test("is told of until half a minute without, and not where nothing was announced", () => {
    const publishing = new Publishing();
    expect(publishing.sends({ seconds: 60 })).toEqual([]);
    publishing.advice.announced({ videoKbps: 1000, audioKbps: null });
    publishing.sends({ seconds: 20 });
    publishing.advice.announced({ videoKbps: null, audioKbps: null });
    expect(publishing.sends({ seconds: 29 })).toHaveLength(1);
    expect(publishing.sends({ seconds: 2 })).toEqual([]);
  });
});

describe("a clock that runs wrong", () => {
  test("is told of by how much, with what makes one slow, and what fast", () => {
    expect(new Publishing().sends({ seconds: 120, slowBy: 0.012 })).toEqual([
      "The encoder's clock runs 1.2 % slow against the server's: take sound and picture from one device, " +
        "synchronise its clock, or, where its line is too slow for what it sends, lower the bitrate.",
    ]);
    expect(new Publishing().sends({ seconds: 120, slowBy: -0.25 })).toEqual([
      "The encoder's clock runs 25 % fast against the server's: take sound and picture from one device, " +
        "synchronise its clock, and send files in real time.",
    ]);
  });

  test("is so from 0.1 % on", () => {
    expect(new Publishing().sends({ seconds: 900, slowBy: 0.00095 })).toEqual([]);
    expect(new Publishing().sends({ seconds: 900, slowBy: 0.00105 })).toHaveLength(1);
  });

  test("is told of once two measurements found it, and until a minute after none did", () => {
    const publishing = new Publishing();
    expect(publishing.sends({ seconds: 93, slowBy: 0.02 })).toEqual([]);
    expect(publishing.sends({ seconds: 3, slowBy: 0.02 })).toHaveLength(1);
    publishing.advice.clockJumped();
    expect(publishing.sends({ seconds: 59 })).toHaveLength(1);
    expect(publishing.sends({ seconds: 3 })).toEqual([]);
  });
});

test("the sentences keep their order, whichever came first", () => {
  const publishing = new Publishing();
  publishing.advice.announced({ videoKbps: 1000, audioKbps: 64 });
  publishing.sends({ seconds: 100, reorderedFrames: 3, slowBy: 0.02 });
  publishing.sends({ seconds: 30, reorderedFrames: 3, slowBy: 0.02, areGopsOpen: true });
  publishing.sends({ seconds: 40, reorderedFrames: 3, slowBy: 0.02, areGopsOpen: true, keyFrameSeconds: 8 });
  const beginnings = publishing.advice.sentences.map((sentence) => sentence.split(" ").slice(0, 3).join(" "));
  expect(beginnings).toEqual([
    ...["Key frames come", "Key frames come", "The GOPs are", "B-frames delay the"],
    ...["The picture takes", "The sound takes", "The encoder's clock"],
  ]);
});
