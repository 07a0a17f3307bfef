// Two handles on one line: the browser's own sliders, one above the other, so that keys and screen readers know them.

import type { ClipSpan } from "#server/web/console/state/clip-span.ts";
import { preciseClockText } from "#server/web/console/words/figures.ts";

interface SpanSliderProps {
  readonly span: ClipSpan;
  readonly durationSeconds: number;
  readonly onStart: (seconds: number) => void;
  readonly onEnd: (seconds: number) => void;
}

export function SpanSlider({ span, durationSeconds, onStart, onEnd }: SpanSliderProps) {
  const { startSeconds, endSeconds } = span;
  const share = (seconds: number) => `${durationSeconds === 0 ? 0 : (seconds / durationSeconds) * 100}%`;
  return (
    <div class="span-slider">
      <span class="span-line" />
      <span
        class="span-chosen"
        style={{ left: share(startSeconds), width: share(endSeconds - startSeconds) }}
      />
      <Handle
        label="Beginning of the clip"
        seconds={startSeconds}
        most={durationSeconds}
        onChange={onStart}
      />
      <Handle label="End of the clip" seconds={endSeconds} most={durationSeconds} onChange={onEnd} />
    </div>
  );
}

interface HandleProps {
  readonly label: string;
  readonly seconds: number;
  readonly most: number;
  readonly onChange: (seconds: number) => void;
}

function Handle({ label, seconds, most, onChange }: HandleProps) {
  return (
    <input
      type="range"
      min={0}
      max={most}
      step={0.1}
      value={seconds}
      aria-label={label}
      aria-valuetext={preciseClockText(seconds)}
      onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
    />
  );
}
