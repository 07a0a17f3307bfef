// What every page has: head, assets, foot. URLs are relative, so that the server may live under any path of a proxy.
/** @jsxImportSource hono/jsx */

import type { Child } from "hono/jsx";
import { type Asset, icon, styleSheet } from "./assets.ts";

interface PageOptions {
  title: string;
  script: Asset;
  /** Left out: the one that the pages for viewers have. */
  styles?: Asset;
  /** From the page's own URL to the server's root: `./` or `../`. */
  root: "./" | "../";
  /** What the head holds besides. */
  head?: Child;
  children: Child;
}

/** A whole HTML document. No script or style is inline: the Content-Security-Policy forbids it. */
export function renderPage({
  title,
  script,
  styles = styleSheet,
  root,
  head,
  children,
}: PageOptions): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{title}</title>
        {head}
        <link rel="icon" type="image/svg+xml" href={`${root}assets/${icon.name}`} />
        <link rel="stylesheet" href={`${root}assets/${styles.name}`} />
        <script type="module" src={`${root}assets/${script.name}`} />
      </head>
      <body>{children}</body>
    </html>
  );
  return `<!doctype html>${page}`;
}
