// One recording or clip: played, cut, fetched, renamed, deleted and got back.

import { useEffect, useRef } from "preact/hooks";
import type { Media } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { TimelineList } from "#server/web/console/livestream/timeline-list.tsx";
import { useTimeline } from "#server/web/console/livestream/use-timeline.ts";
import { hrefOf } from "#server/web/console/state/route.ts";
import { usePlaybackQuery } from "#server/web/console/state/use-playback-query.ts";
import { usePolled } from "#server/web/console/state/use-polled.ts";
import { clockText, sizeText } from "#server/web/console/words/figures.ts";
import { dateText } from "#server/web/console/words/times.ts";
import { AssetActions } from "./asset-actions.tsx";
import { AssetPlayer } from "./asset-player.tsx";
import { ClipEditor } from "./clip-editor.tsx";

const EVERY_MS = 5000;

export function AssetPage({ id }: { id: string }) {
  const { client } = useConsole();
  const { value, refusal, refresh } = usePolled(
    `asset ${id}`,
    (signal) => client.getMedia(id, { signal }),
    EVERY_MS,
  );
  const name = value?.name ?? "Library";
  useEffect(() => {
    document.title = `${name} · Tandem console`;
  }, [name]);
  if (refusal?.status === 404) return <Gone />;
  if (value === null) return <p class="page wait">Loading…</p>;
  return <Asset asset={value} onChanged={refresh} />;
}

function Asset({ asset, onChanged }: { asset: Media; onChanged: () => void }) {
  const { mayChange } = useConsole();
  const query = usePlaybackQuery("asset", asset);
  const video = useRef<HTMLVideoElement>(null);
  const { name, description, status, clipOf } = asset;
  const seek = (seconds: number) => {
    if (video.current !== null) video.current.currentTime = seconds;
  };
  return (
    <section class="page">
      <div class="page-head">
        <div class="head-words">
          <a class="back" href={hrefOf("library")}>
            Library
          </a>
          <h1>{name}</h1>
          {description !== null && <p class="quiet">{description}</p>}
        </div>
        <AssetActions asset={asset} query={query} onChanged={onChanged} />
      </div>
      {status === "softDeleted" ? (
        <p class="panel">It is deleted. Recover it to watch it.</p>
      ) : (
        <div class="asset">
          <div class="asset-main">
            <AssetPlayer asset={asset} query={query} video={video} />
            {mayChange && <ClipEditor asset={asset} video={video} onSeek={seek} />}
            {clipOf === null && <AssetTimeline livestreamId={asset.livestreamId} onSeek={seek} />}
          </div>
          <Facts asset={asset} />
        </div>
      )}
    </section>
  );
}

function AssetTimeline({
  livestreamId,
  onSeek,
}: {
  livestreamId: string;
  onSeek: (seconds: number) => void;
}) {
  const entries = useTimeline(livestreamId).filter(({ positionSeconds }) => positionSeconds !== null);
  return entries.length === 0 ? null : <TimelineList entries={entries} onSeek={onSeek} />;
}

function Facts({ asset }: { asset: Media }) {
  const {
    durationSeconds,
    sizeBytes,
    width,
    height,
    videoCodec,
    audioCodec,
    createdAtUtc,
    clipOf,
    livestreamId,
  } = asset;
  return (
    <aside class="panel" aria-labelledby="facts-title">
      <h2 id="facts-title">About it</h2>
      <dl class="facts">
        <Fact name="Length">{clockText(durationSeconds)}</Fact>
        <Fact name="Size">{sizeText(sizeBytes)}</Fact>
        {width !== null && height !== null && <Fact name="Picture">{`${width}×${height}`}</Fact>}
        <Fact name="Codecs">{[videoCodec, audioCodec].filter((each) => each !== null).join(", ")}</Fact>
        <Fact name="Made">{dateText(createdAtUtc)}</Fact>
        {clipOf !== null && (
          <Fact name="Clip of">{`${clockText(clipOf.startSeconds)} to ${clockText(clipOf.endSeconds)}`}</Fact>
        )}
      </dl>
      <p>
        <a href={hrefOf("livestreams", livestreamId)}>Its livestream</a>
      </p>
    </aside>
  );
}

function Fact({ name, children }: { name: string; children: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Gone() {
  return (
    <section class="page">
      <h1>This recording is gone</h1>
      <p>
        <a href={hrefOf("library")}>To the library</a>
      </p>
    </section>
  );
}
