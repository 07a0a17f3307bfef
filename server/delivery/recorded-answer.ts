// What is asked for of a recording: from memory where several viewers ask for the same, else from the file.

import { ImmutableBytes } from "./playback-answers.ts";
import type { Stretch } from "./representation.ts";
import type { StretchCache } from "./stretch-cache.ts";

export function recordedAnswer(
  request: Request,
  stretch: Stretch,
  contentType: string,
  stretches: StretchCache,
): Response | Promise<Response> {
  const shared = isForAll(request) ? stretches.ask(stretch, contentType) : stretches.find(stretch);
  if (shared instanceof Promise) return shared.then((bytes) => bytes.answer(request));
  return (shared ?? new ImmutableBytes(stretch, contentType)).answer(request);
}

/** Whoever wants a part of it, or perhaps nothing, is no reason to read all of it. */
function isForAll({ method, headers }: Request): boolean {
  return method === "GET" && !headers.has("Range") && !headers.has("If-None-Match");
}
