// The bar below the picture of a broadcast that may be sought back in: where the picture is, and the time of day everywhere.

import { find, write } from "./find.ts";
import type { Player, SeekRange } from "./player.ts";
import { lengthText, timeText } from "./times.ts";

/** Less than this is no use to anybody. */
const LEAST_SECONDS = 10;

/** How far each key goes, seconds. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -10,
  ArrowDown: -10,
  ArrowRight: 10,
  ArrowUp: 10,
  PageDown: -300,
  PageUp: 300,
};

/** So near to the end of the bar nobody means anything but the end. */
const END_SHARE = 0.005;

export class TimeShiftBar {
  readonly #player: Pick<Player, "seekRange" | "seek" | "goLive">;
  readonly #bar = find("#time-shift", HTMLElement);
  readonly #begin = find("#shift-begin", HTMLElement);
  readonly #end = find("#shift-end", HTMLElement);
  readonly #slider = find("#shift", HTMLInputElement);
  readonly #preview = find("#shift-preview", HTMLElement);
  readonly #shownAt = find("#shown-at", HTMLElement);
  #isDragged = false;

  constructor(player: Pick<Player, "seekRange" | "seek" | "goLive">) {
    this.#player = player;
    const slider = this.#slider;
    slider.addEventListener("input", () => {
      this.#isDragged = true;
      this.#previewAt(this.#share);
    });
    // A slider that is dragged back to where it was does not change.
    for (const event of ["change", "pointerup", "pointercancel"])
      slider.addEventListener(event, () => this.#drop());
    slider.addEventListener("keydown", (event) => this.#press(event));
    slider.addEventListener("pointermove", (event) => {
      if (!this.#isDragged) this.#previewAt(this.#shareAt(event.clientX));
    });
    for (const event of ["pointerleave", "blur"]) slider.addEventListener(event, () => this.#hidePreview());
  }

  /** Called whenever the picture, or what may be sought in, may have moved. `isShown`: false where there is nothing to seek in. */
  update(isShown: boolean): void {
    const range = isShown ? this.#player.seekRange : null;
    const isUseful = range !== null && range.endSeconds - range.startSeconds >= LEAST_SECONDS;
    this.#bar.hidden = !isUseful;
    write(this.#shownAt, isUseful ? timeAt(range, range.currentSeconds) : "");
    if (!isUseful) return;
    write(this.#begin, timeAt(range, range.startSeconds));
    write(this.#end, range.isLive ? "Live" : "End");
    if (this.#isDragged) return;
    this.#slider.value = String(shareOf(range, range.currentSeconds));
    this.#slider.ariaValueText = positionText(range, range.currentSeconds);
  }

  /** Of the bar, from 0 to 1, as the slider stands. */
  get #share(): number {
    return Number(this.#slider.value);
  }

  #drop(): void {
    if (!this.#isDragged) return;
    this.#isDragged = false;
    this.#hidePreview();
    const range = this.#player.seekRange;
    if (range !== null) this.#go(range, secondsAt(range, this.#share));
  }

  /** A slider's own steps would be a share of the whole, which may be a day. */
  #press(event: KeyboardEvent): void {
    const range = this.#player.seekRange;
    if (range === null || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = STEPS[event.key];
    if (event.key === "Home") this.#go(range, range.startSeconds);
    else if (event.key === "End") this.#go(range, range.endSeconds);
    else if (step !== undefined) this.#go(range, range.currentSeconds + step);
    else return;
    event.preventDefault();
    const now = this.#player.seekRange ?? range;
    this.update(true);
    this.#previewAt(shareOf(now, now.currentSeconds));
  }

  #go(range: SeekRange, seconds: number): void {
    const { startSeconds, endSeconds } = range;
    const isEnd = endSeconds - seconds <= (endSeconds - startSeconds) * END_SHARE;
    if (isEnd) this.#player.goLive();
    else this.#player.seek(Math.max(startSeconds, seconds));
  }

  #shareAt(clientX: number): number {
    const { left, width } = this.#slider.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width));
  }

  #previewAt(share: number): void {
    const range = this.#player.seekRange;
    if (range === null) return;
    const text = timeAt(range, secondsAt(range, share));
    this.#preview.hidden = text === "";
    write(this.#preview, text);
    this.#preview.style.left = `${share * 100}%`;
    if (this.#isDragged) this.#slider.ariaValueText = positionText(range, secondsAt(range, share));
  }

  #hidePreview(): void {
    if (!this.#isDragged) this.#preview.hidden = true;
  }
}

function shareOf({ startSeconds, endSeconds }: SeekRange, seconds: number): number {
  return Math.min(1, Math.max(0, (seconds - startSeconds) / (endSeconds - startSeconds)));
}

function secondsAt({ startSeconds, endSeconds }: SeekRange, share: number): number {
  return startSeconds + share * (endSeconds - startSeconds);
}

/** The time of day there; empty where nobody knows. */
function timeAt(range: SeekRange, seconds: number): string {
  const dateMs = range.dateMsAt(seconds);
  return dateMs === null ? "" : timeText(dateMs, range.dateMsAt(range.endSeconds) ?? dateMs);
}

function positionText(range: SeekRange, seconds: number): string {
  const behind = `${lengthText(range.endSeconds - seconds)} ${range.isLive ? "behind live" : "before the end"}`;
  return [timeAt(range, seconds), behind].filter((text) => text !== "").join(", ");
}
