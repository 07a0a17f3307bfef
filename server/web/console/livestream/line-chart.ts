// A uPlot chart of two lines over time, as wide as its place, in the colours of the page, with marks across it.

import uPlot from "uplot";
import type { EntryTone, Mark } from "#server/web/console/state/timeline.ts";

const HEIGHT = 170;

/** All charts of a page show the same moment. */
const SYNC_KEY = "tandem";

/** So near to a mark, CSS pixels, it is what is pointed at. */
const REACH = 8;

const MARK_COLORS: Readonly<Record<EntryTone, string>> = {
  ...{ quiet: "--line-strong", live: "--live", warning: "--warning", bad: "--bad" },
};

type Values = (number | null)[];

export class LineChart {
  readonly #chart: uPlot;
  readonly #observer: ResizeObserver;
  #marks: readonly Mark[] = [];

  constructor(place: HTMLElement, title: string, onPoint: (time: number | null, reach: number) => void) {
    const color = (name: string) => getComputedStyle(place).getPropertyValue(name).trim();
    const axis = {
      stroke: () => color("--quiet"),
      grid: { stroke: () => color("--line"), width: 1 },
      ticks: { stroke: () => color("--line"), width: 1 },
    };
    const options: uPlot.Options = {
      width: Math.max(1, place.clientWidth),
      height: HEIGHT,
      cursor: { sync: { key: SYNC_KEY }, drag: { x: true, y: false } },
      scales: { y: { range: (_chart, _least, most) => [0, Math.max(1, most * 1.1)] } },
      axes: [axis, { ...axis, size: 48 }],
      series: [
        { label: "Time" },
        { label: `${title}, primary`, stroke: () => color("--primary-series"), width: 1.5, value: valueText },
        {
          label: `${title}, secondary`,
          stroke: () => color("--secondary-series"),
          width: 1.5,
          dash: [6, 3],
          value: valueText,
        },
      ],
      hooks: {
        draw: [(chart) => this.#drawMarks(chart, color)],
        setCursor: [
          (chart) => {
            const { left = -1 } = chart.cursor;
            if (left < 0) onPoint(null, 0);
            else
              onPoint(
                chart.posToVal(left, "x"),
                chart.posToVal(left + REACH, "x") - chart.posToVal(left, "x"),
              );
          },
        ],
      },
    };
    this.#chart = new uPlot(options, [[], [], []], place);
    this.#observer = new ResizeObserver(() => {
      this.#chart.setSize({ width: Math.max(1, place.clientWidth), height: HEIGHT });
    });
    this.#observer.observe(place);
  }

  show(
    times: number[],
    { primary, secondary }: Readonly<Record<"primary" | "secondary", Values>>,
    marks: readonly Mark[],
  ): void {
    this.#marks = marks;
    this.#chart.setData([times, primary, secondary]);
  }

  destroy(): void {
    this.#observer.disconnect();
    this.#chart.destroy();
  }

  #drawMarks({ ctx, bbox, valToPos, scales }: uPlot, color: (name: string) => string): void {
    const { min = 0, max = 0 } = { min: scales.x?.min ?? 0, max: scales.x?.max ?? 0 };
    ctx.save();
    ctx.lineWidth = devicePixelRatio;
    for (const { time, tone } of this.#marks) {
      if (time < min || time > max) continue;
      const x = Math.round(valToPos(time, "x", true));
      ctx.strokeStyle = color(MARK_COLORS[tone]);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }
}

function valueText(_chart: uPlot, value: number | null): string {
  return value === null ? "–" : String(Math.round(value * 100) / 100);
}
