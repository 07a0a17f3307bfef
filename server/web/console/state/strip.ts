// The bitrate of an input over the last minutes, a value a second.

export interface StripPoint {
  readonly atMs: number;
  /** Null while nothing came. */
  readonly kbps: number | null;
}

export type Strip = readonly StripPoint[];

/** What lies further apart is not joined: nobody knows what was in between. */
const MOST_GAP_MS = 30_000;

/** How far back it reaches. */
export const STRIP_MS = 5 * 60_000;

interface Sample {
  readonly createdAtUtc: string;
  readonly videoBitrateKbps: number | null;
  readonly audioBitrateKbps: number | null;
}

export function appended(strip: Strip, point: StripPoint): Strip {
  return [...strip, point].filter(({ atMs }) => atMs > point.atMs - STRIP_MS);
}

/** What was measured before the page was opened, in front of what it has seen itself. `samples` newest first. */
export function seeded(strip: Strip, samples: readonly Sample[], nowMs: number): Strip {
  const beginMs = strip[0]?.atMs ?? nowMs;
  const before = samples
    .map(({ createdAtUtc, videoBitrateKbps, audioBitrateKbps }) => ({
      atMs: Date.parse(createdAtUtc),
      kbps: sum(videoBitrateKbps, audioBitrateKbps),
    }))
    .filter(({ atMs }) => atMs > nowMs - STRIP_MS && atMs < beginMs)
    .sort((one, other) => one.atMs - other.atMs);
  return [...before, ...strip];
}

/** Of what an input sends now; null where that is nothing. */
export function kbpsOf(input: {
  readonly active: boolean;
  readonly video: { readonly bitrateKbps: number } | null;
  readonly audio: { readonly bitrateKbps: number } | null;
}): number | null {
  return input.active ? sum(input.video?.bitrateKbps ?? null, input.audio?.bitrateKbps ?? null) : null;
}

export function highest(strip: Strip): number {
  return strip.reduce((most, { kbps }) => Math.max(most, kbps ?? 0), 0);
}

/** SVG path data, a line a stretch without gaps, in a field of `width` by `height` that ends at `nowMs`. */
export function stripPath(strip: Strip, { width, height, nowMs }: StripField): string {
  const most = highest(strip);
  let path = "";
  let lastMs = Number.NEGATIVE_INFINITY;
  for (const { atMs, kbps } of strip) {
    const isJoined = atMs - lastMs <= MOST_GAP_MS;
    lastMs = kbps === null ? Number.NEGATIVE_INFINITY : atMs;
    if (kbps === null) continue;
    const x = width * (1 - (nowMs - atMs) / STRIP_MS);
    const y = height - (most === 0 ? 0 : (kbps / most) * (height - 2)) - 1;
    path += `${isJoined ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  }
  return path;
}

interface StripField {
  readonly width: number;
  readonly height: number;
  readonly nowMs: number;
}

function sum(one: number | null, other: number | null): number | null {
  return one === null && other === null ? null : (one ?? 0) + (other ?? 0);
}
