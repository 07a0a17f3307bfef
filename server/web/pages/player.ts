// One video element and whatever feeds it: hls.js where it works, else the browser's own HLS.

import Hls, { type LevelDetails } from "hls.js";
import type { DelayChoice } from "./delay-choice.ts";
import { hasMissedLeadIn } from "./lead-in.ts";
import { type DistanceFromLive, LivePace, SLACK_SECONDS } from "./live-pace.ts";
import { beginOnceReady } from "./live-start.ts";
import { patientPolicies } from "./load-policies.ts";
import { dateMsAt, endOf, ownDateMs } from "./media-times.ts";
import { Renditions } from "./renditions.ts";
import { WatchingBeacon } from "./watching-beacon.ts";

/**
 * Fragmented MP4 passes through hls.js as it is: a worker to remux in would have nothing to do. A stall moves the picture away from
 * live for as long as it lasted, and not for good: the way back is {@link LivePace}'s.
 */
const HLS_OPTIONS = {
  ...{ enableWorker: false, liveDurationInfinity: true, backBufferLength: 60 },
  liveSyncOnStallIncrease: 0,
  ...patientPolicies(Hls.DefaultConfig),
};

/**
 * By parts: an encoder that falls silent is replaced after a second, which nobody should see; a playlist may ask for more
 * (PART-HOLD-BACK).
 */
const LOW_DISTANCE_SECONDS = 1.35;

/** How far behind the end of its range a browser's own HLS is put; it knows better itself, and does not say. */
const OWN_HLS_DISTANCE_SECONDS = 6;

/** For a network with interruptions, seconds behind the newest: as much as playlists of 2 s segments reach back at least. */
const STEADY_DISTANCE_SECONDS = 10;

/** How often the speed is looked at: what is loaded ahead of a short delay is shown within a second. */
const PACE_INTERVAL_MS = 100;

/** What cannot be decoded again so soon after hls.js began afresh will not be by another fresh beginning. */
const RECOVERY_INTERVAL_MS = 10_000;

/** What a playlist may be refused for: its token, or the lack of one. */
const DENIED_STATUSES: readonly (number | undefined)[] = [401, 403];

/** Where the picture is, of a playlist that still grows. */
export interface LivePosition {
  /** Since what is shown was broadcast, by the playlist's dates; where it has none, between it and the newest that the server has. */
  readonly behindSeconds: number;
  /** Whether a jump to the live edge would be seen. */
  readonly hasLeftEdge: boolean;
}

/** What may be sought in, of a playlist that reaches back to the beginning of its broadcast. Seconds of the video's time. */
export interface SeekRange {
  readonly startSeconds: number;
  /** The newest that can be played without a stall, or the end. */
  readonly endSeconds: number;
  readonly currentSeconds: number;
  readonly isLive: boolean;
  /** When what is shown there was broadcast, milliseconds since 1970; null where nobody knows. */
  dateMsAt(seconds: number): number | null;
}

export interface PlayerOptions {
  readonly video: HTMLVideoElement;
  readonly delay: DelayChoice;
  /** The server's time, milliseconds since 1970; null while it is not known. */
  readonly nowMs: () => number | null;
  /** Of a playlist that cannot be played now, for example because there is none yet: whoever asked may ask again. */
  readonly onFailure: () => void;
}

