// What the statistics writer and its worker say to each other: one command at a time, each with one answer.

import type { Batch } from "#server/store/queued-statistics-writer.ts";

export type WriterCommand =
  | { readonly type: "open"; readonly file: string }
  | Batch
  | { readonly type: "close" };

/** `isThrough`: there is nothing left to remove. */
export type WriterAnswer =
  | { readonly type: "done"; readonly isThrough: boolean }
  | { readonly type: "failed"; readonly message: string };
