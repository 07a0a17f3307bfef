// What running playouts report is logged and goes into the feed; what a livestream's row keeps of it is written here.

import type { Log } from "#server/common/log.ts";
import type { IngestFormat } from "#server/feed/feed-event.ts";
import type { LivestreamFeed } from "#server/feed/livestream-feed.ts";
import type { PlayoutReports, ReportingInput } from "#server/playout/playout-reports.ts";
import type { LivestreamStore } from "#server/store/livestream-store.ts";
import type { OwedWrite, OwedWrites } from "#server/store/owed-writes.ts";
import type { LivestreamTurns } from "./livestream-turns.ts";
import { MinuteCounts } from "./minute-counts.ts";

export interface PlayoutReporterOptions {
  readonly livestreams: Pick<LivestreamStore, "noteSourceStart" | "noteRecordingStop">;
  readonly turns: Pick<LivestreamTurns, "effect">;
  readonly owed: Pick<OwedWrites, "write">;
  readonly feed: Pick<LivestreamFeed, "emit">;
  readonly dateMs: () => number;
  readonly log: Log;
}

export class PlayoutReporter implements PlayoutReports {
  readonly #options: PlayoutReporterOptions;
  readonly #counts: MinuteCounts;
  /** Livestreams whose source's start is about to be noted. */
  readonly #starting = new Set<string>();

  constructor(options: PlayoutReporterOptions) {
    this.#options = options;
    this.#counts = new MinuteCounts(options.feed);
  }

  /** What was counted and not told yet is told. */
  close(): void {
    this.#counts.endAll();
  }

  connected(input: ReportingInput): void {
    this.#options.log.info("publisher_connected", whose(input));
    this.#options.feed.emit({ type: "ingest.connected", ...input, data: {} });
  }

  refused(input: ReportingInput, reason: string): void {
    this.#options.log.warn("publisher_refused", { ...whose(input), message: reason });
    this.#counts.tellFirst({ type: "ingest.refused", ...input, data: { reason, count: 1 } });
  }

  /** The first time before the publish it is the start of the video source. */
  active(input: ReportingInput, format: Parameters<PlayoutReports["active"]>[1]): void {
    this.#options.log.info("ingest_active", whose(input));
    this.#sourceStarted(input.livestreamId);
    this.#options.feed.emit({ type: "ingest.active", ...input, data: formatFacts(format) });
  }

  formatChanged(input: ReportingInput, format: Parameters<PlayoutReports["formatChanged"]>[1]): void {
    this.#options.feed.emit({ type: "ingest.format", ...input, data: formatFacts(format) });
  }

  inactive(input: ReportingInput, cause: string): void {
    this.#options.feed.emit({ type: "ingest.inactive", ...input, data: { cause } });
  }

  disconnected(input: ReportingInput, reason: string | null): void {
    this.#counts.end({ type: "ingest.repaired", ...input });
    this.#counts.end({ type: "ingest.dropped", ...input });
    this.#options.feed.emit({ type: "ingest.disconnected", ...input, data: { reason } });
  }

  dropped(input: ReportingInput, message: string): void {
    this.#options.log.warn("media_dropped", { ...whose(input), message });
    this.#counts.count({ type: "ingest.dropped", ...input, data: { reason: message, count: 1 } });
  }

  repaired(input: ReportingInput): void {
    this.#counts.count({ type: "ingest.repaired", ...input, data: { count: 1 } });
  }

  fault(input: ReportingInput, change: Parameters<PlayoutReports["fault"]>[1]): void {
    const { fault, state, score, lastedMs } = change;
    const data = { fault, state, score, lastedSeconds: secondsOf(lastedMs) };
    this.#options.feed.emit({ type: "ingest.fault", ...input, data });
  }

  advice(input: ReportingInput, change: Parameters<PlayoutReports["advice"]>[1]): void {
    const { advice, state, lastedMs } = change;
    const data = { advice, state, lastedSeconds: secondsOf(lastedMs) };
    this.#options.feed.emit({ type: "ingest.advice", ...input, data });
  }

  problem(input: ReportingInput, problem: string | null): void {
    const { log, feed } = this.#options;
    if (problem === null) log.info("input_problem_gone", whose(input));
    else log.warn("input_problem", { ...whose(input), message: problem });
    feed.emit({ type: "ingest.problem", ...input, data: { problem } });
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
    const { livestreams, feed, log, dateMs } = this.#options;
    log.error("recording_failed", { livestreamId, message: reason });
    feed.emit({ type: "recording.stopped", livestreamId, positionSeconds, data: { reason } });
    // What stopped the recording is mostly what this cannot be written for either.
    this.#note(livestreamId, {
      what: "why the recording stopped",
      write: () => livestreams.noteRecordingStop(livestreamId, reason, dateMs()),
    });
  }

  /** What the asset lacks is said with it. */
  recordingResumed(
    ...[livestreamId, gap, positionSeconds]: Parameters<PlayoutReports["recordingResumed"]>
  ): void {
    const { livestreams, feed, log, dateMs } = this.#options;
    const missingSeconds = gap?.seconds ?? null;
    log.warn("recording_resumed", { livestreamId, missingSeconds, positionSeconds });
    feed.emit({ type: "recording.resumed", livestreamId, positionSeconds, data: { missingSeconds } });
    if (gap === null) return;
    const missing = `${gap.seconds.toFixed(1)} s are missing at ${positionSeconds.toFixed(1)} s`;
    this.#note(livestreamId, {
      what: "why the recording stopped",
      write: () => livestreams.noteRecordingStop(livestreamId, `${missing}: ${gap.reason}`, dateMs()),
    });
  }

  /** What the asset may lack is said with it. */
  recordingRebuilt(livestreamId: string, message: string): void {
    const { livestreams, dateMs } = this.#options;
    this.#note(livestreamId, {
      what: "what the recording was put together from",
      write: () => livestreams.noteRecordingStop(livestreamId, message, dateMs()),
    });
  }

  /** Once at a time: however often encoders come and go, one note waits. */
  #sourceStarted(livestreamId: string): void {
    if (this.#starting.has(livestreamId)) return;
    this.#starting.add(livestreamId);
    const { livestreams, dateMs } = this.#options;
    const atMs = dateMs();
    this.#note(livestreamId, {
      what: "start of the source",
      write: () => {
        this.#starting.delete(livestreamId);
        return livestreams.noteSourceStart(livestreamId, atMs);
      },
    });
  }

  /** In the livestream's turn: what its last effect had to say is noted before the conversion is settled. */
  #note(livestreamId: string, note: Pick<OwedWrite, "what" | "write">): void {
    const { turns, owed, log } = this.#options;
    // Media does not wait for the store.
    void turns
      .effect(livestreamId, () => owed.write({ livestreamId, ...note }))
      .catch((error: unknown) => {
        log.error("playout_report_not_saved", { livestreamId, what: note.what, message: String(error) });
      });
  }
}

function whose({ livestreamId, instance }: ReportingInput) {
  return { livestreamId, instance };
}

/** Of what an encoder sends what is told once: neither rates nor distances. */
function formatFacts({ video, audio }: Parameters<PlayoutReports["active"]>[1]): IngestFormat {
  return {
    video: video === null ? null : { codec: video.codec, width: video.width, height: video.height },
    audio:
      audio === null ? null : { codec: audio.codec, sampleRate: audio.sampleRate, channels: audio.channels },
  };
}

function secondsOf(milliseconds: number | null): number | null {
  return milliseconds === null ? null : milliseconds / 1000;
}
