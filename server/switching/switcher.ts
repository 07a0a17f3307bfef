// Two instances, one programme: decides whose units are on air, and when that changes.

import { INSTANCE_NAMES, type InstanceName } from "#openapi/names.ts";
import { type Fault, HEALTH } from "#server/instances/health.ts";
import type { LossCause } from "#server/instances/instance.ts";
import type { TimedUnit } from "#server/instances/publish.ts";
import type { JoinPoint } from "./join-point.ts";
import { areLocked, type HeldUnit, PendingSwitch } from "./pending-switch.ts";
import type { ProgrammeInput } from "./programme-input.ts";
import type { Source } from "./source.ts";
import { Splicer } from "./splicer.ts";

/** Every constant of the decision between two instances, with its reason. */
export const SWITCHING = {
  /** Points by which the other source must be better: one grave fault, or two lesser ones together. */
  hysteresis: 30,
  /** And for this long: one late burst is no reason. */
  persistenceMs: 1000,
  /** After a switch both sources are looked at afresh before quality may switch again. */
  minDwellMs: 8000,
  /** Flapping quality changes the programme at most this often; a source that is lost is always replaced. */
  qualitySwitchesPerMinute: 4,
  /** A stand-in for a silent source must itself be alive. */
  freshMs: 500,
  /** Where the primary is preferred, it must have been well for this long before it is taken back. */
  revertAfterMs: 10_000,
  revertScore: 90,
} as const;

export type SwitchCause = LossCause | "begin" | "active" | "requested" | "quality" | "reverted";

export interface OnAirChange {
  readonly from: InstanceName | null;
  readonly to: InstanceName | null;
  readonly cause: SwitchCause;
  readonly fromScore: number | null;
  readonly toScore: number | null;
  /** The faults of the source that left. */
  readonly faults: readonly Fault[];
  /** Time between the arrivals of the old source's last unit and the new source's first, in milliseconds; null at the beginning. */
  readonly gapMs: number | null;
  /** Pictures of the new source that came in the gap and are not on the programme; null at the beginning. */
  readonly gapFrames: number | null;
  /** Programme time from which on the new source is seen; null where it is not known yet, or nobody is on air. */
  readonly joinedSeconds: number | null;
}

export class Switcher {
  readonly #active = new Map<InstanceName, Source>();
  readonly #monotonicMs: () => number;
  readonly #isRevertive: boolean;
  readonly #onSwitch: (change: OnAirChange) => void;
  #splicer: Splicer | null = null;
  #onAir: Source | null = null;
  #pending: PendingSwitch | null = null;
  #switchedAtMs = 0;
  #betterSinceMs: number | null = null;
  #preferredSinceMs: number | null = null;
  #qualitySwitchesAtMs: readonly number[] = [];

  /** The primary is preferred where both could begin; a revertive switcher also returns to it. */
  constructor(options: {
    monotonicMs: () => number;
    isRevertive: boolean;
    onSwitch: (change: OnAirChange) => void;
  }) {
    this.#monotonicMs = options.monotonicMs;
    this.#isRevertive = options.isRevertive;
    this.#onSwitch = options.onSwitch;
  }

  get onAir(): InstanceName | null {
    return this.#onAir?.instance ?? null;
  }

  /** From now on there is a programme. `resumeAtSeconds`: where its recording ended, null when it has none yet. */
  begin(output: ProgrammeInput, resumeAtSeconds: number | null): void {
    this.#splicer = new Splicer(output, resumeAtSeconds);
    const active = this.#preferred();
    if (active !== null) this.#putOnAir(active, { afterArrivalMs: this.#monotonicMs() }, "begin");
  }

  /** The programme is over: from now on nobody is on air. */
  end(): void {
    this.#dropPending();
    this.#splicer = null;
    this.#onAir = null;
  }

