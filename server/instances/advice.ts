// What the producer of a publish is advised: read off its units as they pass, told when it has lasted.

import { ClockDrift } from "./clock-drift.ts";
import type { IngestFigures } from "./ingest-figures.ts";
import { KeyFrameRhythm } from "./key-frame-rhythm.ts";
import { type Finding, LastingFinding, type Patience } from "./lasting-finding.ts";

/** Every constant of the advice; what is waited for are seconds in which something came. */
export const ADVICE = {
  /** A segment ends at the first key frame after its target: a quarter more is whole frames and whole seconds. */
  longIntervalFactor: 1.25,
  /** Measured over some intervals already, so little more is waited for; and one more of them must have been well. */
  keyFrames: { appearsAfter: 3, goesAfter: 10 },
  /** A lively scene is over by then; and a quiet one is no proof that scene detection is off. */
  evenness: { appearsAfter: 10, goesAfter: 60 },
  /** One B-frame alone moves the pictures around it by two frames; half a frame is what rounded times can make of none. */
  reorderedFrames: 1.5,
  /** Encoders leave B-frames out of quick motion, for seconds and not for half a minute. */
  reordering: { appearsAfter: 5, goesAfter: 30 },
  /** Rate control overshoots by a few per cent in ten seconds, and kilobits of 1024 bits are announced, too. */
  overBitrateFactor: 1.3,
  /** The bitrate is of the last ten seconds: what a stall held back and a burst brought is out of it before this. */
  bitrate: { appearsAfter: 15, goesAfter: 30 },
  /** 3.6 s an hour: more than any crystal is off, and players run dry, or fall behind, within an hour. */
  driftShare: 0.001,
  /** Two measurements, and many that are well: it is measured every ten seconds, over minutes. */
  drift: { appearsAfter: 15, goesAfter: 60 },
} as const satisfies Record<string, number | Patience>;

/** What publishes are cut to. */
export interface CutTargets {
  readonly segmentSeconds: number;
  /** 0 where there is no low latency. */
  readonly partMilliseconds: number;
}

/** What the encoder says that it sends, null where it does not say. */
export interface AnnouncedBitrates {
  readonly videoKbps: number | null;
  readonly audioKbps: number | null;
}

export interface PassingPicture {
  readonly isSync: boolean;
  /** Its GOP has pictures that need the GOP before. */
  readonly isOpenGop: boolean;
  /** On the encoder's clock. */
  readonly dtsSeconds: number;
  readonly ptsSeconds: number;
}

type BitratesAndRate = Pick<IngestFigures, "videoBitrateKbps" | "audioBitrateKbps" | "frameRate">;

const KIND_NAMES = { video: "picture", audio: "sound" } as const;

