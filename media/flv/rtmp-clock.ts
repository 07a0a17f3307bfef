// The clock that RTMP and FLV time with.

import type { SourceClock } from "#media/track/source-clock.ts";

/** Ticks a second: milliseconds. */
export const RTMP_TIMESCALE = 1000;

/** Milliseconds; 32 bits by the specification (RTMP 1.0 §5.3.1), of which OBS and FFmpeg keep 31. */
export const RTMP_CLOCK: SourceClock = { timescale: RTMP_TIMESCALE, wrapBits: [31, 32] };
