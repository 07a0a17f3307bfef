// Whether a picture can be left out without harm to any other.

import { isDisposable } from "#media/codecs/h264/nal-units.ts";
import type { VideoConfiguration } from "./track.ts";

/** No other picture needs this one to be decoded. */
export function isDisposableUnit(data: Uint8Array, configuration: VideoConfiguration): boolean {
  switch (configuration.codec) {
    case "h264":
      return isDisposable(data, configuration.nalUnitLengthSize);
  }
}