export class Advice {
  readonly #targets: CutTargets;
  readonly #figures: BitratesAndRate;
  readonly #rhythm = new KeyFrameRhythm();
  readonly #clock = new ClockDrift();
  /** In the order they are told in. */
  readonly #findings = {
    longInterval: new LastingFinding(ADVICE.keyFrames),
    uneven: new LastingFinding(ADVICE.evenness),
    openGops: new LastingFinding(ADVICE.keyFrames),
    reordered: new LastingFinding(ADVICE.reordering),
    videoBitrate: new LastingFinding(ADVICE.bitrate),
    audioBitrate: new LastingFinding(ADVICE.bitrate),
    drift: new LastingFinding(ADVICE.drift),
  };
  #announced: AnnouncedBitrates = { videoKbps: null, audioKbps: null };
  /** The second that the newest unit came in, null before the first. */
  #second: number | null = null;
  /** Of the pictures of this second: how long after decoding the soonest and the latest are shown; seconds. */
  #soonest = Number.POSITIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(targets: CutTargets, figures: BitratesAndRate) {
    this.#targets = targets;
    this.#figures = figures;
  }

  video(picture: PassingPicture, nowMs: number): void {
    this.#passed(picture.dtsSeconds, nowMs);
    if (picture.isSync || picture.isOpenGop) this.#rhythm.push(picture.dtsSeconds, picture.isOpenGop);
    const delaySeconds = picture.ptsSeconds - picture.dtsSeconds;
    this.#soonest = Math.min(this.#soonest, delaySeconds);
    this.#latest = Math.max(this.#latest, delaySeconds);
  }

  audio(seconds: number, nowMs: number): void {
    this.#passed(seconds, nowMs);
  }

  /** Replaces what was announced before. */
  announced(bitrates: AnnouncedBitrates): void {
    this.#announced = bitrates;
  }

  /** The encoder's clock jumped: times before and after cannot be compared. */
  clockJumped(): void {
    this.#rhythm.clockJumped();
    this.#clock.clockJumped();
  }

  /** While nothing comes they stay as they are. */
  get sentences(): readonly string[] {
    return [...this.sentencesByKind.values()];
  }

  /** Kind of finding → what is told of it now. */
  get sentencesByKind(): ReadonlyMap<string, string> {
    const given = new Map<string, string>();
    for (const [kind, { sentence }] of Object.entries(this.#findings))
      if (sentence !== null) given.set(kind, sentence);
    return given;
  }

  #passed(seconds: number, nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (this.#second !== null && this.#second !== second) this.#observe(nowMs);
    this.#second = second;
    this.#clock.push(seconds * 1000, nowMs);
  }

  /** A second is over. */
  #observe(nowMs: number): void {
    const findings = this.#findings;
    findings.longInterval.observe(this.#longInterval());
    findings.uneven.observe(this.#uneven());
    findings.openGops.observe(this.#openGops());
    if (this.#latest >= this.#soonest) findings.reordered.observe(this.#reordered());
    findings.videoBitrate.observe(this.#overBitrate("video", nowMs));
    findings.audioBitrate.observe(this.#overBitrate("audio", nowMs));
    findings.drift.observe(this.#drift());
    this.#soonest = Number.POSITIVE_INFINITY;
    this.#latest = Number.NEGATIVE_INFINITY;
  }

  #longInterval(): Finding | null {
    const { segmentSeconds } = this.#targets;
    const usual = this.#rhythm.usualSeconds;
    if (usual === null || usual <= segmentSeconds * ADVICE.longIntervalFactor) return null;
    const target = secondsText(segmentSeconds);
    return {
      measured: usual,
      sentence:
        `Key frames come every ${secondsText(usual)}; segments are to last ${target}: ` +
        `set the key frame interval to ${target}.`,
    };
  }

  #uneven(): Finding | null {
    const { uneven } = this.#rhythm;
    if (uneven === null) return null;
    const { shortest, longest } = uneven;
    return {
      measured: longest,
      sentence:
        `Key frames come unevenly, ${secondsText(shortest)} to ${secondsText(longest)} apart: ` +
        "turn scene change detection off and set a fixed key frame interval.",
    };
  }

  #openGops(): Finding | null {
    if (!this.#rhythm.areGopsOpen) return null;
    return {
      measured: 1,
      sentence:
        "The GOPs are open, so pictures after a key frame need those before it, and whoever joins there misses them: " +
        "set closed GOPs in the encoder.",
    };
  }

  #reordered(): Finding | null {
    const { frameRate } = this.#figures;
    const delaySeconds = this.#latest - this.#soonest;
    const isLowLatency = this.#targets.partMilliseconds > 0;
    if (!isLowLatency || frameRate === null) return null;
    if (delaySeconds * frameRate < ADVICE.reorderedFrames) return null;
    return {
      measured: delaySeconds,
      sentence:
        `B-frames delay the picture by ${secondsText(delaySeconds)}, and the programme is cut for low latency: ` +
        "set the number of B-frames to 0.",
    };
  }

  #overBitrate(kind: "video" | "audio", nowMs: number): Finding | null {
    const announcedKbps = this.#announced[`${kind}Kbps`];
    if (announcedKbps === null) return null;
    const kbps = this.#figures[`${kind}BitrateKbps`](nowMs);
    if (kbps <= announcedKbps * ADVICE.overBitrateFactor) return null;
    return {
      measured: kbps,
      sentence:
        `The ${KIND_NAMES[kind]} takes ${kbps} kbit/s, and the encoder announced ${Math.round(announcedKbps)}: ` +
        "set a constant bitrate, or one that the line can carry.",
    };
  }

  #drift(): Finding | null {
    const { share } = this.#clock;
    if (share === null || Math.abs(share) < ADVICE.driftShare) return null;
    const percent = Number((Math.abs(share) * 100).toPrecision(2));
    const remedy =
      share > 0
        ? "or, where its line is too slow for what it sends, lower the bitrate."
        : "and send files in real time.";
    return {
      measured: share,
      sentence:
        `The encoder's clock runs ${percent} % ${share > 0 ? "slow" : "fast"} against the server's: ` +
        `take sound and picture from one device, synchronise its clock, ${remedy}`,
    };
  }
}

/** Of a second and more the first decimal, of less the second. */
function secondsText(seconds: number): string {
  const steps = seconds < 1 ? 100 : 10;
  return `${Math.round(seconds * steps) / steps} s`;
}
