// Viewers and bitrates over the whole event, one chart above the other, with what happened as marks in both.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { TimelineEntry } from "#openapi/client.ts";
import { chartRows } from "#server/web/console/state/samples.ts";
import { type Mark, marksOf, nearestMark } from "#server/web/console/state/timeline.ts";
import { useMediaQuery } from "#server/web/console/state/use-media-query.ts";
import { countText } from "#server/web/console/words/figures.ts";
import { timeOfDayText } from "#server/web/console/words/times.ts";
import { LineChart } from "./line-chart.ts";
import type { History } from "./use-history.ts";

interface EventChartProps {
  readonly history: History;
  readonly entries: readonly TimelineEntry[];
}

export function EventChart({ history, entries }: EventChartProps) {
  const rows = useMemo(() => chartRows(history.primary, history.secondary), [history]);
  const marks = useMemo(() => marksOf(entries), [entries]);
  const [pointed, setPointed] = useState<Mark | null>(null);
  const most = Math.max(
    0,
    ...rows.viewers.primary.map((each, row) => (each ?? 0) + (rows.viewers.secondary[row] ?? 0)),
  );
  if (rows.times.length < 2) {
    return (
      <section class="panel">
        <h2>The whole event</h2>
        <p class="quiet">Viewers and bitrates are drawn here from the first samples on.</p>
      </section>
    );
  }
  const point = (time: number | null, reach: number) =>
    setPointed(time === null ? null : nearestMark(marks, time, reach));
  return (
    <section class="panel" aria-labelledby="chart-title">
      <h2 id="chart-title">The whole event</h2>
      <p class="chart-mark" aria-hidden="true">
        {pointed === null
          ? "Lines across the charts are what happened: point at one."
          : `${timeOfDayText(new Date(pointed.time * 1000).toISOString())} ${pointed.text}`}
      </p>
      <Chart
        label={`Viewers of both instances over the event, at most ${countText(most)} together`}
        title="Viewers"
        times={rows.times}
        lines={rows.viewers}
        marks={marks}
        onPoint={point}
      />
      <Chart
        label="Bitrates of both inputs over the event"
        title="Mbit/s"
        times={rows.times}
        lines={megabits(rows.kbps)}
        marks={marks}
        onPoint={point}
      />
    </section>
  );
}

type Lines = Readonly<Record<"primary" | "secondary", (number | null)[]>>;

function megabits({ primary, secondary }: Lines): Lines {
  const scaled = (values: readonly (number | null)[]) =>
    values.map((each) => (each === null ? null : each / 1000));
  return { primary: scaled(primary), secondary: scaled(secondary) };
}

interface ChartProps {
  readonly label: string;
  readonly title: string;
  readonly times: number[];
  readonly lines: Lines;
  readonly marks: readonly Mark[];
  /** Seconds since 1970, null when nothing is pointed at; and how many of them a few pixels are. */
  readonly onPoint: (time: number | null, reach: number) => void;
}

function Chart({ label, title, times, lines, marks, onPoint }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<LineChart | null>(null);
  const isDark = useMediaQuery("(prefers-color-scheme: dark)");
  const latest = useRef(onPoint);
  latest.current = onPoint;
  useEffect(() => {
    if (place.current === null) return;
    const made = new LineChart(place.current, title, (time, reach) => latest.current(time, reach));
    chart.current = made;
    return () => made.destroy();
  }, [title, isDark]);
  useEffect(() => chart.current?.show(times, lines, marks), [times, lines, marks, isDark]);
  return <div ref={place} class="chart" role="img" aria-label={label} />;
}
