// The page at the root: what this server is, whether it is well, and where to go from here.
/** @jsxImportSource hono/jsx */

import { startScript } from "./assets.ts";
import { renderPage } from "./page.tsx";

export function renderStartPage(): string {
  return renderPage({
    title: "Tandem",
    script: startScript,
    root: "./",
    children: (
      <main class="start">
        <header>
          <h1>Tandem</h1>
          <p class="lead">
            A live-streaming server with two inputs for every livestream: encoders send RTMP, browsers watch
            HLS, and when one encoder fails the other goes on.
          </p>
          <p id="health" class="health" role="status" data-state="unknown">
            Asking whether this server is ready…
          </p>
        </header>
        <ol class="steps">
          <li>
            <strong>Create</strong> a livestream and <strong>start</strong> it through the API. It answers
            with two addresses for your encoders.
          </li>
          <li>
            <strong>Send</strong> to one of them, or to both, from OBS, ffmpeg or any other RTMP encoder.
          </li>
          <li>
            <strong>Publish</strong>, and share the livestream's page, <code>/watch/…</code>. After the stop
            it shows the recording.
          </li>
        </ol>
        <nav class="links" aria-label="Documentation">
          <a href="./docs">API reference</a>
          <a href="./openapi.json">OpenAPI document</a>
        </nav>
      </main>
    ),
  });
}
