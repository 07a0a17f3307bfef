import { beforeEach, describe, expect, test } from "bun:test";
import { type FlvMessage, TagDemuxer } from "#media/flv/tag-demuxer.ts";
import { Publish, type TimedUnit } from "#server/instances/publish.ts";
import { Splicer } from "#server/switching/splicer.ts";
import { FakeSource, type PictureFacts } from "#test/support/fake-source.ts";
import { RecordedProgramme } from "#test/support/recorded-programme.ts";
import { SyntheticEncoder, type SyntheticEncoderOptions } from "#test/support/synthetic-encoder.ts";
import { TARGETS } from "#test/support/targets.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

/** One side with its encoder, and a clock that runs with what it sends. */
class Side {
  readonly publish = new Publish("primary", 0, TARGETS, true);
  readonly #demuxer = new TagDemuxer();
  readonly #encoder: SyntheticEncoder;

  constructor(options: SyntheticEncoderOptions) {
    this.#encoder = new SyntheticEncoder(options);
    for (const message of this.#encoder.headers()) this.receive(message, 0);
  }

  receive(message: FlvMessage, nowMs: number): TimedUnit | null {
    let timed: TimedUnit | null = null;
    for (const item of this.#demuxer.push(message)) {
      if (item.type === "track") this.publish.setTrack(item.track);
      if (item.type === "unit") timed = this.publish.push(item.unit, nowMs);
    }
    return timed;
  }

  /** Sends `seconds` of frames, each arriving when it is made; `splicer` gets them when this side is on air. */
  send(seconds: number, arrivalMs: number, splicer: Splicer | null): void {
    let firstMs: number | null = null;
    for (const message of this.#encoder.play(seconds)) {
      firstMs ??= message.timestampMs;
      const nowMs: number = arrivalMs + message.timestampMs - firstMs;
      const timed = this.receive(message, nowMs);
      if (timed !== null) splicer?.forward(this.publish, timed, nowMs);
    }
  }
}

test("a programme that begins in the middle of a group of pictures starts at its key frame, squeezed up to now", () => {
  const programme = new RecordedProgramme();
  const splicer = new Splicer(programme, null);
  const side = new Side({ startMs: 1_000_000 });
  side.send(3, 0, null);
  splicer.join(side.publish, { afterArrivalMs: 3000 });
  side.send(2, 3000, splicer);
  const seconds = programme.videoSeconds();
  expect(programme.events).toEqual(["tracks video+audio"]);
  expect(programme.units[0]?.isSync).toBe(true);
  expect(seconds[0]).toBe(0);
  expect(seconds.slice(0, 25).every((second) => second < 0.005)).toBe(true);
  expect(seconds.at(-1)).toBeCloseTo(2, 1);
});

test("the other side with the same tracks goes on without a discontinuity and without a jump", () => {
  const programme = new RecordedProgramme();
  const splicer = new Splicer(programme, null);
  const first = new Side({ mark: 1 });
  const second = new Side({ mark: 2, startMs: 777_000 });
  splicer.join(first.publish, { afterArrivalMs: 0 });
  first.send(3, 0, splicer);
  second.send(3, 0, null);
  splicer.join(second.publish, { afterArrivalMs: splicer.lastArrivalMs ?? 0 });
  second.send(2, 3000, splicer);
  expect(programme.events).toEqual(["tracks video+audio"]);
  const seconds = programme.videoSeconds();
  for (const [index, second] of seconds.entries()) {
    const step = second - (seconds[index - 1] ?? -0.04);
    expect(step).toBeGreaterThan(0);
    expect(step).toBeLessThan(0.0501);
  }
  expect(seconds.at(-1)).toBeCloseTo(4.96, 1);
  const marks = programme.marks();
  expect(new Set(marks.slice(0, 75))).toEqual(new Set([1]));
  expect(new Set(marks.slice(75))).toEqual(new Set([2]));
});

test("a side with other tracks brings its own initialization and one discontinuity", () => {
  const programme = new RecordedProgramme();
  const splicer = new Splicer(programme, null);
  const first = new Side({});
  const second = new Side({ level: 31 });
  splicer.join(first.publish, { afterArrivalMs: 0 });
  first.send(3, 0, splicer);
  second.send(3, 0, null);
  splicer.join(second.publish, { afterArrivalMs: splicer.lastArrivalMs ?? 0 });
  second.send(1, 3000, splicer);
  expect(programme.events).toEqual(["tracks video+audio", "tracks video+audio discontinuity"]);
});

test("an encoder that comes back with the same tracks after a gap leaves one discontinuity, and time goes on", () => {
  const programme = new RecordedProgramme();
  const splicer = new Splicer(programme, null);
  const before = new Side({});
  splicer.join(before.publish, { afterArrivalMs: 0 });
  before.send(3, 0, splicer);
  splicer.breakOff();
  const after = new Side({});
  after.send(1, 18_000, null);
  splicer.join(after.publish, { afterArrivalMs: splicer.lastArrivalMs ?? 0 });
  after.send(1, 19_000, splicer);
  expect(programme.events).toEqual(["tracks video+audio", "flush", "discontinuity"]);
  expect(programme.videoSeconds().at(-1)).toBeCloseTo(4.96, 1);
});

test("a late audio track joins at the next key frame, and the picture goes on until then", () => {
  const programme = new RecordedProgramme();
  const splicer = new Splicer(programme, null);
  const side = new Side({ audio: false });
  splicer.join(side.publish, { afterArrivalMs: 0 });
  side.send(3, 0, splicer);
  const [header] = new SyntheticEncoder({ video: false }).headers();
  if (header !== undefined) side.receive({ ...header, timestampMs: 3000 }, 3000);
  side.send(2, 3000, splicer);
  expect(programme.events).toEqual(["tracks video", "tracks video+audio discontinuity"]);
  const steps = programme.videoSeconds().map((second, index, all) => second - (all[index - 1] ?? -0.04));
  expect(steps.every((step) => Math.abs(step - 0.04) < 0.002)).toBe(true);
});

test("a programme that goes on after a restart starts where its recording ended, with a discontinuity", () => {
  const programme = new RecordedProgramme();
  const splicer = new Splicer(programme, 60);
  const side = new Side({});
  side.send(1, 0, null);
  splicer.join(side.publish, { afterArrivalMs: 1000 });
  expect(programme.events).toEqual(["tracks video+audio discontinuity"]);
  expect(programme.videoSeconds()[0]).toBe(60);
});

test("sound never goes back in time at a joint", () => {
  const programme = new RecordedProgramme();
  const splicer = new Splicer(programme, null);
  const first = new Side({ mark: 1 });
  const second = new Side({ mark: 2, startMs: 50 });
  splicer.join(first.publish, { afterArrivalMs: 0 });
  first.send(3, 0, splicer);
  second.send(3, 0, null);
  splicer.join(second.publish, { afterArrivalMs: 2500 });
  second.send(1, 3000, splicer);
  let before = -1;
  for (const unit of programme.units.filter((unit) => unit.trackId === 2)) {
    expect(unit.dts).toBeGreaterThan(before);
    before = unit.dts;
  }
});

test("time does not go back where a side with pictures follows one that had none, on the same clock", () => {
  const programme = new RecordedProgramme();
  const splicer = new Splicer(programme, null);
  const soundAlone = new Side({ video: false });
  const both = new Side({});
  soundAlone.send(1, 0, null);
  splicer.join(soundAlone.publish, { afterArrivalMs: 1000 });
  soundAlone.send(5, 1000, splicer);
  both.send(6, 0, null);
  splicer.join(both.publish, { fromSeconds: 6, isSameClock: true });
  both.send(1, 6000, splicer);
  const soundEnd = programme.units.filter(({ trackId }) => trackId === 2)[230]?.dts ?? 0;
  expect(programme.videoSeconds()[0]).toBeGreaterThanOrEqual(soundEnd / 48_000);
});

describe("by hand", () => {
  let programme = new RecordedProgramme();
  let splicer = new Splicer(programme, null);
  let first = new FakeSource("primary", 1);
  let second = new FakeSource("secondary", 2);

  beforeEach(() => {
    programme = new RecordedProgramme();
    splicer = new Splicer(programme, null);
    first = new FakeSource("primary", 1);
    second = new FakeSource("secondary", 2);
  });

  /** Arrives when it is made, by the encoder's own clock. */
  function picture(source: FakeSource, seconds: number, facts: PictureFacts = {}): void {
    const nowMs = Math.round(seconds * 1000);
    splicer.forward(source, source.picture(seconds, nowMs, facts), nowMs);
  }

  function sound(source: FakeSource, seconds: number): void {
    const nowMs = Math.round(seconds * 1000);
    splicer.forward(source, source.sound(seconds, nowMs), nowMs);
  }

  /** The first source: pictures at 100 s and 100.04 s, its first one a key frame. */
  function firstIsOnAir(): void {
    splicer.join(first, { afterArrivalMs: 0 });
    picture(first, 100, { isKeyFrame: true });
    picture(first, 100.04);
  }

  /** Programme times of the pictures and of the sounds. */
  const pictureTimes = (): number[] => programme.videoSeconds().map(rounded);
  const soundTimes = (): number[] => programme.sounds.map(({ dts }) => rounded(dts / 48_000));
  const rounded = (seconds: number): number => Math.round(seconds * 10_000) / 10_000;

  test.each([
    [3, 100.04 + 0.04],
    [0.2, 103 - 0.5],
  ])(
    "sound that the first source sends 3 s ahead, and the second %p s, is waited for as far as the second does not",
    (aheadSeconds, programmeSeconds) => {
      firstIsOnAir();
      for (let seconds = 100; seconds <= 103; seconds += 0.02) sound(first, seconds);
      second.picture(500, 200_000, { isKeyFrame: true });
      for (let ahead = 0; ahead <= aheadSeconds; ahead += 0.02) second.sound(500 + ahead, 200_000);
      splicer.join(second, { afterArrivalMs: 199_999 });
      expect(pictureTimes().at(-1)).toBeCloseTo(programmeSeconds - 100, 1);
    },
  );

  describe("sound that is ahead of the picture at a joint", () => {
    /** Two sounds of 20 ms. */
    function soundUntil(seconds: number): void {
      sound(first, seconds - 0.04);
      sound(first, seconds - 0.02);
    }

    /** Where the second side's picture comes when the first one's sound ends this long after its first picture's time. */
    function joinsAt(aheadSeconds: number): number | undefined {
      firstIsOnAir();
      soundUntil(100 + aheadSeconds);
      splicer.join(second, { afterArrivalMs: 0 });
      picture(second, 500, { isKeyFrame: true });
      return pictureTimes().at(-1);
    }

    test("of half a second is not waited for", () => {
      expect(joinsAt(0.58)).toBe(0.08);
    });

    test("of more is, as far as it is more", () => {
      expect(joinsAt(0.6)).toBe(0.1);
    });

    test("is all waited for where the tracks are others", () => {
      second.tracks = [{ ...videoTrack, timescale: 45_000 }];
      firstIsOnAir();
      soundUntil(100.4);
      splicer.join(second, { afterArrivalMs: 0 });
      splicer.forward(
        second,
        { ...second.picture(250, 0, { isKeyFrame: true }), track: second.tracks[0] ?? videoTrack },
        0,
      );
      expect(programme.events).toEqual(["tracks video+audio", "tracks video discontinuity"]);
      expect(programme.pictures.at(-1)?.dts).toBe(0.4 * 45_000);
    });

    test("is all waited for after a break, and by a side that has sound alone", () => {
      firstIsOnAir();
      soundUntil(100.4);
      splicer.breakOff();
      splicer.join(second, { afterArrivalMs: 0 });
      picture(second, 500, { isKeyFrame: true });
      expect(pictureTimes().at(-1)).toBe(0.4);
    });
  });

  describe("sound of both sides at a joint", () => {
    /** Whether the second side's first sound is heard, which comes this long after the last of the first, of 20 ms. */
    function isHeard(afterSeconds: number): boolean {
      firstIsOnAir();
      sound(first, 100.06);
      sound(first, 100.08);
      splicer.join(second, { afterArrivalMs: 0 });
      picture(second, 500, { isKeyFrame: true }); // plays at 0.08
      sound(second, 500 + afterSeconds);
      return programme.sounds.length === 3;
    }

    test("is heard once, to within half a sound", () => {
      expect(isHeard(0.0099)).toBe(false);
    });

    test("goes on with the newcomer's from half a sound on", () => {
      expect(isHeard(0.01)).toBe(true);
      expect(soundTimes().at(-1)).toBe(0.09);
    });
  });

  test("sound after a hole is no longer than other sound: what comes next is heard", () => {
    firstIsOnAir();
    for (const seconds of [100, 100.02, 100.5, 100.52, 100.54]) sound(first, seconds);
    expect(soundTimes()).toEqual([0, 0.02, 0.5, 0.52, 0.54]);
  });

  test("sound alone goes on from half a sound on, whatever came before on its track", () => {
    first.tracks = [audioTrack];
    splicer.join(first, { afterArrivalMs: 0 });
    sound(first, 10);
    sound(first, 10.02);
    sound(first, 10.025);
    sound(first, 10.04);
    expect(soundTimes()).toEqual([0, 0.02, 0.04]);
  });

  test("what was only decoded is not heard where nothing was before", () => {
    first.picture(100, 100_000, { isKeyFrame: true });
    first.sound(100, 100_000);
    first.sound(100.02, 100_020);
    first.picture(100.04, 100_040);
    first.sound(100.04, 100_040);
    splicer.join(first, { afterArrivalMs: 100_020 });
    expect(programme.pictures).toHaveLength(2);
    expect(soundTimes()).toEqual([0.0002]);
  });

  test("sound from before the joint fills what the outgoing side left open", () => {
    firstIsOnAir();
    sound(first, 100);
    sound(first, 100.02);
    second.picture(500, 100_000, { isKeyFrame: true });
    for (const seconds of [500, 500.02, 500.04, 500.06])
      second.sound(seconds, 100_000 + (seconds - 500) * 1000);
    second.picture(500.08, 100_080);
    splicer.join(second, { afterArrivalMs: 100_040 });
    expect(pictureTimes()).toEqual([0, 0.04, 0.08, 0.0803]);
    expect(soundTimes()).toEqual([0, 0.02, 0.0403, 0.0603]);
  });

  test("pictures that nobody sees and none needs are not even sent", () => {
    first.picture(100, 100_000, { isKeyFrame: true });
    first.picture(100.04, 100_040, { isDisposable: true });
    first.picture(100.08, 100_080);
    first.picture(100.12, 100_120, { isDisposable: true });
    splicer.join(first, { afterArrivalMs: 100_100 });
    expect(programme.seenNumbers()).toEqual([100_120]);
    expect(programme.pictures).toHaveLength(3);
  });

  test("pictures that are shown later than decoded keep the time in between at a joint", () => {
    splicer.join(first, { afterArrivalMs: 0 });
    picture(first, 100, { isKeyFrame: true, reorderSeconds: 0.08 });
    picture(first, 100.04, { reorderSeconds: 0.16 }); // shown until 0.24
    splicer.join(second, { afterArrivalMs: 0 });
    picture(second, 500, { isKeyFrame: true, reorderSeconds: 0.08 });
    picture(second, 500.04, { reorderSeconds: 0.04 });
    const shown = programme.pictures.map(({ dts, pts }) => [rounded(dts / 90_000), rounded(pts / 90_000)]);
    expect(shown).toEqual([
      [0, 0.08],
      [0.04, 0.2],
      [0.16, 0.24],
      [0.2, 0.24],
    ]);
  });

  test("pictures that are only decoded are shown in the time of their joint, none before it is decoded", () => {
    first.picture(100, 100_000, { isKeyFrame: true, reorderSeconds: 0.04 });
    first.picture(100.04, 100_040, { reorderSeconds: 0.12 });
    first.picture(100.08, 100_080);
    first.picture(102, 102_000, { reorderSeconds: 0.04 });
    splicer.join(first, { afterArrivalMs: 101_000 });
    const shown = programme.pictures.map(({ dts, pts }) => [dts, pts]);
    expect(shown).toEqual([
      [0, 3600],
      [14, 3643],
      [28, 3614],
      [720, 4320],
    ]);
  });

  test("of a side whose clock jumps nothing is sent until its next key frame, after a discontinuity", () => {
    firstIsOnAir();
    first.jumps();
    picture(first, 7);
    sound(first, 7);
    expect(pictureTimes()).toEqual([0, 0.04]);
    picture(first, 7.04, { isKeyFrame: true });
    picture(first, 7.08);
    expect(pictureTimes()).toEqual([0, 0.04, 0.08, 0.12]);
    expect(programme.events).toEqual(["tracks video+audio", "discontinuity"]);
  });

  test("of a side whose tracks changed the others go on until its next key frame brings all of them in", () => {
    first.tracks = [videoTrack];
    firstIsOnAir();
    first.tracks = [videoTrack, audioTrack];
    first.tracksVersion += 1;
    sound(first, 100.06);
    picture(first, 100.08);
    expect(programme.events).toEqual(["tracks video"]);
    expect(programme.sounds).toEqual([]);
    expect(pictureTimes()).toEqual([0, 0.04, 0.08]);
    picture(first, 100.12, { isKeyFrame: true });
    sound(first, 100.12);
    expect(programme.events).toEqual(["tracks video", "tracks video+audio discontinuity"]);
    expect(pictureTimes().at(-1)).toBe(0.12);
    expect(soundTimes()).toEqual([0.12]);
  });

  test("of a side whose pictures changed nothing of the new kind is sent before its key frame", () => {
    firstIsOnAir();
    const wider = { ...videoTrack, configuration: { ...videoTrack.configuration, record: Uint8Array.of(9) } };
    first.tracks = [wider, audioTrack];
    first.tracksVersion += 1;
    picture(first, 100.08);
    sound(first, 100.08);
    expect(pictureTimes()).toEqual([0, 0.04]);
    expect(soundTimes()).toEqual([0.08]);
    picture(first, 100.12, { isKeyFrame: true });
    expect(programme.events).toEqual(["tracks video+audio", "tracks video+audio discontinuity"]);
  });

  for (const isMissing of [false, true]) {
    const what = isMissing
      ? "are a beginning of a side that has nothing else"
      : "are none of one that has key frames";
    test(`recovery points ${what}: after new tracks, after a jump of its clock, and where nothing was kept`, () => {
      firstIsOnAir();
      first.areJoinPointsMissing = isMissing;
      first.tracks = [videoTrack];
      first.tracksVersion += 1;
      picture(first, 100.08);
      picture(first, 100.12, { isRecoveryPoint: true });
      const news = ["tracks video+audio", ...(isMissing ? ["tracks video discontinuity"] : [])];
      expect(programme.events).toEqual(news);
      expect(pictureTimes()).toEqual([0, 0.04, 0.08, 0.12]);
      first.jumps();
      picture(first, 7);
      expect(programme.pictures).toHaveLength(4);
      picture(first, 7.04, { isRecoveryPoint: true });
      expect(programme.events).toEqual([...news, ...(isMissing ? ["discontinuity"] : [])]);
      second.areJoinPointsMissing = isMissing;
      splicer.join(second, { afterArrivalMs: 0 });
      picture(second, 500);
      picture(second, 500.04, { isRecoveryPoint: true });
      expect(programme.marks().includes(2)).toBe(isMissing);
    });
  }

  test("sound alone whose track changed begins with its next sound", () => {
    first.tracks = [audioTrack];
    splicer.join(first, { afterArrivalMs: 0 });
    sound(first, 10);
    sound(first, 10.02);
    const other = { ...audioTrack, configuration: { ...audioTrack.configuration, record: Uint8Array.of(9) } };
    first.tracks = [other];
    first.tracksVersion += 1;
    sound(first, 10.04);
    expect(programme.events).toEqual(["tracks audio", "tracks audio discontinuity"]);
    expect(soundTimes()).toEqual([0, 0.02, 0.04]);
  });

  test("a side of which nothing was kept begins with its next key frame, and units of any other are left out", () => {
    splicer.join(first, { afterArrivalMs: 0 });
    picture(first, 100);
    sound(first, 100);
    picture(second, 500, { isKeyFrame: true });
    expect(pictureTimes()).toEqual([0]);
    expect(programme.marks()).toEqual([2]);
  });

  test("on one clock the instant keeps its place, so that what the newcomer does not have is missing", () => {
    firstIsOnAir();
    second.picture(100.2, 100_200, { isKeyFrame: true });
    splicer.join(second, { fromSeconds: 100.08, isSameClock: true });
    expect(pictureTimes()).toEqual([0, 0.04, 0.2]);
    second.picture(300, 100_200, { isKeyFrame: true });
    splicer.join(second, { fromSeconds: 300, isSameClock: false });
    expect(pictureTimes().at(-1)).toBe(0.36);
  });

  test("on one clock nothing goes back behind what is there already", () => {
    firstIsOnAir();
    second.picture(100, 100_000, { isKeyFrame: true });
    splicer.join(second, { fromSeconds: 100, isSameClock: true });
    expect(programme.pictures.map(({ dts }) => dts)).toEqual([0, 3600, 3601]);
  });

  test("on one clock, where nobody was before, time begins at nothing", () => {
    second.picture(100, 100_000, { isKeyFrame: true });
    splicer.join(second, { fromSeconds: 100, isSameClock: true });
    expect(pictureTimes()).toEqual([0]);
  });

  test("it is known where the pictures of the side on air end, and when its last unit came", () => {
    expect([splicer.sourceEndSeconds, splicer.lastArrivalMs]).toEqual([null, null]);
    splicer.join(first, { afterArrivalMs: 0 });
    picture(first, 100, { isKeyFrame: true });
    expect(splicer.sourceEndSeconds).toBe(100);
    picture(first, 100.04);
    sound(first, 100.06);
    expect([splicer.sourceEndSeconds, splicer.lastArrivalMs]).toEqual([100.08, 100_060]);
    splicer.join(second, { afterArrivalMs: 0 });
    expect(splicer.sourceEndSeconds).toBeNull();
    picture(second, 500, { isKeyFrame: true });
    expect([splicer.sourceEndSeconds, splicer.lastArrivalMs]).toEqual([500.04, 500_000]);
  });

  test("a break that nothing came before leaves no trace, and one after something finishes it", () => {
    splicer.breakOff();
    firstIsOnAir();
    expect(programme.events).toEqual(["tracks video+audio"]);
    splicer.breakOff();
    picture(first, 100.08);
    expect(pictureTimes()).toEqual([0, 0.04]);
    picture(first, 100.12, { isKeyFrame: true });
    expect(programme.events).toEqual(["tracks video+audio", "flush", "discontinuity"]);
  });

  test("a programme is told whose it is with each joint", () => {
    firstIsOnAir();
    splicer.join(second, { afterArrivalMs: 0 });
    picture(second, 500, { isKeyFrame: true });
    picture(second, 500.04);
    expect(programme.encoders).toEqual([first, second]);
  });

  test("sound that was ahead of the first joint's pictures begins no earlier than the programme", () => {
    first.picture(100, 100_000, { isKeyFrame: true });
    splicer.join(first, { afterArrivalMs: 0 });
    sound(first, 100);
    expect(soundTimes()).toEqual([0]);
  });

  test("a side of which nothing is kept yet begins without a discontinuity, whatever its clock did before", () => {
    firstIsOnAir();
    second.jumps();
    splicer.join(second, { afterArrivalMs: 0 });
    picture(second, 500, { isKeyFrame: true });
    expect(programme.events).toEqual(["tracks video+audio"]);
  });

  test("a side that was not spliced in is left out until its next key frame", () => {
    firstIsOnAir();
    second.picture(500, 0, { isKeyFrame: true });
    picture(second, 500.04);
    sound(second, 500.04);
    expect(programme.marks()).toEqual([1, 1]);
    picture(second, 500.08, { isKeyFrame: true });
    expect(programme.marks()).toEqual([1, 1, 2]);
  });

  test("one discontinuity is enough after a break", () => {
    firstIsOnAir();
    splicer.breakOff();
    picture(first, 100.08, { isKeyFrame: true });
    splicer.join(second, { afterArrivalMs: 0 });
    picture(second, 500, { isKeyFrame: true });
    expect(programme.events).toEqual(["tracks video+audio", "flush", "discontinuity"]);
  });

  test("a track of another timescale goes on at the same time, in its own ticks", () => {
    splicer.join(first, { afterArrivalMs: 0 });
    picture(first, 100, { isKeyFrame: true });
    picture(first, 110);
    const slower = { ...videoTrack, timescale: 45_000 };
    second.tracks = [slower, audioTrack];
    splicer.join(second, { afterArrivalMs: 0 });
    const keyFrame = second.picture(250, 0, { isKeyFrame: true });
    splicer.forward(second, { ...keyFrame, track: slower }, 0);
    expect(programme.pictures.at(-1)?.dts).toBe(20 * 45_000);
  });

  test("pictures that are only decoded keep ticks of their own, however close they are", () => {
    for (const [index, seconds] of [100, 100.001, 100.002, 100.003].entries()) {
      first.picture(seconds, 100_000 + index, { isKeyFrame: index === 0 });
    }
    splicer.join(first, { afterArrivalMs: 100_002 });
    expect(programme.pictures.map(({ dts }) => dts)).toEqual([0, 1, 2, 3]);
  });

  test("sound is heard when it is decoded, however late the pictures of its joint are shown", () => {
    splicer.join(first, { afterArrivalMs: 0 });
    picture(first, 100, { isKeyFrame: true, reorderSeconds: 0.08 });
    sound(first, 100);
    sound(first, 100.02);
    expect(programme.sounds.map(({ dts, pts }) => pts - dts)).toEqual([0, 0]);
  });

  test("pictures with reordering after pictures without are decoded when those have been", () => {
    firstIsOnAir();
    splicer.join(second, { afterArrivalMs: 0 });
    picture(second, 500, { isKeyFrame: true, reorderSeconds: 0.08 });
    expect(pictureTimes()).toEqual([0, 0.04, 0.08]);
  });

  test("sound alone is followed by sound alone, without a piece missing", () => {
    for (const source of [first, second]) source.tracks = [audioTrack];
    splicer.join(first, { afterArrivalMs: 0 });
    sound(first, 10);
    sound(first, 10.02);
    splicer.join(second, { afterArrivalMs: 0 });
    sound(second, 70);
    expect(soundTimes()).toEqual([0, 0.02, 0.04]);
  });

  test("of a first sound it is only known when it began: what is at another time is heard", () => {
    for (const [tick, count] of [
      [0, 1],
      [1, 2],
    ] as const) {
      programme = new RecordedProgramme();
      splicer = new Splicer(programme, null);
      first = new FakeSource("primary", 1);
      second = new FakeSource("secondary", 2);
      firstIsOnAir();
      sound(first, 100.08);
      splicer.join(second, { afterArrivalMs: 0 });
      picture(second, 500, { isKeyFrame: true }); // plays at 0.08
      sound(second, 500 + tick / 48_000);
      expect(programme.sounds).toHaveLength(count);
    }
  });

  test("times keep their tick where seconds are a little less than it", () => {
    const tick = 27 / 90_000; // 26.999999999999996 ticks
    splicer.join(first, { afterArrivalMs: 0 });
    picture(first, 0, { isKeyFrame: true, reorderSeconds: tick });
    second.picture(tick, 0, { isKeyFrame: true, reorderSeconds: tick });
    splicer.join(second, { fromSeconds: tick, isSameClock: true });
    expect(programme.pictures.map(({ dts, pts }) => [dts, pts])).toEqual([
      [0, 27],
      [27, 54],
    ]);
  });
});

test("tracks that changed and changed back before a key frame came are the same: nothing breaks", () => {
  const programme = new RecordedProgramme();
  const splicer = new Splicer(programme, null);
  const source = new FakeSource("primary", 1);
  source.picture(0, 0, { isKeyFrame: true });
  splicer.join(source, { afterArrivalMs: 0 });
  source.tracksVersion += 2;
  splicer.forward(source, source.picture(1, 1000, { isKeyFrame: true }), 1000);
  expect(programme.events).toEqual(["tracks video+audio"]);
  expect(programme.units).toHaveLength(2);
});
