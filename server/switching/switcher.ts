// Two sides, one programme: decides whose units are on air, and when that changes.

import { type Fault, HEALTH } from "#server/instances/health.ts";
import type { Instance, InstanceListener, LossCause } from "#server/instances/instance.ts";
import type { TimedUnit } from "#server/instances/publish.ts";
import type { JoinPoint } from "./join-point.ts";
import { areLocked, type HeldUnit, PendingSwitch } from "./pending-switch.ts";
import { type ProgrammeInput, Splicer } from "./splicer.ts";

/** Every constant of the decision between two sides, with its reason. */
export const SWITCHING = {
  /** Points by which the other side must be better: one grave fault, or two lesser ones together. */
  hysteresis: 30,
  /** And for this long: one late burst is no reason. */
  persistenceMs: 1000,
  /** After a switch both sides are looked at afresh before quality may switch again. */
  minDwellMs: 8000,
  /** Flapping quality changes the programme at most this often; a side that is lost is always replaced. */
  qualitySwitchesPerMinute: 4,
  /** A stand-in for a silent side must itself be alive. */
  freshMs: 500,
  /** Where the primary is preferred, it must have been well for this long before it is taken back. */
  revertAfterMs: 10_000,
  revertScore: 90,
} as const;

export type SwitchCause = LossCause | "begin" | "active" | "requested" | "quality" | "reverted";

export interface OnAirChange {
  readonly from: Instance | null;
  readonly to: Instance | null;
  readonly cause: SwitchCause;
  readonly fromScore: number | null;
  readonly toScore: number | null;
  /** Of the side that left. */
  readonly faults: readonly Fault[];
  /** Between the arrivals of the old side's last unit and the new side's first, in milliseconds; null at the beginning. */
  readonly gapMs: number | null;
  /** Pictures of the new side that came in the gap and are not on the programme; null at the beginning. */
  readonly gapFrames: number | null;
}

export class Switcher implements InstanceListener {
  readonly #instances: readonly Instance[];
  readonly #nowMs: () => number;
  readonly #isRevertive: boolean;
  readonly #onSwitch: (change: OnAirChange) => void;
  #splicer: Splicer | null = null;
  #onAir: Instance | null = null;
  #pending: PendingSwitch | null = null;
  #switchedAtMs = Number.NEGATIVE_INFINITY;
  #betterSinceMs: number | null = null;
  #preferredSinceMs: number | null = null;
  #qualitySwitchesAtMs: readonly number[] = [];

  /** The first of `instances` is preferred where both could begin; a revertive switcher also returns to it. */
  constructor(options: {
    instances: readonly Instance[];
    nowMs: () => number;
    isRevertive: boolean;
    onSwitch: (change: OnAirChange) => void;
  }) {
    this.#instances = options.instances;
    this.#nowMs = options.nowMs;
    this.#isRevertive = options.isRevertive;
    this.#onSwitch = options.onSwitch;
  }

  get onAir(): Instance | null {
    return this.#onAir;
  }

  /** From now on there is a programme. `resumeAtSeconds`: where its recording ended, null when it has none yet. */
  begin(output: ProgrammeInput, resumeAtSeconds: number | null): void {
    this.#splicer = new Splicer(output, resumeAtSeconds);
    const active = this.#instances.find((instance) => instance.isActive);
    if (active !== undefined) this.#putOnAir(active, { afterArrivalMs: this.#nowMs() }, "begin");
  }

  /** The programme is over: from now on nobody is on air. */
  end(): void {
    this.#dropPending();
    this.#splicer = null;
    this.#onAir = null;
  }

