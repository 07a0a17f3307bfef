// The bitrate of the last minutes as a strip: a line that falls is seen before a figure is read.

import { highest, type Strip, stripPath } from "#server/web/console/state/strip.ts";
import { bitrateText } from "#server/web/console/words/figures.ts";

const WIDTH = 300;
const HEIGHT = 44;

export function BitrateStrip({ strip, instance }: { strip: Strip; instance: string }) {
  const most = highest(strip);
  const last = strip.at(-1);
  if (most === 0 || last === undefined) return null;
  const now = last.kbps === null ? "nothing" : bitrateText(last.kbps);
  return (
    <figure class="strip">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Bitrate of the ${instance} input over the last five minutes: now ${now}, at most ${bitrateText(most)}`}
      >
        <path d={stripPath(strip, { width: WIDTH, height: HEIGHT, nowMs: last.atMs })} />
      </svg>
      <figcaption>
        <span>5 min</span>
        <span>at most {bitrateText(most)}</span>
        <span>now {now}</span>
      </figcaption>
    </figure>
  );
}
