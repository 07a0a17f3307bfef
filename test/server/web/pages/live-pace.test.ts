import { describe, expect, test } from "bun:test";
import { type DistanceFromLive, LivePace } from "#server/web/pages/live-pace.ts";

/** A video element as far as the pace looks into it: half a minute is loaded, and its time is set by hand. */
class FakeVideo extends EventTarget {
  currentTime = 100;
  playbackRate = 1;
  readonly buffered = { length: 1, start: () => 0, end: () => 130 };
}

function watched(distance: DistanceFromLive | null) {
  const video = new FakeVideo();
  const now = { distance };
  const pace = new LivePace(video, () => now.distance);
  /** The rate after the picture has moved to so far behind live. */
  const rateAt = (behindSeconds: number) => {
    now.distance = { behindSeconds, wantedSeconds: 1 };
    pace.keep();
    return video.playbackRate;
  };
  const say = (event: string) => video.dispatchEvent(new Event(event));
  /** The rate once nothing live plays any more. */
  const rateAtEnd = () => {
    now.distance = null;
    pace.keep();
    return video.playbackRate;
  };
  return { video, pace, rateAt, rateAtEnd, say };
}

describe("the pace of a live picture", () => {
  test("leads back from a stall, however long it was", () => {
    const { rateAt } = watched(null);
    expect([rateAt(1), rateAt(31), rateAt(7), rateAt(1.5), rateAt(1)]).toEqual([1, 1.1, 1.1, 1.05, 1]);
  });

  test("leaves alone who paused for long, or sought back, until they are near again", () => {
    const { video, rateAt, say } = watched(null);
    rateAt(1);
    say("pause");
    expect([rateAt(20), rateAt(7.1), rateAt(7), rateAt(6.9)]).toEqual([1, 1, 1.1, 1.1]);
    video.currentTime -= 10;
    say("seeking");
    expect(rateAt(11)).toBe(1);
  });

  test("takes a step of hls.js over a hole for nobody's will", () => {
    const { video, rateAt, say } = watched(null);
    rateAt(1);
    video.currentTime += 0.3;
    say("seeking");
    expect(rateAt(20)).toBe(1.1);
    video.currentTime -= 0.9;
    say("seeking");
    expect(rateAt(20)).toBe(1.1);
  });

  test("leaves a speed to who chose it, faster ones until they have come to live", () => {
    const { video, pace, rateAt } = watched(null);
    pace.choose(0.5);
    video.playbackRate = 0.5;
    expect([rateAt(30), rateAt(1)]).toEqual([0.5, 0.5]);
    pace.choose(2);
    video.playbackRate = 2;
    expect([rateAt(3), rateAt(1.01), rateAt(1), rateAt(1)]).toEqual([2, 2, 1, 1]);
  });

  test("leaves alone what is not live, and takes back what it had changed before", () => {
    const { video, pace, rateAt, rateAtEnd } = watched(null);
    video.playbackRate = 1.5;
    expect(rateAtEnd()).toBe(1.5);
    expect([rateAt(3), rateAtEnd()]).toEqual([1.1, 1]);
    pace.choose(1.5);
    video.playbackRate = 1.5;
    expect([rateAt(3), rateAtEnd()]).toEqual([1.5, 1.5]);
  });
});
