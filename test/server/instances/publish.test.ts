import { describe, expect, test } from "bun:test";
import type { EncodedUnit, Track } from "#media/track/track.ts";
import { Publish } from "#server/instances/publish.ts";
import { TARGETS } from "#test/support/targets.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const CLOCK = { timescale: 1000, wrapBits: [32] } as const;

function publishOf(...tracks: readonly Track[]): Publish {
  const publish = new Publish("primary", 0, TARGETS);
  for (const track of tracks) publish.setTrack(track);
  return publish;
}

function unit(trackId: number, ms: number, isSync = true): EncodedUnit {
  return { trackId, clock: CLOCK, sentDts: ms, compositionTime: 0, isSync, data: new Uint8Array(10) };
}

describe("a publish can be watched", () => {
  test("from its first key frame on where both kinds of track are there", () => {
    const publish = publishOf(videoTrack, audioTrack);
    publish.push(unit(2, 0), 0);
    publish.push(unit(1, 0, false), 0);
    expect(publish.isReady).toBe(false);
    publish.push(unit(1, 40), 40);
    expect(publish.isReady).toBe(true);
  });

  test("a second after its first unit where one kind alone has come", () => {
    for (const track of [videoTrack, audioTrack]) {
      const publish = publishOf(track);
      publish.push(unit(track.id, 500), 0);
      publish.push(unit(track.id, 1499), 0);
      expect(publish.isReady).toBe(false);
      publish.push(unit(track.id, 1500), 0);
      expect(publish.isReady).toBe(true);
    }
  });

  test("a second of its own clock after that jumped, where one kind alone has come", () => {
    const publish = publishOf(videoTrack);
    for (let ms = 0; ms <= 2000; ms += 40) publish.push(unit(1, ms), ms);
    expect(publish.isReady).toBe(true);
    for (let ms = 0; ms < 160; ms += 40) publish.push(unit(1, 900_000 + ms), 2040 + ms);
    expect(publish.epoch).toBe(1);
    expect(publish.isReady).toBe(false);
  });

  test("not without a track, nor with pictures of which no key frame came", () => {
    expect(publishOf().isReady).toBe(false);
    const publish = publishOf(videoTrack);
    publish.push(unit(1, 0, false), 0);
    publish.push(unit(1, 2000, false), 2000);
    expect(publish.isReady).toBe(false);
  });
});

describe("the encoder's clock", () => {
  test("is told from the server's by the first unit", () => {
    const publish = publishOf(videoTrack);
    expect(publish.clockOffsetMs).toBeNull();
    publish.push(unit(1, 5000), 12_000);
    expect(publish.clockOffsetMs).toBe(7000);
  });

  test("is told by some thirty units: a burst moves it little, a lasting change most of the way", () => {
    const publish = publishOf(videoTrack);
    for (let ms = 0; ms < 4000; ms += 40) publish.push(unit(1, ms), ms);
    expect(publish.clockOffsetMs).toBeCloseTo(0, 6);
    for (let ms = 4000; ms < 4200; ms += 40) publish.push(unit(1, ms), 4200); // 120 ms late on average
    expect(publish.clockOffsetMs).toBeGreaterThan(12);
    expect(publish.clockOffsetMs).toBeLessThan(24);
    for (let ms = 4200; ms < 5400; ms += 40) publish.push(unit(1, ms), ms + 1000);
    expect(publish.clockOffsetMs).toBeGreaterThan(560);
    expect(publish.clockOffsetMs).toBeLessThan(680);
  });

  test("is told anew after it jumped", () => {
    const publish = publishOf(videoTrack);
    for (let ms = 0; ms <= 1000; ms += 40) publish.push(unit(1, ms), ms);
    for (let ms = 0; ms < 120; ms += 40) publish.push(unit(1, 900_000 + ms), 1040 + ms);
    expect(publish.epoch).toBe(1);
    expect(publish.clockOffsetMs).toBe(1120 - 900_080);
    expect(publish.frameRate).toBeNull(); // one picture of the new clock
    expect(publish.keyFrameIntervalSeconds).toBeCloseTo(0.04, 6);
  });
});

describe("what is kept for those who join", () => {
  test("is everything since the last key frame, and sound from 0.3 s before it", () => {
    for (const [soundMs, isKept] of [
      [699, false],
      [700, true],
    ] as const) {
      const publish = publishOf(videoTrack, audioTrack);
      publish.push(unit(1, 0), 0);
      publish.push(unit(2, soundMs), soundMs);
      publish.push(unit(2, 950), 950);
      publish.push(unit(1, 960, false), 960);
      publish.push(unit(1, 1000), 1000);
      publish.push(unit(2, 1050), 1050);
      const arrivals = publish.unitsFrom(() => true).map(({ arrivalMs }) => arrivalMs);
      expect(arrivals).toEqual([1000, ...(isKept ? [soundMs] : []), 950, 1050]);
      expect(publish.keyFrame?.dts).toBe(90_000);
    }
  });

  test("is together with the group before where its key frame is not early enough", () => {
    const publish = publishOf(videoTrack);
    for (const ms of [0, 1000, 2000]) publish.push(unit(1, ms), ms);
    expect(publish.unitsFrom(({ arrivalMs }) => arrivalMs < 2000).map(({ arrivalMs }) => arrivalMs)).toEqual([
      1000, 2000,
    ]);
  });

  test("is nothing where a track changed, or the clock jumped, and no key frame has come since", () => {
    const publish = publishOf(videoTrack, audioTrack);
    publish.push(unit(1, 0), 0);
    publish.setTrack({ ...videoTrack });
    expect(publish.keyFrame).toBeNull();
    publish.push(unit(1, 40), 40);
    expect(publish.keyFrame).not.toBeNull();
    for (let ms = 0; ms < 120; ms += 40) publish.push(unit(1, 900_000 + ms, false), 80 + ms);
    expect(publish.epoch).toBe(1);
    expect(publish.keyFrame).toBeNull();
  });

  test("stays where another track comes", () => {
    const publish = publishOf(videoTrack);
    publish.push(unit(1, 0), 0);
    publish.setTrack(audioTrack);
    expect(publish.keyFrame).not.toBeNull();
    expect(publish.hasVideo).toBe(true);
  });
});

