// The player of a recording, with the browser's own controls.

import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";
import type { Media } from "#openapi/client.ts";
import { mediaPlaylistPath } from "#openapi/playback-paths.ts";
import { attachHls } from "#server/web/console/parts/hls-video.ts";
import { relativeToRoot } from "#server/web/relative-url.ts";

interface AssetPlayerProps {
  readonly asset: Media;
  readonly query: string | null;
  readonly video: RefObject<HTMLVideoElement | null>;
}

export function AssetPlayer({ asset, query, video }: AssetPlayerProps) {
  const { id, name, thumbnailUrl } = asset;
  useEffect(() => {
    if (query === null || video.current === null) return;
    return attachHls(video.current, `./${mediaPlaylistPath(id)}${query}`, () => ({}));
  }, [id, query, video]);
  const poster = thumbnailUrl === null ? undefined : `./${relativeToRoot(thumbnailUrl)}`;
  return (
    <div class="screen">
      {/* biome-ignore lint/a11y/useMediaCaption: captions, where there are any, travel inside the stream */}
      <video ref={video} controls playsInline poster={poster} aria-label={name} />
    </div>
  );
}
