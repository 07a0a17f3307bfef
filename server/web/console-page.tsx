// The page that the operator's console lives in: its script fills it, and asks the API for everything else.
/** @jsxImportSource hono/jsx */

import { consoleScript, consoleStyleSheet, hlsScript } from "./assets.ts";
import { renderPage } from "./page.tsx";

export function renderConsolePage(): string {
  return renderPage({
    title: "Tandem console",
    script: consoleScript,
    styles: consoleStyleSheet,
    root: "./",
    children: (
      <>
        <div id="console" data-hls={`./assets/${hlsScript.name}`} />
        <noscript>
          <p>The console needs JavaScript. Everything it does can be done through the API, too.</p>
        </noscript>
      </>
    ),
  });
}
