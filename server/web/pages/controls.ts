// The controls of the picture: media-chrome's, told what there is to choose and what of it is of use now.

import { MediaUIEvents } from "media-chrome/constants";
import type MediaController from "media-chrome/media-controller";
import { createMediaStore } from "media-chrome/media-store/media-store";
import "./control-elements.ts";
import { find } from "./find.ts";
import type { Renditions } from "./renditions.ts";

export interface ControlsOptions {
  readonly video: HTMLVideoElement;
  readonly renditions: Renditions;
  /** Takes the speed that the viewer chose; 1 is as it was recorded. */
  readonly onSpeed: (rate: number) => void;
}

export class Controls {
  readonly #bar = find("media-control-bar", HTMLElement);
  readonly #speed = find("media-playback-rate-menu-button", HTMLElement);
  readonly #speedText = find("#speed", HTMLElement);

  constructor({ video, renditions, onSpeed }: ControlsOptions) {
    const controller = find("media-controller", HTMLElement) as MediaController;
    // The store looks for them once: before, the video element has none.
    Object.assign(video, { videoRenditions: renditions });
    controller.mediaStore = createMediaStore({
      media: video,
      fullscreenElement: find("#stage", HTMLElement),
      documentElement: document,
      // Back to live is a button of its own, and without sound the page plays only where it must.
      options: { noAutoSeekToLive: true, noMutedPref: true },
    });
    // The menu asks for every speed that it has on its list, also for one that is there: nobody chose that.
    const chosen = (event: Event) => {
      const rate = event instanceof CustomEvent ? Number(event.detail) : Number.NaN;
      if (rate > 0 && rate !== video.playbackRate) onSpeed(rate);
    };
    controller.addEventListener(MediaUIEvents.MEDIA_PLAYBACK_RATE_REQUEST, chosen, { capture: true });
  }

  /**
   * `isSpeedUseful`: where the picture is live there is nothing to be faster to. `chosenSpeed`: what is shown of it; the little
   * that keeps a live picture where it should be is nobody's choice.
   */
  update({
    hasPicture,
    isSpeedUseful,
    chosenSpeed,
  }: {
    readonly hasPicture: boolean;
    readonly isSpeedUseful: boolean;
    readonly chosenSpeed: number;
  }): void {
    this.#bar.hidden = !hasPicture;
    this.#speed.hidden = !isSpeedUseful;
    this.#speedText.dataset.speed = `${chosenSpeed}x`;
  }
}
