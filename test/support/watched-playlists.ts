// The media playlists that a page is answered with, each judged as it comes beside the one before.

import type { Page, Response } from "playwright-core";
import { type FetchedPlaylist, type Reading, readNext } from "./hls-validator/history.ts";
import { described, violationsIn } from "./hls-validator/validate.ts";

/** Writes into `faults` what rules they break, a line each, once. */
export function judgePlaylists(page: Page, faults: string[]): void {
  const readings = new Map<string, Reading>();
  let judged: Promise<void> = Promise.resolve();
  const judge = async (response: Response) => {
    const fetched = await fetchedOf(response);
    if (fetched === null) return;
    const name = withoutDirectives(fetched.url);
    const before = readings.get(name) ?? null;
    const reading = readNext(fetched, before);
    readings.set(name, reading);
    const both = before === null ? [reading] : [before, reading];
    const history = { playlists: [fetched], multivariant: null, media: [], readings: both };
    for (const fault of described(violationsIn(history))) if (!faults.includes(fault)) faults.push(fault);
  };
  page.on("response", (response) => {
    judged = judged.then(() => judge(response)); // In the order in which they came.
  });
}

/** Null for anything but a media playlist; and where the page has gone on before it could be read. */
async function fetchedOf(response: Response): Promise<FetchedPlaylist | null> {
  const url = response.url();
  if (response.status() !== 200 || !new URL(url).pathname.endsWith("/media.m3u8")) return null;
  try {
    const text = await response.text();
    const answeredAtMs = performance.now();
    return { url, askedAtMs: answeredAtMs, answeredAtMs, status: 200, text };
  } catch {
    return null;
  }
}

/** A viewer's own playlist is the same one, whatever is asked for beside it. */
function withoutDirectives(url: string): string {
  const address = new URL(url);
  for (const name of ["_HLS_msn", "_HLS_part", "_HLS_skip"]) address.searchParams.delete(name);
  return address.href;
}
