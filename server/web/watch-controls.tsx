// The controls of the player, by media-chrome: each shows itself only where the browser and what plays have a use for it.
/** @jsxImportSource hono/jsx */

import type { Child } from "hono/jsx";

/** `children`: the video element. */
export function WatchControls({ children }: { readonly children: Child }) {
  return (
    <media-controller nodefaultstore breakpoints="sm:480">
      {children}
      <media-rendition-menu hidden anchor="auto">
        <span slot="header">Quality</span>
      </media-rendition-menu>
      <media-playback-rate-menu hidden anchor="auto" rates="0.5 0.75 1 1.25 1.5 2">
        <span slot="header">Speed</span>
      </media-playback-rate-menu>
      <media-control-bar>
        <media-play-button />
        <media-mute-button />
        <media-volume-range />
        <media-time-range />
        <media-time-display showduration notoggle />
        <span class="spacer" />
        <media-captions-button />
        <media-rendition-menu-button />
        <media-playback-rate-menu-button>
          <span slot="icon" id="speed" data-speed="1x" />
        </media-playback-rate-menu-button>
        <media-airplay-button />
        <media-cast-button />
        <media-pip-button />
        <media-fullscreen-button />
      </media-control-bar>
    </media-controller>
  );
}
