import { beforeEach, expect, test } from "bun:test";
import type { FlvMessage } from "#media/flv/tag-demuxer.ts";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import { Instance, type Publisher } from "#server/instances/instance.ts";
import { type OnAirChange, Switcher } from "#server/switching/switcher.ts";
import { RecordedProgramme } from "#test/support/recorded-programme.ts";
import { SyntheticEncoder, type SyntheticEncoderOptions } from "#test/support/synthetic-encoder.ts";

let nowMs = 0;
let programme = new RecordedProgramme();
let changes: OnAirChange[] = [];

beforeEach(() => {
  nowMs = 1_000_000;
  programme = new RecordedProgramme();
  changes = [];
});

/** Two sides and their switcher, on a clock that the test moves. */
class Stage {
  readonly instances: readonly Instance[];
  readonly switcher: Switcher;

  constructor(options: { isRevertive?: boolean } = {}) {
    this.instances = (["primary", "secondary"] as const).map(
      (name) =>
        new Instance({
          name,
          monotonicMs: () => nowMs,
          ingestTimeoutMs: 5000,
          listener: {
            publishActive: (publish) => this.switcher.sourceActive(publish),
            publishInactive: (publish, cause) => this.switcher.sourceInactive(publish, cause),
            publishUnit: (publish, timed) => this.switcher.sourceUnit(publish, timed),
          },
        }),
    );
    this.switcher = new Switcher({
      monotonicMs: () => nowMs,
      isRevertive: options.isRevertive ?? false,
      onSwitch: (change) => changes.push(change),
    });
  }

  get onAir(): string | null {
    return this.switcher.onAir;
  }

  connect(side: 0 | 1, options: SyntheticEncoderOptions = {}): FakeEncoder {
    const publisher = this.instances[side]?.attach({ cut: () => undefined });
    if (publisher === null || publisher === undefined) throw new Error("the key is taken");
    return new FakeEncoder(publisher, new SyntheticEncoder({ mark: side + 1, ...options }));
  }

  /** Real time passes; the encoders given send what they make in it, frame by frame in step. */
  run(seconds: number, ...encoders: readonly FakeEncoder[]): void {
    for (let step = 0; step < Math.round(seconds * 25); step += 1) {
      for (const encoder of encoders) encoder.sendFrame();
      nowMs += 40;
      for (const instance of this.instances) instance.tick();
      this.switcher.tick();
    }
  }
}

class FakeEncoder {
  readonly #source: RtmpSource;
  readonly #encoder: SyntheticEncoder;

  constructor(publisher: Publisher, encoder: SyntheticEncoder) {
    this.#source = new RtmpSource(publisher);
    this.#encoder = encoder;
    this.#send(encoder.headers());
  }

  sendFrame(): void {
    this.#send(this.#encoder.play(0.04));
  }

  /** From now on its pictures are a hundredth of what they were. */
  starve(): void {
    this.#encoder.frameBytes = 40;
  }

  close(): void {
    this.#source.end();
  }

  #send(messages: Iterable<FlvMessage>): void {
    for (const message of messages) this.#source.receive(message);
  }
}

function causes(): string[] {
  return changes.map(({ from, to, cause }) => `${from ?? "-"} > ${to ?? "-"} (${cause})`);
}

function largestStep(): number {
  const seconds = programme.videoSeconds();
  return Math.max(...seconds.map((second, index) => second - (seconds[index - 1] ?? second)));
}

test("the primary is on air where both sides send", () => {
  const stage = new Stage();
  const primary = stage.connect(0);
  const secondary = stage.connect(1);
  stage.run(3, primary, secondary);
  stage.switcher.begin(programme, null);
  stage.run(1, primary, secondary);
  expect(stage.onAir).toBe("primary");
  expect(new Set(programme.marks())).toEqual(new Set([1]));
});

test("a closed connection puts the other side on air at once, with a key frame, and time goes on", () => {
  const stage = new Stage();
  const primary = stage.connect(0);
  const secondary = stage.connect(1, { startMs: 90_000 });
  stage.run(3, primary, secondary);
  stage.switcher.begin(programme, null);
  stage.run(3, primary, secondary);
  primary.close();
  expect(stage.onAir).toBe("secondary");
  const first = programme.units.findIndex((unit) => unit.trackId === 1 && unit.data[8 + 0] === 2);
  expect(programme.units[first]?.isSync).toBe(true);
  stage.run(2, secondary);
  expect(largestStep()).toBeLessThan(0.081);
  expect(causes()).toEqual(["- > primary (begin)", "primary > secondary (closed)"]);
  expect(programme.events).toEqual(["tracks video+audio"]);
});

test("a side that is silent for a second is replaced long before its ingest times out, and no frame is missing", () => {
  const stage = new Stage();
  const primary = stage.connect(0);
  const secondary = stage.connect(1, { startMs: 90_000 });
  stage.run(3, primary, secondary);
  stage.switcher.begin(programme, null);
  stage.run(2.6, primary, secondary);
  stage.run(1.2, secondary);
  expect(causes().at(-1)).toBe("primary > secondary (silent)");
  expect(changes.at(-1)?.gapMs).toBeLessThanOrEqual(1200);
  stage.run(2, secondary);
  expect(largestStep()).toBeLessThan(0.081);
  expect(programme.videoSeconds().at(-1)).toBeCloseTo(5.8, 0);
});

