// What the pages load: named by its content, so a browser may keep it for ever.

import { type MacroText, textOf } from "#server/common/macro-text.ts";
import { bundlePage, readPage } from "./bundle-page.ts" with { type: "macro" };
import { hashControlStyles } from "./hash-control-styles.ts" with { type: "macro" };

export interface Asset {
  /** File name with a hash of the content. */
  readonly name: string;
  readonly contentType: string;
  readonly text: string;
}

const JAVASCRIPT = "text/javascript; charset=utf-8";
const STYLES = "text/css; charset=utf-8";

export const watchScript = asset("watch.js", JAVASCRIPT, bundlePage("watch.ts"));
export const startScript = asset("start.js", JAVASCRIPT, bundlePage("start.ts"));
export const consoleScript = asset("console.js", JAVASCRIPT, bundlePage("main.tsx", "console"));
export const consoleStyleSheet = asset("console.css", STYLES, bundlePage("console.css", "console"));
/** hls.js, which the console loads where it shows a player. */
export const hlsScript = asset("hls.js", JAVASCRIPT, bundlePage("hls.ts", "console"));
export const docsScript = asset("docs.js", JAVASCRIPT, bundlePage("docs.ts"));
export const docsStyleSheet = asset("docs.css", STYLES, bundlePage("docs.css"));
export const styleSheet = asset("tandem.css", STYLES, bundlePage("tandem.css"));
export const icon = asset("icon.svg", "image/svg+xml", readPage("icon.svg"));

/** What a page's policy must allow for the player's controls: hash sources of CSP, separated by spaces. */
export const controlStyleHashes: string = textOf(hashControlStyles());

/** By name, as the URL says it. */
export const assets: ReadonlyMap<string, Asset> = new Map(
  [
    ...[watchScript, startScript, docsScript, docsStyleSheet, styleSheet, icon],
    ...[consoleScript, consoleStyleSheet, hlsScript],
  ].map((each) => [each.name, each]),
);

function asset(fileName: string, contentType: string, made: MacroText): Asset {
  const text = textOf(made);
  const [base = "", extension = ""] = fileName.split(".");
  const hash = Bun.hash(text).toString(36).slice(0, 10);
  return { name: `${base}-${hash}.${extension}`, contentType, text };
}
