// What running playouts report is logged and goes into the feed; what a livestream's row keeps of it is written here.

import type { Log } from "#server/common/log.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import type { PlayoutReports, ReportingInput } from "#server/playout/playout-reports.ts";
import type { LivestreamStore } from "#server/store/livestream-store.ts";
import type { OwedWrites } from "#server/store/owed-writes.ts";

export interface PlayoutReporterOptions {
  readonly livestreams: Pick<LivestreamStore, "find" | "update">;
  readonly owed: Pick<OwedWrites, "write">;
  readonly feed: Pick<LivestreamFeed, "emit">;
  readonly dateMs: () => number;
  readonly log: Log;
}

const BUSY = "another encoder publishes with this stream key";

export class PlayoutReporter implements PlayoutReports {
  readonly #options: PlayoutReporterOptions;

  constructor(options: PlayoutReporterOptions) {
    this.#options = options;
  }

  connected(input: ReportingInput): void {
    this.#options.log.info("publisher_connected", whose(input));
    this.#options.feed.emit({ type: "ingest.connected", ...input, data: {} });
  }

  refused(input: ReportingInput): void {
    this.#options.log.warn("publisher_refused_busy", whose(input));
    this.#options.feed.emit({ type: "ingest.refused", ...input, data: { reason: BUSY } });
  }

  /** The first time before the publish it is the start of the video source. */
  active(input: ReportingInput, { video, audio }: Parameters<PlayoutReports["active"]>[1]): void {
    this.#options.log.info("ingest_active", whose(input));
    this.#sourceStarted(input.livestreamId);
    const data = {
      video: video === null ? null : { codec: video.codec, width: video.width, height: video.height },
      audio:
        audio === null
          ? null
          : { codec: audio.codec, sampleRate: audio.sampleRate, channels: audio.channels },
    };
    this.#options.feed.emit({ type: "ingest.active", ...input, data });
  }

  inactive(input: ReportingInput, cause: string): void {
    this.#options.feed.emit({ type: "ingest.inactive", ...input, data: { cause } });
  }

  disconnected(input: ReportingInput, reason: string | null): void {
    this.#options.feed.emit({ type: "ingest.disconnected", ...input, data: { reason } });
  }

  dropped(input: ReportingInput, message: string): void {
    this.#options.log.warn("media_dropped", { ...whose(input), message });
  }

  switched(...[livestreamId, change, positionSeconds]: Parameters<PlayoutReports["switched"]>): void {
    const { from, to, cause, faults, fromScore, toScore, gapMs, gapFrames } = change;
    const facts = { from, to, cause, fromScore, toScore, gapMs, gapFrames };
    this.#options.log.info("on_air_changed", { livestreamId, ...facts, faults: faults.join(" ") });
    this.#options.feed.emit({
      type: "playout.switched",
      livestreamId,
      instance: to,
      positionSeconds,
      data: { ...facts, faults },
    });
  }

  discontinuity(livestreamId: string, mediaSequenceNumber: number, positionSeconds: number): void {
    this.#options.feed.emit({
      type: "playout.discontinuity",
      livestreamId,
      positionSeconds,
      data: { mediaSequenceNumber },
    });
  }

  /** The broadcast goes on; a person will want to know why. Its last writes come after the stop. */
  recordingStopped(livestreamId: string, reason: string, positionSeconds: number): void {
    const { livestreams, owed, feed, log, dateMs } = this.#options;
    log.error("recording_failed", { livestreamId, message: reason });
    feed.emit({ type: "recording.stopped", livestreamId, positionSeconds, data: { reason } });
    const change = { conversionMessage: reason };
    const write = (): void => {
      const isLive = livestreams.update(livestreamId, "live", change, dateMs());
      if (!isLive) livestreams.update(livestreamId, "converting", change, dateMs());
    };
    // What stopped the recording is mostly what this cannot be written for either.
    owed.write({ what: "why the recording stopped", livestreamId, write });
  }

  /** Only before the publish: the row is changed while its status is still the one of that time. */
  #sourceStarted(livestreamId: string): void {
    const { livestreams, owed, dateMs } = this.#options;
    const atMs = dateMs();
    const write = (): void => {
      if (livestreams.find(livestreamId)?.startedAtMs !== null) return;
      livestreams.update(livestreamId, "started", { startedAtMs: atMs }, atMs);
    };
    owed.write({ what: "start of the source", livestreamId, write });
  }
}

function whose({ livestreamId, instance }: ReportingInput) {
  return { livestreamId, instance };
}
