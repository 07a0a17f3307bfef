// What the mutation run changes, and the tests that guard it.

export interface Target {
  /** Relative to the root of the checkout, as the tests are. */
  readonly file: string;
  readonly tests: readonly string[];
}

/** Files where a wrong number or condition is a wrong decision; each is guarded by the test of the same path. */
export const TARGETS: readonly Target[] = [
  guarded("media/track/timeline.ts"),
  guarded("media/track/jump-streak.ts"),
  guarded("media/track/track-timing.ts"),
  guarded("media/track/encoder-clock.ts"),
  guarded("media/track/frame-rate.ts"),
  guarded("media/track/join-points.ts"),
  guarded("media/hls/cut-rule.ts"),
  guarded("media/hls/playlist-window.ts"),
  guarded("media/hls/program-clock.ts"),
  guarded("server/ingest/send-queue.ts"),
  guarded("server/instances/health.ts"),
  guarded("server/instances/lasting-finding.ts"),
  guarded("server/instances/usual-level.ts"),
  guarded("server/instances/ingest-figures.ts"),
  guarded("server/instances/gop-cache.ts"),
  guarded("server/instances/publish.ts"),
  guarded("server/instances/instance.ts"),
  guarded("server/switching/switcher.ts"),
  guarded("server/switching/pending-switch.ts"),
  guarded("server/switching/splicer.ts"),
  guarded("server/switching/join-point.ts"),
  guarded("server/switching/time-map.ts"),
  guarded("server/livestreams/lifecycle.ts"),
  guarded("server/livestreams/claim.ts"),
  guarded("server/recording/journal.ts"),
];

/** The targets that are at or below one of `paths`, all of them where there are none. */
export function targetsAt(paths: readonly string[]): Target[] {
  if (paths.length === 0) return [...TARGETS];
  return TARGETS.filter(({ file, tests }) =>
    [file, ...tests].some((each) => paths.some((path) => each === path || each.startsWith(`${path}/`))),
  );
}

function guarded(file: string, ...others: readonly string[]): Target {
  return { file, tests: [`test/${file.replace(/\.ts$/, ".test.ts")}`, ...others] };
}