  /** Somebody asked for this side: it comes on air at its next key frame. False when it has no active ingest. */
  request(instance: Instance): boolean {
    if (!instance.isActive) return false;
    if (instance === this.#onAir) this.#dropPending();
    else this.#waitFor(instance, "requested");
    return true;
  }

  instanceActive(instance: Instance): void {
    if (this.#onAir === null) this.#putOnAir(instance, this.#newUnits(), "active");
  }

  instanceInactive(instance: Instance, cause: LossCause): void {
    if (instance === this.#pending?.to) this.#dropPending();
    if (instance === this.#onAir) this.#replace(instance, cause);
  }

  instanceUnit(instance: Instance, timed: TimedUnit): void {
    const pending = this.#pending;
    // The unit that a switch waited for is among those kept since the key frame: it has been sent.
    if (pending !== null && instance === pending.to && this.#incomingUnit(pending, timed)) return;
    if (this.#onAir === null) this.#putOnAir(instance, this.#newUnits(), "active");
    else if (instance === this.#onAir) this.#outgoingUnit(instance, timed);
  }

  #outgoingUnit(instance: Instance, timed: TimedUnit): void {
    if (instance.publish === null) return;
    const nowMs = this.#nowMs();
    const pending = this.#pending;
    if (pending?.holds(timed, nowMs)) {
      if (pending.readySeconds !== null && timed.track.kind === "video")
        this.#join(pending, pending.readySeconds);
      return;
    }
    this.#splicer?.forward(instance.publish, timed, nowMs);
  }

  /** Called several times a second: notices silence and lasting differences of quality. */
  tick(): void {
    const onAir = this.#onAir;
    const pending = this.#pending;
    if (pending !== null) this.#tickPending(pending);
    if (onAir === null) return;
    const standby = this.#standbyOf(onAir);
    if (standby === null) return;
    if (this.#isSilent(onAir) && this.#isFresh(standby)) this.#replace(onAir, "silent");
    else if (this.#isBetterForLong(standby, onAir)) this.#switchForQuality(standby);
    else if (this.#isRevertive) this.#considerReverting(onAir, standby);
  }

  #replace(lost: Instance, cause: LossCause): void {
    const standby = this.#standbyOf(lost);
    if (standby !== null) {
      this.#putOnAir(standby, this.#continuation(lost, standby), cause);
      return;
    }
    this.#dropPending();
    this.#onAir = null;
    this.#splicer?.breakOff();
    this.#report(lost, null, cause, null);
  }

  #switchForQuality(standby: Instance): void {
    const onAir = this.#onAir;
    if (onAir === null) return;
    const nowMs = this.#nowMs();
    this.#qualitySwitchesAtMs = [...this.#qualitySwitchesAtMs.filter((at) => nowMs - at < 60_000), nowMs];
    this.#putOnAir(standby, this.#continuation(onAir, standby), "quality");
  }

  #waitFor(instance: Instance, cause: "requested" | "reverted"): void {
    const onAir = this.#onAir;
    if (onAir === null || instance.publish?.hasVideo === false) {
      this.#putOnAir(instance, this.#newUnits(), cause);
    } else if (this.#pending?.to !== instance) {
      this.#dropPending();
      this.#pending = new PendingSwitch(onAir, instance, cause);
    }
  }

  /** The newcomer's units are watched for the key frame to begin with. True when it is on air now. */
  #incomingUnit(pending: PendingSwitch, timed: TimedUnit): boolean {
    if (timed.track.kind !== "video" || !timed.unit.isSync) return false;
    if (!pending.mayJoinAt(timed, this.#splicer?.sourceEndSeconds ?? null, this.#nowMs())) return false;
    this.#join(pending, timed.unit.dts / timed.track.timescale);
    return true;
  }

  #join(pending: PendingSwitch, fromSeconds: number): void {
    this.#forwardHeld(pending.takeHeldBefore(fromSeconds));
    this.#pending = null;
    this.#putOnAir(pending.to, { fromSeconds, isSameClock: pending.isLocked }, pending.cause);
  }

  #tickPending(pending: PendingSwitch): void {
    const nowMs = this.#nowMs();
    if (pending.readySeconds !== null && pending.isReadyTooLong(nowMs))
      this.#join(pending, pending.readySeconds);
    else this.#forwardHeld(pending.takeOverdue(nowMs));
  }

  #dropPending(): void {
    const pending = this.#pending;
    this.#pending = null;
    if (pending !== null) this.#forwardHeld(pending.takeHeld());
  }

  #forwardHeld(held: readonly HeldUnit[]): void {
    const publish = this.#onAir?.publish ?? null;
    if (publish === null) return;
    for (const { timed, arrivalMs } of held) this.#splicer?.forward(publish, timed, arrivalMs);
  }

  #putOnAir(instance: Instance, point: JoinPoint, cause: SwitchCause): void {
    if (this.#splicer === null || instance.publish === null) return;
    const from = this.#onAir;
    const lastArrivalMs = this.#splicer.lastArrivalMs;
    this.#dropPending();
    this.#onAir = instance;
    this.#switchedAtMs = this.#nowMs();
    this.#betterSinceMs = null;
    this.#preferredSinceMs = null;
    this.#splicer.join(instance.publish, point);
    this.#report(from, instance, cause, lastArrivalMs);
  }

  #report(
    from: Instance | null,
    to: Instance | null,
    cause: SwitchCause,
    lastArrivalMs: number | null,
  ): void {
    const nowMs = this.#nowMs();
    const judgement = from?.publish?.health.judge(nowMs) ?? null;
    this.#onSwitch({
      from,
      to,
      cause,
      fromScore: judgement?.score ?? null,
      toScore: to?.publish?.health.judge(nowMs).score ?? null,
      faults: judgement?.faults ?? [],
      gapMs: lastArrivalMs === null ? null : nowMs - lastArrivalMs,
      gapFrames: lastArrivalMs === null ? null : missedFrames(to, lastArrivalMs, nowMs),
    });
  }

