// Livestreams on the air, fed by a process that is not the server's.

import { join } from "node:path";
import { megabitClip } from "#bench/support/megabit-clip.ts";
import type { PlaybackPolicy } from "#openapi/names.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { ROOT } from "#test/support/imports.ts";
import { Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, type TandemServer } from "#test/support/tandem-server.ts";

const MAX_SECONDS = 180;

export interface Publishers extends AsyncDisposable {
  /** Ids of the livestreams, all of them live. */
  readonly ids: readonly string[];
}

/** Resolves when `count` livestreams are live, each with one publisher at 1 Mbit/s that goes on until disposed. */
export async function startPublishers(
  server: TandemServer,
  count: number,
  playbackPolicy: PlaybackPolicy = "public",
): Promise<Publishers> {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const ids: string[] = [];
  const urls: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id } = await api.create({ name: `Publisher ${index + 1}`, withBackup: false, playbackPolicy });
    const { inputs } = await api.start(id);
    ids.push(id);
    urls.push(...inputs.map((input) => input.url));
  }
  const program = await publishTo(urls);
  for (const id of ids) {
    await api.when(id, "an active ingest", ({ inputs }) => inputs.some((input) => input.active));
    await api.publish(id);
  }
  return { ids, [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** One publisher to each address, at 1 Mbit/s, all in a process of their own that goes on until disposed. */
export async function publishTo(urls: readonly string[]): Promise<AsyncDisposable> {
  const clip = await megabitClip();
  const script = join(ROOT, "bench/support/publisher-process.ts");
  return new Program([process.execPath, script, clip, ...urls], MAX_SECONDS);
}
