// How a livestream shows in another site: oEmbed 1.0, and the frame that it hands out.

/** What a picture of 16:9 is embedded at when nothing else is asked for, CSS pixels. */
const DEFAULT_SIZE = { width: 960, height: 540 };

/** The `video` type of oEmbed 1.0 §2.3.4. */
export interface OEmbed {
  readonly version: "1.0";
  readonly type: "video";
  readonly title: string;
  readonly provider_name: "Tandem";
  readonly provider_url: string;
  readonly html: string;
  readonly width: number;
  readonly height: number;
  /** Seconds that the answer may be kept: a name may change. */
  readonly cache_age: number;
}

export interface Embeddable {
  readonly title: string;
  /** The watch page's address, absolute, without a query. */
  readonly pageUrl: string;
  /** The address of the server's start page, absolute. */
  readonly rootUrl: string;
}

/** `maxWidth` and `maxHeight` in CSS pixels; infinite when nothing was asked for. */
export function oEmbed({ title, pageUrl, rootUrl }: Embeddable, maxWidth: number, maxHeight: number): OEmbed {
  const { width, height } = fit(maxWidth, maxHeight);
  const html =
    `<iframe src="${escapeHtml(embedUrl(pageUrl))}" title="${escapeHtml(title)}" width="${width}" height="${height}" ` +
    `frameborder="0" allow="autoplay; fullscreen; picture-in-picture" allowfullscreen></iframe>`;
  return {
    ...{ version: "1.0", type: "video", title, provider_name: "Tandem", provider_url: rootUrl },
    ...{ html, width, height, cache_age: 300 },
  };
}

/** The player alone. */
export function embedUrl(pageUrl: string): string {
  return `${pageUrl}?embed`;
}

/** Id of the livestream that an address of a watch page names, null for another address. Roots end in a slash. */
export function watchedId(address: string, rootUrls: readonly string[]): string | null {
  const url = URL.parse(address);
  if (url === null) return null;
  const page = `${url.origin}${url.pathname}`;
  const root = rootUrls.find((each) => page.startsWith(`${each}watch/`));
  if (root === undefined) return null;
  const id = page.slice(`${root}watch/`.length);
  return /^[\w-]+$/.test(id) ? id : null;
}

/** 16:9, as large as fits. */
function fit(maxWidth: number, maxHeight: number): { width: number; height: number } {
  const width = Math.floor(Math.min(DEFAULT_SIZE.width, maxWidth, (maxHeight * 16) / 9));
  return { width, height: Math.floor((width * 9) / 16) };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