  /** Somebody asked for this instance: it comes on air at its next key frame. False when it has no active ingest. */
  request(instance: InstanceName): boolean {
    const source = this.#active.get(instance);
    if (source === undefined) return false;
    if (source === this.#onAir) this.#dropPending();
    else this.#waitFor(source, "requested");
    return true;
  }

  sourceActive(source: Source): void {
    this.#active.set(source.instance, source);
    if (this.#onAir === null) this.#putOnAir(source, this.#newUnits(), "active");
  }

  sourceInactive(source: Source, cause: LossCause): void {
    this.#active.delete(source.instance);
    this.#dropPending();
    if (source === this.#onAir) this.#replace(source, cause);
  }

  /** In decoding order; of a source that is active. */
  sourceUnit(source: Source, timed: TimedUnit): void {
    const pending = this.#pending;
    if (this.#onAir === null) this.#putOnAir(source, this.#newUnits(), "active");
    else if (source === this.#onAir) this.#outgoingUnit(source, timed);
    else if (source === pending?.to) this.#incomingUnit(pending, timed);
  }

  #outgoingUnit(source: Source, timed: TimedUnit): void {
    const nowMs = this.#monotonicMs();
    const pending = this.#pending;
    if (pending?.holds(timed, nowMs)) {
      if (pending.readySeconds !== null && timed.track.kind === "video")
        this.#join(pending, pending.readySeconds);
      return;
    }
    this.#splicer?.forward(source, timed, nowMs);
  }

  /** Called several times a second: notices silence and lasting differences of quality. */
  tick(): void {
    if (this.#pending !== null) this.#tickPending(this.#pending);
    const onAir = this.#onAir;
    if (onAir === null) return;
    const standby = this.#standbyOf(onAir);
    if (standby === null) return;
    if (this.#isSilent(onAir) && this.#isFresh(standby)) this.#replace(onAir, "silent");
    else if (this.#isBetterForLong(standby, onAir)) this.#switchForQuality(onAir, standby);
    else if (this.#isRevertive) this.#considerReverting(standby);
  }

  #replace(lost: Source, cause: LossCause): void {
    this.#dropPending();
    const standby = this.#standbyOf(lost);
    if (standby !== null) {
      this.#putOnAir(standby, this.#continuation(lost, standby), cause);
      return;
    }
    this.#onAir = null;
    this.#splicer?.breakOff();
    this.#report(lost, null, cause, null);
  }

  #switchForQuality(onAir: Source, standby: Source): void {
    this.#dropPending();
    const nowMs = this.#monotonicMs();
    this.#qualitySwitchesAtMs = [...this.#qualitySwitchesAtMs, nowMs].slice(
      -SWITCHING.qualitySwitchesPerMinute,
    );
    this.#putOnAir(standby, this.#continuation(onAir, standby), "quality");
  }

  #waitFor(source: Source, cause: "requested" | "reverted"): void {
    if (this.#pending?.to === source) return;
    const onAir = this.#onAir;
    if (onAir === null || !source.hasVideo) this.#putOnAir(source, this.#newUnits(), cause);
    else this.#pending = new PendingSwitch(onAir, source, cause);
  }

  /** The newcomer's units are watched for the key frame to begin with: it is sent with those kept since then. */
  #incomingUnit(pending: PendingSwitch, timed: TimedUnit): void {
    if (timed.track.kind !== "video" || !pending.to.mayBeginWith(timed.unit)) return;
    if (pending.mayJoinAt(timed, this.#splicer?.sourceEndSeconds ?? null, this.#monotonicMs()))
      this.#join(pending, timed.unit.dts / timed.track.timescale);
  }

  /** With this key frame, or on one clock where the programme ended: it may be past that, or have stopped before it. */
  #join(pending: PendingSwitch, keyFrameSeconds: number): void {
    this.#forwardHeld(pending.takeHeldBefore(keyFrameSeconds));
    this.#pending = null;
    const endSeconds = this.#splicer?.sourceEndSeconds ?? null;
    const isSameClock = pending.isLocked && endSeconds !== null;
    const fromSeconds = isSameClock ? endSeconds : keyFrameSeconds;
    this.#putOnAir(pending.to, { fromSeconds, isSameClock }, pending.cause);
  }

  #tickPending(pending: PendingSwitch): void {
    const nowMs = this.#monotonicMs();
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
    const onAir = this.#onAir;
    if (onAir === null) return;
    for (const { timed, arrivalMs } of held) this.#splicer?.forward(onAir, timed, arrivalMs);
  }

  /** What was kept back for another joint has been sent: this one comes after it. */
  #putOnAir(source: Source, point: JoinPoint, cause: SwitchCause): void {
    if (this.#splicer === null) return;
    const from = this.#onAir;
    const lastArrivalMs = this.#splicer.lastArrivalMs;
    this.#onAir = source;
    this.#switchedAtMs = this.#monotonicMs();
    this.#preferredSinceMs = null;
    this.#splicer.join(source, point);
    this.#report(from, source, cause, lastArrivalMs);
  }

  #report(from: Source | null, to: Source | null, cause: SwitchCause, lastArrivalMs: number | null): void {
    const nowMs = this.#monotonicMs();
    const judgement = from?.judge(nowMs);
    this.#onSwitch({
      from: from?.instance ?? null,
      to: to?.instance ?? null,
      cause,
      fromScore: judgement?.score ?? null,
      toScore: to?.judge(nowMs).score ?? null,
      faults: judgement?.faults ?? [],
      gapMs: lastArrivalMs === null ? null : nowMs - lastArrivalMs,
      gapFrames: lastArrivalMs === null ? null : missedFrames(to, lastArrivalMs),
      joinedSeconds: to === null ? null : (this.#splicer?.joinedSeconds ?? null),
    });
  }

  /** The active source that comes first where nothing else decides; one that nobody can join comes last. */
  #preferred(): Source | null {
    const sources = INSTANCE_NAMES.flatMap((name) => this.#active.get(name) ?? []);
    return sources.find((source) => !source.areJoinPointsMissing) ?? sources[0] ?? null;
  }

  /** Another one that is active and not silent. */
  #standbyOf(source: Source): Source | null {
    for (const other of this.#active.values()) if (other !== source && !this.#isSilent(other)) return other;
    return null;
  }

  #isSilent(source: Source): boolean {
    return source.mediaAgeMs(this.#monotonicMs()) >= HEALTH.silentMs;
  }

  #isFresh(source: Source): boolean {
    return source.mediaAgeMs(this.#monotonicMs()) < SWITCHING.freshMs;
  }

  #score(source: Source): number {
    return source.judge(this.#monotonicMs()).score;
  }

  #isBetterForLong(standby: Source, onAir: Source): boolean {
    const nowMs = this.#monotonicMs();
    const isBetter =
      nowMs - this.#switchedAtMs >= SWITCHING.minDwellMs &&
      this.#score(standby) - this.#score(onAir) >= SWITCHING.hysteresis;
    this.#betterSinceMs = isBetter ? (this.#betterSinceMs ?? nowMs) : null;
    if (this.#betterSinceMs === null || nowMs - this.#betterSinceMs < SWITCHING.persistenceMs) return false;
    const lastMinute = this.#qualitySwitchesAtMs.filter((atMs) => nowMs - atMs < 60_000);
    return lastMinute.length < SWITCHING.qualitySwitchesPerMinute;
  }

  #considerReverting(standby: Source): void {
    const nowMs = this.#monotonicMs();
    const isPreferred = standby === this.#preferred() && this.#score(standby) >= SWITCHING.revertScore;
    this.#preferredSinceMs = isPreferred ? (this.#preferredSinceMs ?? nowMs) : null;
    if (this.#preferredSinceMs === null || nowMs - this.#preferredSinceMs < SWITCHING.revertAfterMs) return;
    this.#waitFor(standby, "reverted");
  }

  /** Where the standby takes over from a source that stopped: not a frame twice where their clocks agree, else by arrival. */
  #continuation(lost: Source, standby: Source): JoinPoint {
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

/** None where the units kept since the source's key frame reach back to before the gap. */
function missedFrames(to: Source | null, lastArrivalMs: number): number {
  const first = to?.unitsFrom(({ arrivalMs }) => arrivalMs <= lastArrivalMs)[0];
  if (to === null || first === undefined) return 0;
  const framesPerSecond = to.frameRate ?? 0;
  return Math.max(0, Math.round(((first.arrivalMs - lastArrivalMs) * framesPerSecond) / 1000) - 1);
}