  #standbyOf(instance: Instance): Instance | null {
    return (
      this.#instances.find((other) => other !== instance && other.isActive && !this.#isSilent(other)) ?? null
    );
  }

  #isSilent(instance: Instance): boolean {
    return this.#mediaAgeMs(instance) >= HEALTH.silentMs;
  }

  #isFresh(instance: Instance): boolean {
    return this.#mediaAgeMs(instance) < SWITCHING.freshMs;
  }

  #mediaAgeMs(instance: Instance): number {
    return instance.publish?.health.mediaAgeMs(this.#nowMs()) ?? Number.POSITIVE_INFINITY;
  }

  #score(instance: Instance): number {
    return instance.publish?.health.judge(this.#nowMs()).score ?? 0;
  }

  #isBetterForLong(standby: Instance, onAir: Instance): boolean {
    const nowMs = this.#nowMs();
    const isBetter =
      nowMs - this.#switchedAtMs >= SWITCHING.minDwellMs &&
      this.#score(standby) - this.#score(onAir) >= SWITCHING.hysteresis;
    this.#betterSinceMs = isBetter ? (this.#betterSinceMs ?? nowMs) : null;
    if (this.#betterSinceMs === null || nowMs - this.#betterSinceMs < SWITCHING.persistenceMs) return false;
    const lastMinute = this.#qualitySwitchesAtMs.filter((at) => nowMs - at < 60_000);
    return lastMinute.length < SWITCHING.qualitySwitchesPerMinute;
  }

  #considerReverting(onAir: Instance, standby: Instance): void {
    const nowMs = this.#nowMs();
    const isPreferred = standby === this.#instances[0] && this.#score(standby) >= SWITCHING.revertScore;
    this.#preferredSinceMs = isPreferred ? (this.#preferredSinceMs ?? nowMs) : null;
    if (this.#preferredSinceMs === null || nowMs - this.#preferredSinceMs < SWITCHING.revertAfterMs) return;
    if (this.#onAir === onAir) this.#waitFor(standby, "reverted");
  }

  /** Where the standby takes over from a side that stopped: not a frame twice where their clocks agree, else by arrival. */
  #continuation(lost: Instance, standby: Instance): JoinPoint {
    const endSeconds = this.#splicer?.sourceEndSeconds ?? null;
    return endSeconds !== null && areLocked(lost, standby)
      ? { fromSeconds: endSeconds, isSameClock: true }
      : this.#newUnits();
  }

  /** What arrived before is in the programme already; all of it is new where there was none. */
  #newUnits(): JoinPoint {
    return { afterArrivalMs: this.#splicer?.lastArrivalMs ?? Number.NEGATIVE_INFINITY };
  }
}

/** None where the units kept since the side's key frame reach back to before the gap. */
function missedFrames(to: Instance | null, lastArrivalMs: number, nowMs: number): number {
  const publish = to?.publish ?? null;
  const first = publish?.gop.unitsFrom(({ arrivalMs }) => arrivalMs <= lastArrivalMs)[0];
  if (publish === null || first === undefined) return 0;
  const framesPerSecond = publish.figures.frameRate(nowMs) ?? 0;
  return Math.max(0, Math.round(((first.arrivalMs - lastArrivalMs) * framesPerSecond) / 1000) - 1);
}
