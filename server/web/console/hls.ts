// hls.js as a file of its own: loaded only where a player is shown.

import Hls from "hls.js";

export const HlsPlayer = Hls;
