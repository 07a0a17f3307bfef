// Two instances, the switcher between them and the programme they make, on a clock that only runs when a story says so.

import type { InstanceName } from "#openapi/names.ts";
import type { ClipMessage } from "#server/command/demo/flv-file.ts";
import { Instance, type Publisher } from "#server/instances/instance.ts";
import { type OnAirChange, Switcher } from "#server/switching/switcher.ts";
import { FakeEncoder, type FakeEncoderOptions } from "#test/support/fake-encoder.ts";
import { RecordedProgramme } from "#test/support/recorded-programme.ts";
import { TagEncoder } from "#test/support/tag-encoder.ts";
import { TARGETS } from "#test/support/targets.ts";

/** As often as a server does it. */
const TICK_MS = 100;

/** What the pictures of each instance's encoders are made of. */
export const MARKS: Readonly<Record<InstanceName, number>> = { primary: 1, secondary: 2 };

/** An encoder whose clock has nothing to do with that of others, nor its key frames with theirs. */
export const OWN_CLOCK: FakeEncoderOptions = { clockMs: 77_000_000, gopOffsetFrames: 20 };

export class Stage {
  readonly programme = new RecordedProgramme();
  readonly switcher: Switcher;
  readonly changes: OnAirChange[] = [];
  /** One line for each change. */
  readonly story: string[] = [];
  readonly changedAtMs: number[] = [];
  /** Encoders that were disconnected: their instance and the reason. */
  readonly cuts: string[] = [];
  readonly #instances: ReadonlyMap<InstanceName, Instance>;
  readonly #encoders: { tick(nowMs: number): void }[] = [];
  #nowMs = 1_000_000;
  #beganAtMs = 0;
  #lastUnitMs = 0;

  constructor({ isRevertive = false, ingestTimeoutMs = 5000 } = {}) {
    const clock = (): number => this.#nowMs;
    const instanceNamed = (name: InstanceName): Instance =>
      new Instance({
        name,
        monotonicMs: clock,
        ingestTimeoutMs,
        targets: TARGETS,
        hasOther: true,
        listener: {
          publishActive: (publish) => this.switcher.sourceActive(publish),
          publishInactive: (publish, cause) => this.switcher.sourceInactive(publish, cause),
          publishUnit: (publish, timed) => this.switcher.sourceUnit(publish, timed),
        },
      });
    this.#instances = new Map([
      ["primary", instanceNamed("primary")],
      ["secondary", instanceNamed("secondary")],
    ]);
    this.switcher = new Switcher({
      monotonicMs: clock,
      isRevertive,
      onSwitch: (change) => {
        this.changes.push(change);
        this.changedAtMs.push(this.#nowMs);
        this.story.push(`${change.from ?? "nobody"} > ${change.to ?? "nobody"} (${change.cause})`);
      },
    });
  }

  /** With an encoder on each instance that has been well for long enough that all of what is usual is known. */
  static live(
    options: { isRevertive?: boolean; primary?: FakeEncoderOptions; secondary?: FakeEncoderOptions } = {},
  ): { stage: Stage; primary: FakeEncoder; secondary: FakeEncoder } {
    const stage = new Stage({ isRevertive: options.isRevertive ?? false });
    const primary = stage.connects("primary", options.primary);
    const secondary = stage.connects("secondary", options.secondary ?? OWN_CLOCK);
    stage.passes(10);
    stage.begins();
    stage.passes(10);
    return { stage, primary, secondary };
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  get onAir(): InstanceName | null {
    return this.switcher.onAir;
  }

  /** When the programme last got something. */
  get lastUnitMs(): number {
    return this.#lastUnitMs;
  }

  /** Since the programme began. */
  get seconds(): number {
    return (this.#nowMs - this.#beganAtMs) / 1000;
  }

  /** There is a programme from now on. */
  begins(): void {
    this.#beganAtMs = this.#nowMs;
    this.switcher.begin(this.programme, null);
  }

  connects(name: InstanceName, options: FakeEncoderOptions = {}): FakeEncoder {
    const encoder = new FakeEncoder(this.#attach(name), MARKS[name], this.#nowMs, options);
    this.#encoders.push(encoder);
    return encoder;
  }

  /** One that sends the tags of a recording, each when its time has come, as they stand. */
  plays(name: InstanceName, messages: Iterable<ClipMessage>): TagEncoder {
    const encoder = new TagEncoder(this.#attach(name), messages, this.#nowMs);
    this.#encoders.push(encoder);
    return encoder;
  }

  /** Time passes, and every encoder sends what it makes in it. */
  passes(seconds: number): void {
    const untilMs = this.#nowMs + Math.round(seconds * 1000);
    while (this.#nowMs < untilMs) {
      const { length } = this.programme.units;
      for (const encoder of this.#encoders) encoder.tick(this.#nowMs);
      if (this.programme.units.length > length) this.#lastUnitMs = this.#nowMs;
      this.#nowMs += 1;
      if (this.#nowMs % TICK_MS === 0) this.#tick();
    }
  }

  /** Time passes until this instance is on air, a minute at most; in seconds, how long that took. */
  passesUntilOnAir(name: InstanceName): number {
    const sinceMs = this.#nowMs;
    while (this.onAir !== name && this.#nowMs - sinceMs < 60_000) this.passes(0.1);
    if (this.onAir !== name) throw new Error(`${name} is not on air within a minute`);
    return (this.#nowMs - sinceMs) / 1000;
  }

  #attach(name: InstanceName): Publisher {
    const publisher = this.#instances.get(name)?.attach({
      cut: (reason) => this.cuts.push(`${name}: ${reason}`),
    });
    if (publisher === null || publisher === undefined) throw new Error(`the key of ${name} is taken`);
    return publisher;
  }

  #tick(): void {
    for (const instance of this.#instances.values()) instance.tick();
    this.switcher.tick();
  }
}
