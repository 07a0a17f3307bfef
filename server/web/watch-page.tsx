// The player page of one livestream. Its script fills in what it waits for and what it plays.
/** @jsxImportSource hono/jsx */

import { watchScript } from "./assets.ts";
import { renderPage } from "./page.tsx";
import type { WatchState } from "./watch-state.ts";

/** `state` is what the livestream is at this moment, null when there is none of that id. */
export function renderWatchPage(state: WatchState | null): string {
  const title = state?.title ?? "No such livestream";
  return renderPage({
    title: `${title} · Tandem`,
    script: watchScript,
    root: "../",
    children: (
      <main class="watch" data-phase={state?.phase ?? "not-found"}>
        <div class="stage">
          {/* biome-ignore lint/a11y/useMediaCaption: captions, where there are any, travel inside the stream */}
          <video id="video" playsinline aria-label={title} />
          <div id="notice" class="notice" role="status" aria-live="polite">
            <p id="notice-title" class="notice-title" />
            <p id="notice-detail" class="notice-detail" />
          </div>
          <button id="unmute" class="unmute" type="button" hidden>
            Turn the sound on
          </button>
        </div>
        <header class="caption">
          <span id="badge" class="badge" />
          <h1 id="title">{title}</h1>
        </header>
        <noscript>
          <p>
            This page needs JavaScript to play. Any HLS player can open the livestream's playlist instead.
          </p>
        </noscript>
      </main>
    ),
  });
}
