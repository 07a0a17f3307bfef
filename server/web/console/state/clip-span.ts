// The stretch between the two handles of a clip.

export interface ClipSpan {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

/** Shorter is no clip. */
const LEAST_SECONDS = 0.5;

/** The handle is moved as far as the other one and the ends of the recording let it: of a shorter one all is taken. */
export function withStart({ endSeconds }: ClipSpan, wantedSeconds: number): ClipSpan {
  return { startSeconds: Math.max(0, Math.min(wantedSeconds, endSeconds - LEAST_SECONDS)), endSeconds };
}

export function withEnd(
  { startSeconds }: ClipSpan,
  wantedSeconds: number,
  durationSeconds: number,
): ClipSpan {
  return {
    startSeconds,
    endSeconds: Math.min(durationSeconds, Math.max(wantedSeconds, startSeconds + LEAST_SECONDS)),
  };
}