test("each track that comes or changes is counted, and they are told in the order of their ids", () => {
  const publish = publishOf(audioTrack, videoTrack);
  expect(publish.tracksVersion).toBe(2);
  expect(publish.tracks).toEqual([videoTrack, audioTrack]);
  publish.setTrack({ ...videoTrack });
  expect(publish.tracksVersion).toBe(3);
  expect(publish.tracks).toHaveLength(2);
});

test("a unit of a track that was never set is our own mistake", () => {
  expect(() => publishOf(videoTrack).push(unit(2, 0), 0)).toThrow("unit of track 2, which was never set");
});

test("health and figures are read off the units as they pass", () => {
  const publish = publishOf(videoTrack, audioTrack);
  for (let ms = 0; ms < 20_000; ms += 20) {
    if (ms % 40 === 0) publish.push({ ...unit(1, ms, ms % 2000 === 0), data: new Uint8Array(4000) }, ms);
    publish.push({ ...unit(2, ms), data: new Uint8Array(200) }, ms);
  }
  expect(publish.judge(20_000)).toEqual({ score: 100, faults: [] });
  expect(publish.mediaAgeMs(20_000)).toBe(20);
  expect(publish.frameRate).toBe(25);
  expect(publish.keyFrameIntervalSeconds).toBe(2);
  expect(publish.figures.videoBitrateKbps(20_000)).toBeCloseTo(800, -1);
  expect(publish.figures.audioBitrateKbps(20_000)).toBeCloseTo(80, -1);
  for (let ms = 20_000; ms < 22_000; ms += 20)
    publish.push({ ...unit(1, ms, false), data: new Uint8Array(30) }, ms);
  expect(publish.judge(22_000).faults).toEqual(["audio-missing", "bitrate-collapsed", "frozen"]);
});

test("a picture of another configuration is judged by its like", () => {
  const publish = publishOf(videoTrack, audioTrack);
  const send = (fromMs: number, bytes: number): void => {
    for (let ms = fromMs; ms < fromMs + 10_000; ms += 20) {
      if (ms % 40 === 0) publish.push({ ...unit(1, ms, ms % 2000 === 0), data: new Uint8Array(bytes) }, ms);
      publish.push(unit(2, ms), ms);
    }
  };
  send(0, 4000);
  publish.setTrack({ ...videoTrack });
  send(10_000, 300);
  expect(publish.judge(20_000).faults).toEqual([]);
});

test("repairs are counted, and too many of them are a fault", () => {
  const publish = publishOf(videoTrack);
  for (const ms of [0, 40, 40, 40, 40, 40, 40]) publish.push(unit(1, ms), ms);
  expect(publish.timestampRepairs).toBe(5);
  expect(publish.judge(100).faults).toEqual(["timestamps-broken"]);
});

describe("what its producer is advised", () => {
  const LONG = "Key frames come every 4 s; segments are to last 2 s: set the key frame interval to 2 s.";

  /** 25 pictures a second until then, with a key frame every four seconds. */
  function pushPictures(publish: Publish, untilMs: number, compositionTime = 0): void {
    for (let ms = 0; ms <= untilMs; ms += 40) {
      const isReordered = ms % 120 === 0;
      const picture = unit(1, ms, ms % 4000 === 0);
      publish.push({ ...picture, compositionTime: isReordered ? compositionTime : 0 }, ms);
    }
  }

  test("follows from when its pictures are decoded and shown", () => {
    const publish = publishOf(videoTrack);
    pushPictures(publish, 12_000);
    expect(publish.advice).toEqual([LONG]);
    const reordering = publishOf(videoTrack);
    pushPictures(reordering, 6000, 120);
    expect(reordering.advice).toEqual([
      "B-frames delay the picture by 0.12 s, and the programme is cut for low latency: set the number of B-frames to 0.",
    ]);
  });

  test("follows from what was announced and what came", () => {
    const publish = publishOf(videoTrack, audioTrack);
    publish.announced({ videoKbps: 1, audioKbps: 1 }); // 10 bytes each: 2 kbit/s of either
    for (let ms = 0; ms <= 20_000; ms += 40) {
      publish.push(unit(1, ms, ms % 2000 === 0), ms);
      publish.push(unit(2, ms), ms);
    }
    expect(publish.advice.map((sentence) => sentence.slice(0, 27))).toEqual([
      "The picture takes 2 kbit/s,",
      "The sound takes 2 kbit/s, a",
    ]);
  });

  test("follows from the time of its sound, too, and begins anew where the clock jumped", () => {
    const publish = publishOf(audioTrack);
    for (let ms = 0; ms <= 120_000; ms += 40) publish.push(unit(2, ms), ms * 1.05);
    expect(publish.advice.map((sentence) => sentence.slice(0, 36))).toEqual([
      "The encoder's clock runs 4.8 % slow ",
    ]);
    const jumping = publishOf(audioTrack);
    for (let ms = 0; ms <= 55_000; ms += 40) jumping.push(unit(2, 900_000 + ms), ms * 1.05);
    for (let ms = 0; ms <= 55_000; ms += 40) jumping.push(unit(2, ms), (55_000 + ms) * 1.05);
    expect([jumping.epoch, jumping.advice]).toEqual([1, []]);
  });
});
