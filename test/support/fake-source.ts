// One side as the switcher and the splicer see it, whose every fact a test sets by hand.

import type { AccessUnit, Track } from "#media/track/track.ts";
import type { InstanceName } from "#openapi/names.ts";
import { type CachedUnit, GopCache } from "#server/instances/gop-cache.ts";
import type { Fault, Judgement } from "#server/instances/health.ts";
import type { TimedUnit } from "#server/instances/publish.ts";
import type { Source } from "#server/switching/source.ts";
import { pictureData } from "#test/support/fake-encoder.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

export interface PictureFacts {
  readonly isKeyFrame?: boolean;
  /** What is shown becomes right after a while. */
  readonly isRecoveryPoint?: boolean;
  /** How much later it is shown than decoded. */
  readonly reorderSeconds?: number;
  /** No other picture needs it. */
  readonly isDisposable?: boolean;
}

export class FakeSource implements Source {
  readonly instance: InstanceName;
  tracks: readonly Track[] = [videoTrack, audioTrack];
  tracksVersion = 1;
  epoch = 0;
  clockOffsetMs: number | null = null;
  keyFrameIntervalSeconds: number | null = 2;
  joinIntervalSeconds: number | null = 2;
  frameRate: number | null = 25;
  areJoinPointsMissing = false;
  score = 100;
  faults: readonly Fault[] = [];
  lastMediaAtMs = 0;
  readonly #mark: number;
  readonly #gop = new GopCache({ keepsPrevious: true });

  /** `mark`: the byte that its pictures and sounds are made of. */
  constructor(instance: InstanceName, mark: number) {
    this.instance = instance;
    this.#mark = mark;
  }

  get hasVideo(): boolean {
    return this.tracks.some(({ kind }) => kind === "video");
  }

  mayBeginWith({ isSync, hints }: AccessUnit): boolean {
    return isSync || (this.areJoinPointsMissing && hints?.isRecoveryPoint === true);
  }

  unitsFrom(reaches: (keyFrame: CachedUnit) => boolean): readonly CachedUnit[] {
    return this.#gop.unitsFrom(reaches);
  }

  judge(): Judgement {
    return { score: this.score, faults: this.faults };
  }

  mediaAgeMs(nowMs: number): number {
    return nowMs - this.lastMediaAtMs;
  }

  /** A picture comes, and is kept as those of a publish are. */
  picture(seconds: number, arrivalMs: number, facts: PictureFacts = {}): TimedUnit {
    const { isKeyFrame = false, isRecoveryPoint = false, reorderSeconds = 0, isDisposable = false } = facts;
    const dts = Math.round(seconds * videoTrack.timescale);
    const pts = dts + Math.round(reorderSeconds * videoTrack.timescale);
    const data = pictureData(isKeyFrame, 100, this.#mark, Math.round(seconds * 1000));
    if (isDisposable) data[4] = 0x01; // NAL unit header: nal_ref_idc 0
    const hints = isRecoveryPoint ? { hints: { isRecoveryPoint } as const } : {};
    const unit: AccessUnit = { trackId: videoTrack.id, dts, pts, isSync: isKeyFrame, ...hints, data };
    this.lastMediaAtMs = arrivalMs;
    if (this.mayBeginWith(unit)) this.#gop.begin(unit, arrivalMs, () => false);
    else this.#gop.push(unit, arrivalMs);
    return { unit, track: this.#track(videoTrack), epoch: this.epoch };
  }

  sound(seconds: number, arrivalMs: number): TimedUnit {
    const dts = Math.round(seconds * audioTrack.timescale);
    const data = new Uint8Array(100).fill(this.#mark);
    const unit = { trackId: audioTrack.id, dts, pts: dts, isSync: true, data };
    this.lastMediaAtMs = arrivalMs;
    this.#gop.push(unit, arrivalMs);
    return { unit, track: this.#track(audioTrack), epoch: this.epoch };
  }

  /** Its clock jumped: nothing that came before is kept. */
  jumps(): void {
    this.epoch += 1;
    this.#gop.clear();
  }

  #track(usual: Track): Track {
    return this.tracks.find(({ id }) => id === usual.id) ?? usual;
  }
}
