// One video element and whatever feeds it: hls.js where it works, else the browser's own HLS.

import Hls, { type Fragment } from "hls.js";
import { WatchingBeacon } from "./watching-beacon.ts";

/** Fragmented MP4 passes through hls.js as it is: a worker to remux in would have nothing to do. */
const HLS_OPTIONS = { enableWorker: false, liveDurationInfinity: true, backBufferLength: 60 };

/** A viewer who is so much further behind than need be has left the live edge, by will or by a stall. */
const SLACK_SECONDS = 6;

/**
 * A viewer who is there from the first second waits for as many segments: no player should be closer to the live edge than
 * three target durations (RFC 8216 §6.3.3), and one that is has nothing to play when a segment comes a second late.
 */
const LEAST_SEGMENTS = 3;

/** How far behind the end of its range a browser's own HLS is put; it knows better itself, and does not say. */
const OWN_HLS_DISTANCE_SECONDS = 6;

/** For a network with interruptions, seconds behind the newest: as much as playlists of 2 s segments reach back at least. */
const STEADY_DISTANCE_SECONDS = 10;

/** What cannot be decoded again so soon after hls.js began afresh will not be by another fresh beginning. */
const RECOVERY_INTERVAL_MS = 10_000;

/** A playlist that cannot be played now, for example because there is none yet: whoever asked may ask again. */
type OnFailure = () => void;

/** Where the picture is, of a playlist that still grows. */
export interface LivePosition {
  /** Between what is shown and the newest that the server has. */
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

export class Player {
  readonly #video: HTMLVideoElement;
  readonly #onFailure: OnFailure;
  #hls: Hls | null = null;
  #url: string | null = null;
  #isSteady = false;
  #recoveredAtMs = Number.NEGATIVE_INFINITY;
  /** Seconds behind the newest that hls.js keeps of its own; null before it knows. */
  #shortDistanceSeconds: number | null = null;

  constructor(video: HTMLVideoElement, onFailure: OnFailure) {
    this.#video = video;
    this.#onFailure = onFailure;
    video.addEventListener("error", () => this.#fail());
  }

  /** What is being played, null when nothing is. */
  get url(): string | null {
    return this.#url;
  }

  /** Null for a recording, for a broadcast that has ended, and before the first picture. */
  get livePosition(): LivePosition | null {
    if (this.#video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    const [behindSeconds, wantedSeconds] =
      this.#hls === null ? this.#ownDistance() : hlsJsDistance(this.#hls, this.#video);
    if (behindSeconds === null) return null;
    return { behindSeconds, hasLeftEdge: behindSeconds > wantedSeconds + SLACK_SECONDS };
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
  keepDistance(choice: "short" | "steady"): void {
    this.#isSteady = choice === "steady";
    const distance = this.#isSteady ? STEADY_DISTANCE_SECONDS : this.#shortDistanceSeconds;
    if (this.#hls !== null && distance !== null) this.#hls.targetLatency = distance;
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
    void this.#begin(); // What it waits for may be minutes away; nothing here depends on it.
  }

  /** To the newest that can be played without a stall. */
  goLive(): void {
    const end = endOf(this.#video.seekable);
    const target = this.#hls?.liveSyncPosition ?? (end === null ? null : end - OWN_HLS_DISTANCE_SECONDS);
    if (target === null) return;
    this.#video.currentTime = Math.max(0, target);
    void this.#begin(); // As in `play`.
  }

  stop(): void {
    this.#url = null;
    this.#hls?.destroy();
    this.#hls = null;
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  #playWithHlsJs(url: string): void {
    const hls = new Hls(HLS_OPTIONS);
    const begin = () => this.#begin();
    this.#hls = hls;
    this.#shortDistanceSeconds = null;
    hls.once(Hls.Events.LEVEL_UPDATED, () => {
      this.#shortDistanceSeconds = hls.targetLatency;
      if (this.#isSteady) hls.targetLatency = STEADY_DISTANCE_SECONDS;
    });
    hls.on(Hls.Events.LEVEL_UPDATED, function beginOnce(_event, { details }) {
      if (details.live && details.fragments.length < LEAST_SEGMENTS) return;
      hls.off(Hls.Events.LEVEL_UPDATED, beginOnce);
      void begin(); // As in `play`.
    });
    const beacon = new WatchingBeacon({
      send: (address) => navigator.sendBeacon(address),
      monotonicMs: () => performance.now(),
    });
    hls.on(Hls.Events.LEVEL_LOADED, (_event, { details }) => {
      if (details.live) beacon.followed(url, details.url);
    });
    hls.on(Hls.Events.ERROR, (_event, { fatal, type }) => {
      if (!fatal) return;
      const nowMs = performance.now();
      const mayRecover = nowMs - this.#recoveredAtMs > RECOVERY_INTERVAL_MS;
      if (type !== Hls.ErrorTypes.MEDIA_ERROR || !mayRecover) {
        this.#fail();
        return;
      }
      this.#recoveredAtMs = nowMs;
      hls.recoverMediaError();
    });
    hls.loadSource(url);
    hls.attachMedia(this.#video);
  }

  /** Seconds, as {@link hlsJsDistance}. */
  #ownDistance(): [number | null, number] {
    const end = endOf(this.#video.seekable);
    const isLive = this.#video.duration === Number.POSITIVE_INFINITY;
    return [isLive && end !== null ? end - this.#video.currentTime : null, OWN_HLS_DISTANCE_SECONDS];
  }

  #fail(): void {
    if (this.#url === null) return;
    this.stop();
    this.#onFailure();
  }

  /** Browsers play with sound only where the viewer has shown to want it; without sound they always do. */
  async #begin(): Promise<void> {
    try {
      await this.#video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      this.#video.muted = true;
      await this.#video.play().catch(() => undefined);
    }
  }
}

/** Seconds: how far behind, null when it is not live, and how far hls.js means to be. */
function hlsJsDistance(hls: Hls, video: HTMLVideoElement): [number | null, number] {
  const details = hls.latestLevelDetails;
  if (details === null || !details.live) return [null, 0];
  return [Math.max(0, details.edge + details.age - video.currentTime), hls.targetLatency ?? 0];
}

/** Each fragment has a date: hls.js works out those that the playlist leaves to be worked out. */
function dateMsAt(fragments: readonly Fragment[], seconds: number): number | null {
  let [first, last] = [0, fragments.length - 1];
  while (first < last) {
    const middle = Math.ceil((first + last) / 2);
    if ((fragments[middle]?.start ?? 0) <= seconds) first = middle;
    else last = middle - 1;
  }
  const fragment = fragments[first];
  const dateMs = fragment?.programDateTime ?? null;
  return fragment === undefined || dateMs === null ? null : dateMs + (seconds - fragment.start) * 1000;
}

function endOf(ranges: TimeRanges): number | null {
  return ranges.length === 0 ? null : ranges.end(ranges.length - 1);
}