export class Player {
  readonly renditions = new Renditions((index) => {
    if (this.#hls !== null) this.#hls.nextLevel = index;
  });
  readonly pace: Pick<LivePace, "choose" | "chosenRate">;
  readonly #options: PlayerOptions;
  readonly #video: HTMLVideoElement;
  #hls: Hls | null = null;
  #url: string | null = null;
  #delay: DelayChoice;
  #recoveredAtMs = Number.NEGATIVE_INFINITY;
  /** Seconds behind the newest that is the shortest for this playlist; null before it is known. */
  #shortDistanceSeconds: number | null = null;
  #isBlocked = false;
  #isDenied = false;

  constructor(options: PlayerOptions) {
    const { video } = options;
    this.#options = options;
    this.#video = video;
    this.#delay = options.delay;
    const pace = new LivePace(video, () => (this.#hls === null ? null : this.#distance));
    this.pace = pace;
    setInterval(() => pace.keep(), PACE_INTERVAL_MS);
    video.addEventListener("error", () => this.#fail());
  }

  /** What is being played, null when nothing is. */
  get url(): string | null {
    return this.#url;
  }

  /** Whether the browser plays nothing before the viewer has asked for it, with sound or without. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** Whether the server refused the last playlist to this viewer. */
  get isDenied(): boolean {
    return this.#isDenied;
  }

  /** Null for a recording, for a broadcast that has ended, and before the first picture. */
  get livePosition(): LivePosition | null {
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    const distance = this.#distance;
    if (distance === null) return null;
    const { behindSeconds, wantedSeconds } = distance;
    return {
      behindSeconds: this.#ageSeconds ?? behindSeconds,
      hasLeftEdge: behindSeconds > wantedSeconds + SLACK_SECONDS,
    };
  }

  /** Null where the playlist keeps less, and in a browser's own HLS, whose own controls seek in it. */
  get seekRange(): SeekRange | null {
    const details = this.#hls?.latestLevelDetails ?? null;
    if (details === null || details.type !== "EVENT") return null;
    return {
      startSeconds: details.fragmentStart,
      endSeconds: (details.live ? this.#hls?.liveSyncPosition : null) ?? details.edge,
      currentSeconds: this.#video.currentTime,
      isLive: details.live,
      dateMsAt: (seconds) => dateMsAt(details.fragments, seconds),
    };
  }

  /** `seconds`: of the video's time. */
  seek(seconds: number): void {
    this.#video.currentTime = seconds;
  }

  /** Whether {@link keepDistance} has an effect: a browser's own HLS chooses for itself. */
  get canKeepDistance(): boolean {
    return this.#hls?.latestLevelDetails?.live === true;
  }

  /** Goes to the longer distance from live, or to the shortest, and keeps it. */
  keepDistance(choice: DelayChoice): void {
    this.#delay = choice;
    if (this.#hls !== null) this.#applyDistance(this.#hls);
    this.goLive();
  }

  /** Leaves what was playing and plays this playlist: a live one near its end, another from its beginning. */
  play(url: string): void {
    this.stop();
    this.#url = url;
    if (Hls.isSupported()) {
      this.#playWithHlsJs(url);
      return;
    }
    this.#video.src = url;
    void this.begin(); // What it waits for may be minutes away; nothing here depends on it.
  }

  /** To the newest that can be played without a stall. */
  goLive(): void {
    const end = endOf(this.#video.seekable);
    const target = this.#hls?.liveSyncPosition ?? (end === null ? null : end - OWN_HLS_DISTANCE_SECONDS);
    if (target === null) return;
    this.#video.currentTime = Math.max(0, target);
    void this.begin(); // As in `play`.
  }

  stop(): void {
    this.#url = null;
    this.#hls?.destroy();
    this.#hls = null;
    this.renditions.offer([]);
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  /** Browsers play with sound only where the viewer has shown to want it; without sound most always do. */
  async begin(): Promise<void> {
    const video = this.#video;
    const isRefused = await isPlayRefused(video);
    if (isRefused && !video.muted) {
      video.muted = true;
      this.#isBlocked = await isPlayRefused(video);
    } else this.#isBlocked = isRefused;
    if (this.#isBlocked) this.#options.onFailure();
  }

  #playWithHlsJs(url: string): void {
    const hls = new Hls({ ...HLS_OPTIONS, lowLatencyMode: this.#delay === "short" });
    this.#hls = hls;
    this.#shortDistanceSeconds = null;
    hls.once(Hls.Events.LEVEL_UPDATED, (_event, { details }) => {
      if (hasMissedLeadIn(details.url, details.startSN)) {
        queueMicrotask(() => this.#again(hls)); // hls.js is not done with the playlist.
        return;
      }
      this.#isDenied = false;
      this.#shortDistanceSeconds = shortDistance(hls, details);
      this.#applyDistance(hls);
    });
    beginOnceReady(hls, this.#video, () => void this.begin()); // As in `play`.
    const beacon = new WatchingBeacon({
      send: (address) => navigator.sendBeacon(address),
      monotonicMs: () => performance.now(),
    });
    hls.on(Hls.Events.LEVEL_LOADED, (_event, { details }) => {
      if (details.live) beacon.followed(url, details.url);
    });
    hls.on(Hls.Events.MANIFEST_PARSED, (_event, { levels }) => {
      this.renditions.offer(
        levels.map(({ width, height, bitrate }, index) => ({ id: String(index), width, height, bitrate })),
      );
    });
    hls.on(Hls.Events.ERROR, (_event, { fatal, type, response }) => {
      if (!fatal) return;
      const nowMs = performance.now();
      const mayRecover = nowMs - this.#recoveredAtMs > RECOVERY_INTERVAL_MS;
      if (type !== Hls.ErrorTypes.MEDIA_ERROR || !mayRecover) {
        this.#fail(DENIED_STATUSES.includes(response?.code));
        return;
      }
      this.#recoveredAtMs = nowMs;
      const isPlaying = !this.#video.paused;
      hls.recoverMediaError();
      if (isPlaying) void this.begin(); // The video element was given another source, which pauses it; then as in `play`.
    });
    hls.loadSource(url);
    hls.attachMedia(this.#video);
  }

  /** From the multivariant playlist on, unless something else plays by now. */
  #again(hls: Hls): void {
    if (this.#hls === hls && this.#url !== null) this.play(this.#url);
  }

  #applyDistance(hls: Hls): void {
    hls.lowLatencyMode = this.#delay === "short";
    const distance = this.#delay === "steady" ? STEADY_DISTANCE_SECONDS : this.#shortDistanceSeconds;
    if (distance !== null) hls.targetLatency = distance;
  }

  /** How far it is behind the newest that the server has, and how far it should be; null when it is not live. */
  get #distance(): DistanceFromLive | null {
    const { currentTime, duration, seekable } = this.#video;
    if (this.#hls === null) {
      const end = endOf(seekable);
      if (duration !== Number.POSITIVE_INFINITY || end === null) return null;
      return { behindSeconds: end - currentTime, wantedSeconds: OWN_HLS_DISTANCE_SECONDS };
    }
    const details = this.#hls.latestLevelDetails;
    if (details === null || !details.live) return null;
    const behindSeconds = Math.max(0, details.edge + details.age - currentTime);
    return { behindSeconds, wantedSeconds: this.#hls.targetLatency ?? 0 };
  }

  /** How long ago what is shown was broadcast, by the server's clock; null where the playlist has no dates. */
  get #ageSeconds(): number | null {
    const shownMs = this.#hls === null ? ownDateMs(this.#video) : (this.#hls.playingDate?.getTime() ?? null);
    const nowMs = this.#options.nowMs();
    return shownMs === null || nowMs === null ? null : Math.max(0, nowMs - shownMs) / 1000;
  }

  #fail(isDenied = false): void {
    if (this.#url === null) return;
    this.#isDenied = isDenied;
    this.stop();
    this.#options.onFailure();
  }
}

/** Whether the browser will not have it yet; what interrupts a beginning begins again by itself. */
async function isPlayRefused(video: HTMLVideoElement): Promise<boolean> {
  try {
    await video.play();
    return false;
  } catch (error) {
    return error instanceof DOMException && error.name === "NotAllowedError";
  }
}

/** The shortest distance from the newest that hls.js and we think safe, seconds. */
function shortDistance(hls: Hls, { partHoldBack }: LevelDetails): number | null {
  return partHoldBack > 0 ? Math.max(LOW_DISTANCE_SECONDS, partHoldBack) : hls.targetLatency;
}