test("a side that comes back does not take the programme back by itself", () => {
  const stage = new Stage();
  const primary = stage.connect(0);
  const secondary = stage.connect(1);
  stage.run(3, primary, secondary);
  stage.switcher.begin(programme, null);
  primary.close();
  stage.run(2, secondary);
  const returned = stage.connect(0);
  stage.run(20, returned, secondary);
  expect(stage.onAir).toBe("secondary");
});

test("a revertive switcher goes back to the primary once it was well for ten seconds", () => {
  const stage = new Stage({ isRevertive: true });
  const primary = stage.connect(0);
  const secondary = stage.connect(1);
  stage.run(3, primary, secondary);
  stage.switcher.begin(programme, null);
  primary.close();
  stage.run(2, secondary);
  const returned = stage.connect(0);
  stage.run(9, returned, secondary);
  expect(stage.onAir).toBe("secondary");
  stage.run(6, returned, secondary);
  expect(causes().at(-1)).toBe("secondary > primary (reverted)");
});

test("a requested switch happens at the newcomer's next key frame, not before", () => {
  const stage = new Stage();
  const primary = stage.connect(0);
  const secondary = stage.connect(1, { startMs: 500_000 });
  stage.run(3, primary, secondary);
  stage.switcher.begin(programme, null);
  stage.run(0.4, primary, secondary);
  expect(stage.switcher.request("secondary")).toBe(true);
  stage.run(0.4, primary, secondary);
  expect(stage.onAir).toBe("primary");
  stage.run(0.4, primary, secondary);
  expect(stage.onAir).toBe("secondary");
  expect(largestStep()).toBeLessThan(0.081);
});

test("encoders on one clock are switched frame for frame: none twice, none lost, whichever is ahead", () => {
  for (const [primaryFirst, lead] of [
    [true, 3],
    [false, 3],
    [true, 0],
  ] as const) {
    nowMs = 1_000_000;
    programme = new RecordedProgramme();
    const stage = new Stage();
    const primary = stage.connect(0);
    const secondary = stage.connect(1);
    stage.run(lead * 0.04, primaryFirst ? primary : secondary);
    stage.run(6, primary, secondary);
    stage.switcher.begin(programme, null);
    stage.run(0.5, primary, secondary);
    const before = programme.units.filter((unit) => unit.trackId === 1).length;
    stage.switcher.request("secondary");
    stage.run(5, primary, secondary);
    expect(stage.onAir).toBe("secondary");
    const steps = programme
      .videoSeconds()
      .slice(before - 2)
      .map((second, index, all) => second - (all[index - 1] ?? second - 0.04));
    for (const step of steps) expect(step).toBeCloseTo(0.04, 3);
  }
});

test("a switch is refused to a side that has no active ingest", () => {
  const stage = new Stage();
  const primary = stage.connect(0);
  stage.run(3, primary);
  stage.switcher.begin(programme, null);
  expect(stage.switcher.request("secondary")).toBe(false);
});

test("when both sides are gone the programme pauses, and whoever comes first is on air after one discontinuity", () => {
  const stage = new Stage();
  const primary = stage.connect(0);
  const secondary = stage.connect(1);
  stage.run(3, primary, secondary);
  stage.switcher.begin(programme, null);
  primary.close();
  secondary.close();
  expect(stage.onAir).toBeNull();
  stage.run(15);
  const returned = stage.connect(1);
  stage.run(3, returned);
  expect(stage.onAir).toBe("secondary");
  expect(programme.events).toEqual(["tracks video+audio", "flush", "discontinuity"]);
});

test("a side that flaps every second does not make the programme flap", () => {
  const stage = new Stage();
  const secondary = stage.connect(1);
  let primary = stage.connect(0);
  stage.run(3, primary, secondary);
  stage.switcher.begin(programme, null);
  for (let flap = 0; flap < 30; flap += 1) {
    primary.close();
    primary = stage.connect(0);
    stage.run(1, primary, secondary);
  }
  expect(changes).toHaveLength(2);
  expect(stage.onAir).toBe("secondary");
});

test("a picture that collapses while the other side is well is taken off the air", () => {
  const stage = new Stage();
  const primary = stage.connect(0, { frameBytes: 4000 });
  const secondary = stage.connect(1, { frameBytes: 4000 });
  stage.run(12, primary, secondary);
  stage.switcher.begin(programme, null);
  stage.run(9, primary, secondary);
  expect(stage.onAir).toBe("primary");
  primary.starve();
  stage.run(6, primary, secondary);
  expect(causes().at(-1)).toBe("primary > secondary (quality)");
  expect(changes.at(-1)?.faults).toContain("bitrate-collapsed");
});
