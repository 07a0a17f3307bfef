// Everything about one livestream, on the evening of its event and after.

import { useEffect } from "preact/hooks";
import { hrefOf } from "#server/web/console/state/route.ts";
import { EventChart } from "./event-chart.tsx";
import { Head } from "./head.tsx";
import { Monitors } from "./monitors.tsx";
import { StateBanner } from "./state-banner.tsx";
import { ThumbnailDrop } from "./thumbnail-drop.tsx";
import { TimelineList } from "./timeline-list.tsx";
import { useFollowed } from "./use-followed.ts";
import { useHistory } from "./use-history.ts";
import { useTimeline } from "./use-timeline.ts";

export function LivestreamPage({ id }: { id: string }) {
  const { livestream, isGone, viewers, strips, refresh } = useFollowed(id);
  const history = useHistory(id);
  const entries = useTimeline(id);
  const name = livestream?.name ?? "Livestream";
  useEffect(() => {
    document.title = `${name} · Tandem console`;
  }, [name]);
  if (isGone) return <Gone />;
  if (livestream === null) return <p class="page wait">Loading…</p>;
  const { inputs } = livestream;
  return (
    <section class="page">
      <Head livestream={livestream} onChanged={refresh} />
      <StateBanner livestream={livestream} viewers={viewers} onChanged={refresh} />
      {inputs.length > 0 && (
        <Monitors livestream={livestream} viewers={viewers} strips={strips} onChanged={refresh} />
      )}
      <div class="after">
        <div class="after-main">
          <EventChart history={history} entries={entries} />
          <TimelineList entries={entries} />
        </div>
        <ThumbnailDrop livestream={livestream} onChanged={refresh} />
      </div>
    </section>
  );
}

function Gone() {
  return (
    <section class="page">
      <h1>This livestream is gone</h1>
      <p>It was deleted, or there never was one at this address.</p>
      <p>
        <a href={hrefOf("livestreams")}>To the livestreams</a>
      </p>
    </section>
  );
}
