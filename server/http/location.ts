// Where what was created is.

import type { PublicUrls } from "#server/common/public-urls.ts";

/** A header of the answer; `path` below the public URL, as `v2/media/…`. */
export function locationOf(urls: PublicUrls, path: string): { Location: string } {
  return { Location: new URL(urls.http(path)).pathname };
}
