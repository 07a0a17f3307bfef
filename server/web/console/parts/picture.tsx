// A thumbnail, from wherever the page was loaded; a quiet field where there is none.

import { relativeToRoot } from "#server/web/relative-url.ts";

/** `width` in CSS pixels; it is loaded twice as wide, for sharp screens. */
export function Picture({ url, width }: { url: string | null; width: number }) {
  const height = Math.round((width * 9) / 16);
  if (url === null) return <span class="picture none" aria-hidden="true" />;
  const source = `./${relativeToRoot(url)}?width=${width * 2}`;
  return <img class="picture" src={source} alt="" width={width} height={height} loading="lazy" />;
}
