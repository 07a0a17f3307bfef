import { describe, expect, test } from "bun:test";
import type { EncodedUnit, Track, UnitHints } from "#media/track/track.ts";
import { Publish } from "#server/instances/publish.ts";
import { TARGETS } from "#test/support/targets.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const CLOCK = { timescale: 1000, wrapBits: [32] } as const;

function publishOf(...tracks: readonly Track[]): Publish {
  return withTracks(new Publish("primary", 0, TARGETS, true), tracks);
}

function withTracks(publish: Publish, tracks: readonly Track[]): Publish {
  for (const track of tracks) publish.setTrack(track);
  return publish;
}

function unit(trackId: number, ms: number, isSync = true): EncodedUnit {
  return { trackId, clock: CLOCK, sentDts: ms, compositionTime: 0, isSync, data: new Uint8Array(10) };
}

const RECOVERY: UnitHints = { isRecoveryPoint: true };

function hinted(ms: number, hints: UnitHints): EncodedUnit {
  return { ...unit(1, ms, false), hints };
}

/** Milliseconds at which the units that are kept came. */
function keptMs(publish: Publish): number[] {
  return publish.unitsFrom(() => true).map(({ arrivalMs }) => arrivalMs);
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

test("what one can join at comes as far apart as the last two of these were, however often key frames do", () => {
  const publish = publishOf(videoTrack);
  const openGop = (ms: number): EncodedUnit => ({ ...unit(1, ms, false), hints: { isOpenGop: true } });
  publish.push(unit(1, 0), 0);
  expect(publish.joinIntervalSeconds).toBeNull();
  publish.push(openGop(2000), 2000);
  publish.push(unit(1, 4000), 4000);
  expect(publish.joinIntervalSeconds).toBeCloseTo(4, 6);
  expect(publish.keyFrameIntervalSeconds).toBeCloseTo(2, 6);
  for (const ms of [900_000, 900_040, 900_080]) publish.push(unit(1, ms), ms); // Its clock jumped.
  expect(publish.joinIntervalSeconds).toBeNull();
});

describe("what is kept for those who join", () => {
  test("is everything since the last key frame, and sound from 1.2 s before it", () => {
    for (const [soundMs, isKept] of [
      [1799, false],
      [1800, true],
    ] as const) {
      const publish = publishOf(videoTrack, audioTrack);
      publish.push(unit(1, 0), 0);
      publish.push(unit(2, soundMs), soundMs);
      publish.push(unit(2, 2950), 2950);
      publish.push(unit(1, 2960, false), 2960);
      publish.push(unit(1, 3000), 3000);
      publish.push(unit(2, 3050), 3050);
      const arrivals = publish.unitsFrom(() => true).map(({ arrivalMs }) => arrivalMs);
      expect(arrivals).toEqual([3000, ...(isKept ? [soundMs] : []), 2950, 3050]);
      expect(publish.keyFrame?.dts).toBe(270_000);
    }
  });

  test("is together with the group before where its key frame is not early enough", () => {
    const publish = publishOf(videoTrack);
    for (const ms of [0, 1000, 2000]) publish.push(unit(1, ms), ms);
    expect(publish.unitsFrom(({ arrivalMs }) => arrivalMs < 2000).map(({ arrivalMs }) => arrivalMs)).toEqual([
      1000, 2000,
    ]);
  });

  test("is the newest group alone where nobody can go over to it from another instance", () => {
    const publish = withTracks(new Publish("primary", 0, TARGETS, false), [videoTrack]);
    for (const ms of [0, 1000, 2000]) publish.push(unit(1, ms), ms);
    expect(publish.unitsFrom(() => false).map(({ arrivalMs }) => arrivalMs)).toEqual([2000]);
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

describe("a publish of which nothing but recovery points come", () => {
  /** Recovery points at these times. */
  function refreshing(publish: Publish, ...times: readonly number[]): Publish {
    for (const ms of times) publish.push(hinted(ms, RECOVERY), ms);
    return publish;
  }

  test("can be watched from its second one on, with which it is kept", () => {
    const publish = publishOf(videoTrack, audioTrack);
    refreshing(publish, 0);
    publish.push(unit(1, 40, false), 40);
    expect([publish.isReady, publish.areJoinPointsMissing, keptMs(publish)]).toEqual([false, false, []]);
    refreshing(publish, 2000);
    publish.push(unit(1, 2040, false), 2040);
    expect([publish.isReady, publish.areJoinPointsMissing]).toEqual([true, true]);
    expect(keptMs(publish)).toEqual([2000, 2040]);
  });

  test("is kept from one of them every ten seconds on, and has no key frame", () => {
    const publish = refreshing(publishOf(videoTrack), 0, 1000, 3000, 10_999);
    expect(keptMs(publish)).toEqual([1000, 3000, 10_999]);
    refreshing(publish, 11_000);
    expect(keptMs(publish)).toEqual([11_000]);
    refreshing(publish, 20_999);
    expect(keptMs(publish)).toEqual([11_000, 20_999]);
    refreshing(publish, 21_001, 22_000);
    expect(keptMs(publish)).toEqual([21_001, 22_000]);
    expect(publish.keyFrame).toBeNull();
  });

  test("is kept from the key frame that it began with for ten seconds, no less and no more", () => {
    const publish = publishOf(videoTrack);
    publish.push(unit(1, 500), 500);
    refreshing(publish, 2000, 4000, 10_499);
    expect(keptMs(publish)).toEqual([500, 2000, 4000, 10_499]);
    expect(publish.keyFrame?.dts).toBe(45_000);
    refreshing(publish, 10_500);
    expect(keptMs(publish)).toEqual([10_500]);
    expect(publish.keyFrame).toBeNull();
  });

  test("is kept from the next one on where what was kept became too much, or was of another track", () => {
    for (const loses of [
      (publish: Publish) => {
        for (let ms = 1000; ms < 1000 + 2501; ms += 1) publish.push(unit(2, ms), ms);
      },
      (publish: Publish) => publish.setTrack({ ...videoTrack }),
    ]) {
      const publish = refreshing(publishOf(videoTrack, audioTrack), 0, 1000);
      loses(publish);
      expect(keptMs(publish)).toEqual([]);
      refreshing(publish, 3600, 3700);
      expect(keptMs(publish).filter((ms) => ms >= 3600)).toEqual([3600, 3700]);
    }
  });

  test("is kept from a key frame that comes after all at once, and from no recovery point right after it", () => {
    const publish = refreshing(publishOf(videoTrack), 0, 1000);
    publish.push(unit(1, 1040), 1040);
    expect(keptMs(publish)).toEqual([1040]);
    expect([publish.areJoinPointsMissing, publish.keyFrame?.dts]).toEqual([false, 93_600]);
    refreshing(publish, 11_040);
    expect(keptMs(publish)).toEqual([1040, 11_040]);
    refreshing(publish, 12_000);
    expect(keptMs(publish)).toEqual([12_000]);
  });

  test("is another one where its clock jumped: it shows anew what it sends, and keeps it", () => {
    const publish = refreshing(publishOf(videoTrack), 900_000, 901_000);
    for (let ms = 0; ms < 120; ms += 40) publish.push(unit(1, ms, false), 902_000 + ms);
    expect([publish.epoch, publish.areJoinPointsMissing]).toEqual([1, false]);
    refreshing(publish, 200);
    expect(keptMs(publish)).toEqual([]);
    refreshing(publish, 300);
    expect([publish.areJoinPointsMissing, keptMs(publish)]).toEqual([true, [300]]);
  });

  test("may be begun with any of them, one that has key frames with those alone", () => {
    const [key, recovery, inter, open] = [
      { isSync: true },
      { isSync: false, hints: RECOVERY },
      { isSync: false },
      { isSync: false, hints: { isOpenGop: true } as const },
    ].map((facts) => ({ trackId: 1, dts: 0, pts: 0, data: new Uint8Array(1), ...facts }));
    if (!key || !recovery || !inter || !open) throw new Error("four pictures");
    const publish = publishOf(videoTrack);
    const mayBegin = () => [key, recovery, inter, open].map((picture) => publish.mayBeginWith(picture));
    refreshing(publish, 0);
    expect(mayBegin()).toEqual([true, false, false, false]);
    refreshing(publish, 1000);
    expect(mayBegin()).toEqual([true, true, false, false]);
    publish.push(unit(1, 2000), 2000);
    expect(mayBegin()).toEqual([true, false, false, false]);
  });

  test("is not well", () => {
    const publish = refreshing(publishOf(videoTrack), 0);
    expect(publish.judge(10)).toEqual({ score: 100, faults: [] });
    refreshing(publish, 40);
    expect(publish.judge(50)).toEqual({ score: 55, faults: ["no-join-point"] });
  });

  test("has no interval of key frames", () => {
    expect(refreshing(publishOf(videoTrack), 0, 1000, 2000, 3000).keyFrameIntervalSeconds).toBeNull();
  });
});

test("open groups of pictures are as far apart as their first pictures are, though decoding begins with none", () => {
  const publish = publishOf(videoTrack);
  for (const ms of [0, 3000, 5500]) publish.push(hinted(ms, { isOpenGop: true }), ms);
  expect(publish.keyFrameIntervalSeconds).toBe(2.5);
  expect([publish.isReady, publish.areJoinPointsMissing]).toEqual([false, false]);
});

describe("what the source did not send, but was put where it sent nothing,", () => {
  const FILLER: UnitHints = { isFiller: true };
  const large = new Uint8Array(100_000);

  test("goes on in time and is kept, and neither health, figures nor advice are told of it", () => {
    const publish = publishOf(videoTrack, audioTrack);
    for (let ms = 0; ms < 10_000; ms += 20) {
      if (ms % 40 === 0) publish.push({ ...unit(1, ms, ms % 2000 === 0), data: new Uint8Array(4000) }, ms);
      publish.push({ ...unit(2, ms), data: new Uint8Array(200) }, ms);
    }
    const before = [
      publish.figures.videoBitrateKbps(10_000),
      publish.figures.audioBitrateKbps(10_000),
      publish.frameRate,
      publish.keyFrameIntervalSeconds,
    ];
    for (let ms = 10_000; ms < 11_000; ms += 5) {
      publish.push({ ...hinted(ms, FILLER), isSync: ms % 500 === 0, data: large }, ms);
      publish.push({ ...unit(2, ms), hints: FILLER, data: large }, ms);
    }
    expect([
      publish.figures.videoBitrateKbps(10_000),
      publish.figures.audioBitrateKbps(10_000),
      publish.frameRate,
      publish.keyFrameIntervalSeconds,
    ]).toEqual(before);
    expect(publish.mediaAgeMs(11_000)).toBe(1020);
    expect(publish.judge(11_000).faults).toContain("silent");
    expect(publish.keyFrame?.dts).toBe(945_000);
    expect(publish.advice).toEqual([]);
    expect(keptMs(publish).at(-1)).toBe(10_995);
  });

  test("counts for how far the encoder's clock is from the server's", () => {
    const publish = publishOf(videoTrack);
    publish.push(unit(1, 0), 0);
    publish.push(hinted(40, FILLER), 1040);
    expect(publish.clockOffsetMs).toBeCloseTo(30, 6);
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

  test("follows from whether its groups of pictures are open", () => {
    const sentences = ([{}, { isOpenGop: true }] as const).map((hints) => {
      const publish = publishOf(videoTrack);
      for (let ms = 0; ms <= 12_000; ms += 40)
        publish.push({ ...unit(1, ms, ms % 2000 === 0), ...(ms % 2000 === 0 ? { hints } : {}) }, ms);
      return publish.advice.map((sentence) => sentence.slice(0, 18));
    });
    expect(sentences).toEqual([[], ["The GOPs are open,"]]);
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

test("what of both kinds cannot be used is one text, the picture's first, for as long as it is so", () => {
  const publish = publishOf(videoTrack, audioTrack);
  expect(publish.problem).toBeNull();
  publish.unusable("audio", "The sound is MP3.");
  expect(publish.problem).toBe("The sound is MP3.");
  publish.unusable("video", "The video is HEVC.");
  expect(publish.problem).toBe("The video is HEVC. The sound is MP3.");
  publish.unusable("audio", null);
  expect(publish.problem).toBe("The video is HEVC.");
  publish.unusable("video", null);
  expect(publish.problem).toBeNull();
});

test("after a jump of the encoder's clock its health, too, asks anew what it can be begun with", () => {
  const publish = publishOf(videoTrack);
  for (const ms of [0, 40, 80]) publish.push(hinted(ms, RECOVERY), ms);
  expect(publish.judge(100).faults).toContain("no-join-point");
  for (const ms of [3_600_000, 3_600_040, 3_600_080]) publish.push(unit(videoTrack.id, ms, false), 120);
  expect(publish.judge(130).faults).not.toContain("no-join-point");
});
