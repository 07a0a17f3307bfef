// The watch page: asks the server what the livestream is at, plays what there is, and says what it waits for.

import type { WatchState } from "#server/web/watch-state.ts";
import { find, write } from "./find.ts";
import { NOTICES, type PagePhase } from "./notices.ts";
import { Player } from "./player.ts";
import { TimeShiftBar } from "./time-shift-bar.ts";
import { lengthText } from "./times.ts";

/** How often the server is asked while something is expected to happen, and while all is well. */
const EAGER_INTERVAL_MS = 1000;
const CALM_INTERVAL_MS = 5000;

/** A live picture that stood still for this long after the end of the broadcast will not move again. */
const STUCK_MS = 6000;

/** Shorter steps are no picture that moves: hls.js jumps by tenths of a second where it has nothing to play. */
const LEAST_MOVE_SECONDS = 1;

const main = find("main", HTMLElement);
const video = find("#video", HTMLVideoElement);
const notice = find("#notice", HTMLElement);
const unmute = find("#unmute", HTMLButtonElement);
const goLive = find("#go-live", HTMLButtonElement);
const delay = find("#delay", HTMLLabelElement);
const delayChoice = find("#delay select", HTMLSelectElement);
const behind = find("#behind", HTMLElement);
const quality = find("#quality", HTMLElement);
const player = new Player(video, showNotice);
const timeShiftBar = new TimeShiftBar(player);

let phase: PagePhase = "waiting";
/** What the server last said is to be played; what plays may still be what it said before. */
let offeredUrl: string | null = null;
/** When the picture had last moved, and to which time of the video. */
let moved = { atMs: performance.now(), toSeconds: 0 };

for (const event of ["playing", "waiting", "ended", "pause", "emptied"])
  video.addEventListener(event, showNotice);
video.addEventListener("timeupdate", () => {
  if (Math.abs(video.currentTime - moved.toSeconds) >= LEAST_MOVE_SECONDS)
    moved = { atMs: performance.now(), toSeconds: video.currentTime };
  showNotice();
});
for (const event of ["timeupdate", "seeking", "pause", "emptied", "resize"])
  video.addEventListener(event, showFacts);
video.addEventListener("ended", () => void follow()); // Comes back by itself, whatever the answer is.
video.addEventListener("volumechange", showUnmute);
video.addEventListener("playing", showUnmute);
unmute.addEventListener("click", () => {
  video.muted = false;
});
goLive.addEventListener("click", () => player.goLive());
delayChoice.addEventListener("change", () => {
  player.keepDistance(delayChoice.value === "steady" ? "steady" : "short");
});
setInterval(showFacts, EAGER_INTERVAL_MS); // A picture that stands still falls behind too.

await watch();

/** Follows the livestream until its recording plays, or for as long as the page is open. */
async function watch(): Promise<void> {
  for (;;) {
    await follow();
    if (phase === "recording" && player.url === offeredUrl && isMoving()) return;
    const isCalm = phase === "live" && isMoving();
    await pause(isCalm ? CALM_INTERVAL_MS : EAGER_INTERVAL_MS);
  }
}

async function follow(): Promise<void> {
  const state = await askState();
  if (typeof state === "string") phase = state;
  else {
    phase = state.phase;
    find("#title", HTMLElement).textContent = state.title;
    document.title = `${state.title} · Tandem`;
    showPoster(state.posterUrl);
    playWhatFits(state.playlistUrl);
  }
  showNotice();
}

async function askState(): Promise<WatchState | "not-found" | "offline"> {
  try {
    const response = await fetch(`${location.pathname}/state`, { cache: "no-store" });
    if (response.ok) return withWholeUrls(await response.json(), response.url);
    return response.status === 404 ? "not-found" : "offline";
  } catch {
    return "offline";
  }
}

/** `url` is where the state came from. */
function withWholeUrls(state: WatchState, url: string): WatchState {
  const whole = (address: string | null) => (address === null ? null : new URL(address, url).href);
  return { ...state, playlistUrl: whole(state.playlistUrl), posterUrl: whole(state.posterUrl) };
}

/** What plays is left alone until it has come to its end: a viewer behind the live edge sees the rest of it. */
function playWhatFits(playlistUrl: string | null): void {
  offeredUrl = playlistUrl;
  if (playlistUrl === null || playlistUrl === player.url) return;
  const isDone = player.url === null || video.ended || performance.now() - moved.atMs > STUCK_MS;
  if (isDone) player.play(playlistUrl);
}

/** A new one only where the old one can be seen: nothing is loaded behind a moving picture. */
function showPoster(posterUrl: string | null): void {
  if (video.poster === (posterUrl ?? "") || isMoving()) return;
  if (posterUrl === null) video.removeAttribute("poster");
  else video.poster = posterUrl;
}

function showNotice(): void {
  const words = NOTICES[phase];
  main.dataset.phase = phase;
  find("#badge", HTMLElement).textContent = words.badge;
  video.controls = player.url !== null;
  notice.hidden = isMoving() || (video.paused && video.currentTime > 0 && !video.ended);
  find("#notice-title", HTMLElement).textContent = words.title;
  find("#notice-detail", HTMLElement).textContent = words.detail;
}

function showUnmute(): void {
  unmute.hidden = !video.muted || video.paused;
}

/** How far behind live the picture is, how large, and what can be chosen of it. */
function showFacts(): void {
  const position = phase === "live" || phase === "gap" ? player.livePosition : null;
  delay.hidden = position === null || !player.canKeepDistance;
  goLive.hidden = position === null || !position.hasLeftEdge;
  write(behind, position === null ? "" : `${lengthText(position.behindSeconds)} behind live`);
  write(quality, video.videoHeight === 0 ? "" : `${Math.min(video.videoWidth, video.videoHeight)}p`);
  timeShiftBar.update(phase !== "recording");
}

function isMoving(): boolean {
  return !video.paused && !video.ended && video.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
