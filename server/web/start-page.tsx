// The page at the root: what this server is, whether it is well, what is live now, and where to go from here.
/** @jsxImportSource hono/jsx */

import type { InstanceName } from "#openapi/names.ts";
import { icon, startScript } from "./assets.ts";
import { renderPage } from "./page.tsx";
import { relativeToRoot } from "./relative-url.ts";

/** A livestream with the status `live`, as far as the public may know it. */
export interface LiveLivestream {
  readonly id: string;
  readonly name: string;
  /** Null while no encoder is sending. */
  readonly onAir: InstanceName | null;
  readonly thumbnailUrl: string | null;
}

/** Pictures are shown at 300 to 400 CSS pixels. */
const PICTURE_WIDTH = 640;

/** `livestreams` in the order in which they are shown; `total` is how many there are. */
export function renderStartPage(livestreams: readonly LiveLivestream[], total: number): string {
  return renderPage({
    title: "Tandem",
    script: startScript,
    root: "./",
    children: (
      <main class="start">
        <header class="masthead">
          <img class="logo" src={`./assets/${icon.name}`} alt="" width="64" height="64" />
          <div>
            <h1>Tandem</h1>
            <p id="health" class="health" role="status" data-state="unknown">
              Asking whether this server is ready…
            </p>
          </div>
        </header>
        <p class="lead">
          A live-streaming server with two inputs for every livestream: encoders send RTMP, browsers watch
          HLS, and when one encoder fails the other goes on.
        </p>
        <section id="live-now" aria-labelledby="live-now-title">
          <h2 id="live-now-title">Live now</h2>
          {livestreams.length === 0 ? (
            <p class="empty">Nothing is live at the moment. What begins appears here by itself.</p>
          ) : (
            <ul class="cards">{livestreams.map(card)}</ul>
          )}
          {total > livestreams.length && <p class="empty">And {total - livestreams.length} more.</p>}
        </section>
        <section aria-labelledby="begin-title">
          <h2 id="begin-title">Begin a broadcast</h2>
          <ol class="steps">
            <li>
              <strong>Create</strong> a livestream and <strong>start</strong> it through the API. It answers
              with two addresses for your encoders.
            </li>
            <li>
              <strong>Send</strong> to one of them, or to both, from OBS, ffmpeg or any other RTMP encoder.
            </li>
            <li>
              <strong>Publish</strong>, and share the livestream's page, <code>watch/…</code> below this one.
              After the stop it shows the recording.
            </li>
          </ol>
        </section>
        <nav class="links" aria-label="Documentation">
          <a class="button" href="./docs">
            API reference
          </a>
          <a href="./openapi.json">OpenAPI document</a>
          <a href="./licences">Licences</a>
        </nav>
      </main>
    ),
  });
}

function card({ id, name, onAir, thumbnailUrl }: LiveLivestream) {
  const picture = thumbnailUrl === null ? null : `./${relativeToRoot(thumbnailUrl)}?width=${PICTURE_WIDTH}`;
  return (
    <li>
      <a class="card" href={`./watch/${id}`}>
        <span class="card-picture">
          {picture !== null && <img src={picture} alt="" width="640" height="360" loading="lazy" />}
          <span class="badge" data-state={onAir === null ? "gap" : "live"}>
            {onAir === null ? "Interrupted" : "Live"}
          </span>
        </span>
        <span class="card-name">{name}</span>
      </a>
    </li>
  );
}
