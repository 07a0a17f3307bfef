// What happened, newest first, each with its time and a sentence; in the library a press on one seeks there.

import { useState } from "preact/hooks";
import type { TimelineEntry } from "#openapi/client.ts";
import { Icon, type IconName } from "#server/web/console/parts/icon.tsx";
import { type EntryTone, toneOf } from "#server/web/console/state/timeline.ts";
import { clockText } from "#server/web/console/words/figures.ts";
import { dateText, timeOfDayText } from "#server/web/console/words/times.ts";

const SHOWN_AT_FIRST = 20;

const SIGNS: Readonly<Record<EntryTone, IconName>> = {
  ...{ quiet: "ring", live: "live", warning: "warning", bad: "bad" },
};

interface TimelineListProps {
  readonly entries: readonly TimelineEntry[];
  /** Seconds of the recording. Left out: nothing can be sought in. */
  readonly onSeek?: (seconds: number) => void;
}

export function TimelineList({ entries, onSeek }: TimelineListProps) {
  const [shown, setShown] = useState(SHOWN_AT_FIRST);
  return (
    <section class="panel timeline" aria-labelledby="timeline-title">
      <h2 id="timeline-title">Timeline</h2>
      <ol>
        {entries.slice(0, shown).map((entry) => (
          <li key={entry.id} data-tone={toneOf(entry)}>
            <Icon name={SIGNS[toneOf(entry)]} />
            <time dateTime={entry.atUtc} title={dateText(entry.atUtc)}>
              {timeOfDayText(entry.atUtc)}
            </time>
            <p>{entry.message}</p>
            <Position seconds={entry.positionSeconds} onSeek={onSeek} />
          </li>
        ))}
      </ol>
      {entries.length > shown && (
        <button type="button" class="button small" onClick={() => setShown(shown + SHOWN_AT_FIRST * 5)}>
          Show {Math.min(entries.length - shown, SHOWN_AT_FIRST * 5)} more of {entries.length}
        </button>
      )}
    </section>
  );
}

interface PositionProps {
  readonly seconds: number | null;
  readonly onSeek: ((seconds: number) => void) | undefined;
}

function Position({ seconds, onSeek }: PositionProps) {
  if (seconds === null) return null;
  if (onSeek === undefined) return <span class="quiet">{clockText(seconds)}</span>;
  return (
    <button
      type="button"
      class="button small"
      aria-label={`Go to ${clockText(seconds)} of the recording`}
      onClick={() => onSeek(seconds)}
    >
      {clockText(seconds)}
    </button>
  );
}
