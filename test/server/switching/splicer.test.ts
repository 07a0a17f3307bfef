import { expect, test } from "bun:test";
import { type FlvMessage, TagDemuxer } from "#media/flv/tag-demuxer.ts";
import { Publish, type TimedUnit } from "#server/instances/publish.ts";
import { Splicer } from "#server/switching/splicer.ts";
import { RecordedProgramme } from "#test/support/recorded-programme.ts";
import { SyntheticEncoder, type SyntheticEncoderOptions } from "#test/support/synthetic-encoder.ts";

/** One side with its encoder, and a clock that runs with what it sends. */
class Side {
  readonly publish = new Publish("primary", 0);
  readonly #demuxer = new TagDemuxer();
  readonly #encoder: SyntheticEncoder;

  constructor(options: SyntheticEncoderOptions) {
    this.#encoder = new SyntheticEncoder(options);
    for (const message of this.#encoder.headers()) this.receive(message, 0);
  }

  receive(message: FlvMessage, nowMs: number): TimedUnit | null {
    const item = this.#demuxer.push(message);
    if (item?.type === "track") this.publish.setTrack(item.track);
    return item?.type === "unit" ? this.publish.push(item.unit, nowMs) : null;
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
