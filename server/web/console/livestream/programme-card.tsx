// The programme as viewers get it.

import type { Livestream } from "#openapi/client.ts";
import { livePlaylistPath } from "#openapi/playback-paths.ts";
import { Badge } from "#server/web/console/parts/badge.tsx";
import { Picture } from "#server/web/console/parts/picture.tsx";
import type { Viewers } from "#server/web/console/state/followed.ts";
import { countText } from "#server/web/console/words/figures.ts";
import { Preview } from "./preview.tsx";

interface ProgrammeCardProps {
  readonly livestream: Livestream;
  readonly viewers: Viewers | null;
  /** Of its playlists. */
  readonly query: string | null;
}

export function ProgrammeCard({ livestream, viewers, query }: ProgrammeCardProps) {
  const { id, onAir, status, thumbnailUrl } = livestream;
  const isLive = status === "live";
  return (
    <article class="monitor programme" aria-labelledby="programme-title">
      <header>
        <h2 id="programme-title">Programme</h2>
        {onAir !== null && (
          <Badge tone="live" icon="live">
            {`from ${onAir}`}
          </Badge>
        )}
      </header>
      {isLive ? (
        <Preview
          label="The programme, as viewers see it"
          playlist={query === null ? null : `${livePlaylistPath(id, "auto")}${query}`}
        />
      ) : (
        <div class="screen">
          <Picture url={thumbnailUrl} width={480} />
          <p class="screen-words">Viewers see nothing before you publish.</p>
        </div>
      )}
      {isLive && viewers !== null && (
        <dl class="facts">
          <div>
            <dt>Viewers</dt>
            <dd>{countText(viewers.sum.hlsConnections)} by HLS</dd>
          </div>
          <div>
            <dt>RTMP</dt>
            <dd>{countText(viewers.sum.rtmpConnections)} connections, encoders among them</dd>
          </div>
        </dl>
      )}
    </article>
  );
}
