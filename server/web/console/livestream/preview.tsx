// A small player without sound: of what is sent at this moment, while somebody looks. It holds no connection open and keeps
// little.

import type { HlsConfig } from "hls.js";
import { useEffect, useRef, useState } from "preact/hooks";
import { attachHls } from "#server/web/console/parts/hls-video.ts";
import { StillPicture } from "#server/web/console/state/still-picture.ts";
import { plainPlaylistLoader } from "./plain-playlists.ts";

const LOOK_MS = 1000;

/** The server counts whoever says this as no viewer. */
const PREVIEW_HEADER = "X-Tandem-Preview";

function frugal({ loader }: HlsConfig): Partial<HlsConfig> {
  return {
    lowLatencyMode: false,
    liveSyncDurationCount: 2,
    maxBufferLength: 6,
    backBufferLength: 4,
    pLoader: plainPlaylistLoader(loader),
    xhrSetup: (request) => request.setRequestHeader(PREVIEW_HEADER, "1"),
  };
}

interface PreviewProps {
  readonly label: string;
  /** Its path below the server's root, with its query; null while that is not known. */
  readonly playlist: string | null;
}

export function Preview({ label, playlist }: PreviewProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const element = video.current;
    if (element === null || playlist === null) return;
    let stop = () => {};
    const picture = new StillPicture(performance.now());
    const follow = () => {
      stop();
      stop = document.hidden ? () => {} : attachHls(element, `./${playlist}`, frugal);
      picture.looksAgain(performance.now());
    };
    follow();
    const looking = setInterval(() => {
      if (picture.isDue(element.currentTime, performance.now())) follow();
    }, LOOK_MS);
    document.addEventListener("visibilitychange", follow);
    return () => {
      stop();
      clearInterval(looking);
      document.removeEventListener("visibilitychange", follow);
    };
  }, [playlist]);
  return (
    <div class="screen">
      <video
        ref={video}
        aria-label={label}
        muted
        autoPlay
        playsInline
        onPlaying={() => setShown(true)}
        onWaiting={() => setShown(false)}
        onEmptied={() => setShown(false)}
      />
      {!isShown && <p class="screen-words">The picture is on its way…</p>}
    </div>
  );
}
