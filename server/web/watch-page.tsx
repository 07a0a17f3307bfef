// The player page of one livestream. Its script fills in what it waits for and what it plays.
/** @jsxImportSource hono/jsx */

import { icon, watchScript } from "./assets.ts";
import { embedUrl } from "./embedding.ts";
import { renderPage } from "./page.tsx";
import { WatchControls } from "./watch-controls.tsx";
import type { WatchState } from "./watch-state.ts";

/** What other sites are told of a page. Absolute URLs. */
export interface SharedPage {
  readonly pageUrl: string;
  readonly oEmbedUrl: string;
  readonly pictureUrl: string | null;
}

interface WatchPageOptions {
  /** What the livestream is at this moment, null when there is none of that id. */
  readonly state: WatchState | null;
  /** Null when there is nothing to share. */
  readonly shared: SharedPage | null;
  /** The player alone, filling the frame. */
  readonly isEmbedded: boolean;
}

export function renderWatchPage({ state, shared, isEmbedded }: WatchPageOptions): string {
  const title = state?.title ?? "No such livestream";
  return renderPage({
    title: `${title} · Tandem`,
    script: watchScript,
    root: "../",
    head: shared !== null && openGraph(title, shared),
    children: (
      <main class={isEmbedded ? "watch embedded" : "watch"} data-phase={state?.phase ?? "not-found"}>
        <div class="stage" id="stage">
          <WatchControls>
            {/* biome-ignore lint/a11y/useMediaCaption: captions, where there are any, travel inside the stream */}
            <video
              id="video"
              slot="media"
              playsinline
              poster={state?.posterUrl ?? undefined}
              aria-label={title}
            />
          </WatchControls>
          <div id="notice" class="notice" role="status" aria-live="polite">
            <p id="notice-title" class="notice-title" />
            <p id="notice-detail" class="notice-detail" />
          </div>
          <div class="overlay">
            <button id="begin" class="pill" type="button" hidden>
              Play
            </button>
            <button id="unmute" class="pill" type="button" hidden>
              Sound is off: turn it on
            </button>
            <button id="go-live" class="pill" type="button" hidden>
              Back to live
            </button>
          </div>
        </div>
        <div id="time-shift" class="time-shift" hidden>
          <span id="shift-begin" class="shift-end" title="The beginning of the broadcast" />
          <div class="shift-track">
            <input
              id="shift"
              type="range"
              min="0"
              max="1"
              step="any"
              value="1"
              aria-label="Position in the broadcast"
            />
            {/* The slider says it too. */}
            <span id="shift-preview" class="shift-preview" aria-hidden="true" hidden />
          </div>
          <span id="shift-end" class="shift-end" />
        </div>
        <header class="caption">
          <span id="badge" class="badge" />
          <h1 id="title">{title}</h1>
          <p class="facts">
            <span id="shown-at" title="When the picture was broadcast" />
            <data id="behind" title="How long ago the picture reached the server, by the server's clock" />
            <span id="quality" title="The size of the picture" />
            <label id="delay" hidden>
              Delay{" "}
              <select>
                <option value="short">low</option>
                <option value="steady">steady</option>
              </select>
            </label>
          </p>
        </header>
        {!isEmbedded && (
          <nav class="home">
            <a href="../">
              <img src={`../assets/${icon.name}`} alt="" width="20" height="20" />
              What else is live
            </a>
          </nav>
        )}
        <noscript>
          <p class="no-script">
            This page needs JavaScript to play. Any HLS player can open the livestream's playlist instead.
          </p>
        </noscript>
      </main>
    ),
  });
}

/** OpenGraph (ogp.me), and where oEmbed is asked for (oEmbed 1.0 §4). */
function openGraph(title: string, { pageUrl, oEmbedUrl, pictureUrl }: SharedPage) {
  return (
    <>
      <link rel="canonical" href={pageUrl} />
      <link rel="alternate" type="application/json+oembed" href={oEmbedUrl} title={title} />
      <meta property="og:type" content="video.other" />
      <meta property="og:site_name" content="Tandem" />
      <meta property="og:title" content={title} />
      <meta property="og:url" content={pageUrl} />
      {pictureUrl !== null && <meta property="og:image" content={pictureUrl} />}
      <meta property="og:video" content={embedUrl(pageUrl)} />
      <meta property="og:video:type" content="text/html" />
      <meta property="og:video:width" content="960" />
      <meta property="og:video:height" content="540" />
      <meta name="twitter:card" content="summary_large_image" />
    </>
  );
}
