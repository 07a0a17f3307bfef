// The thread that makes the head of a download: however long the disk takes, it is this thread that waits.

import { type MovieSource, writeMovieHeader } from "./movie-header.ts";

declare const self: Worker;

export type MovieHeaderAnswer =
  | { readonly ok: true }
  | { readonly ok: false; readonly message: string; readonly code: string | undefined };

/** The one source is answered with a {@link MovieHeaderAnswer}. */
self.onmessage = ({ data }: MessageEvent<MovieSource>): void => self.postMessage(answer(data));

function answer(source: MovieSource): MovieHeaderAnswer {
  try {
    writeMovieHeader(source);
    return { ok: true };
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    return { ok: false, message, code };
  }
}
