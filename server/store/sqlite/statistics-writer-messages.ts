// What the statistics writer and its worker say to each other: one command at a time, each with one answer.

import type { StoredEvent } from "#server/store/event-store.ts";
import type { NewSample } from "#server/store/sample-store.ts";

export type WriterCommand =
  | { readonly type: "open"; readonly file: string }
  | { readonly type: "append-events"; readonly events: readonly StoredEvent[] }
  | { readonly type: "append-samples"; readonly samples: readonly NewSample[] }
  | { readonly type: "remove-some"; readonly livestreamId: string }
  | { readonly type: "close" };

/** `isThrough`: there is nothing left to remove. */
export type WriterAnswer =
  | { readonly type: "done"; readonly isThrough: boolean }
  | { readonly type: "failed"; readonly message: string };
