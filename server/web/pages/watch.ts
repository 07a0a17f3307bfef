// The watch page: asks the server what the livestream is at, plays what there is, and says what it waits for.

import { askState } from "./ask-state.ts";
import { Controls } from "./controls.ts";
import { rememberDelay, rememberedDelay } from "./delay-choice.ts";
import { find, write } from "./find.ts";
import { NOTICES, type PagePhase } from "./notices.ts";
import { Player } from "./player.ts";
import { ServerClock } from "./server-clock.ts";
import { TimeShiftBar } from "./time-shift-bar.ts";
import { lengthText } from "./times.ts";

/** How often the server is asked while something is expected to happen, and while all is well. */
const EAGER_INTERVAL_MS = 1000;
const CALM_INTERVAL_MS = 5000;

/** A live picture that stood still for this long after the end of the broadcast will not move again. */
const STUCK_MS = 6000;

/** A page that has waited for a live picture for this long begins afresh. */
const AFRESH_MS = 15_000;

/** Shorter steps are no picture that moves: hls.js jumps by tenths of a second where it has nothing to play. */
const LEAST_MOVE_SECONDS = 1;

const main = find("main", HTMLElement);
const video = find("#video", HTMLVideoElement);
const notice = find("#notice", HTMLElement);
const unmute = find("#unmute", HTMLButtonElement);
const goLive = find("#go-live", HTMLButtonElement);
const delay = find("#delay", HTMLLabelElement);
const delayChoice = find("#delay select", HTMLSelectElement);
const begin = find("#begin", HTMLButtonElement);
const behind = find("#behind", HTMLDataElement);
const quality = find("#quality", HTMLElement);
const clock = new ServerClock();
const player = new Player({
  video,
  delay: rememberedDelay(() => localStorage),
  nowMs: () => clock.dateMs(performance.now()),
  onFailure: showNotice,
});
const controls = new Controls({
  video,
  renditions: player.renditions,
  onSpeed: (rate) => player.pace.choose(rate),
});
const timeShiftBar = new TimeShiftBar(player);

let phase: PagePhase = "waiting";
/** What the server last said is to be played; what plays may still be what it said before. */
let offeredUrl: string | null = null;
/** When the picture had last moved, and to which time of the video. */
let moved = { atMs: performance.now(), toSeconds: 0 };
/** Since when a live picture has been on its way; null while it is there, or nothing is. */
let awaitedSinceMs: number | null = null;

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
video.addEventListener("ratechange", showNotice);
video.addEventListener("playing", showUnmute);
unmute.addEventListener("click", () => {
  video.muted = false;
});
begin.addEventListener("click", () => void player.begin()); // Its end is told by events.
goLive.addEventListener("click", () => player.goLive());
delayChoice.value = rememberedDelay(() => localStorage);
delayChoice.addEventListener("change", () => {
  const choice = delayChoice.value === "steady" ? "steady" : "short";
  rememberDelay(() => localStorage, choice);
  player.keepDistance(choice);
});
setInterval(showFacts, EAGER_INTERVAL_MS); // A picture that stands still falls behind too.

await watch();

/** Follows the livestream until its recording plays, or for as long as the page is open. */
async function watch(): Promise<void> {
  for (;;) {
    await follow();
    if (phase === "recording" && player.url === offeredUrl && isMoving()) return;
    playAfresh();
    const isCalm = (phase === "live" && isMoving()) || player.isDenied;
    await pause(isCalm ? CALM_INTERVAL_MS : EAGER_INTERVAL_MS);
  }
}

async function follow(): Promise<void> {
  const state = await askState(clock);
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

/** What plays is left alone until it has come to its end: a viewer behind the live edge sees the rest of it. */
function playWhatFits(playlistUrl: string | null): void {
  offeredUrl = playlistUrl;
  if (playlistUrl === null || playlistUrl === player.url) return;
  const isDone = player.url === null || video.ended || performance.now() - moved.atMs > STUCK_MS;
  if (isDone) player.play(playlistUrl);
}

/** Whatever it is that keeps a live picture away, hls.js has had its time. */
function playAfresh(): void {
  const nowMs = performance.now();
  const isWaiting = phase === "live" && player.url !== null && !notice.hidden && !player.isBlocked;
  if (!isWaiting) awaitedSinceMs = null;
  else if (awaitedSinceMs === null) awaitedSinceMs = nowMs;
  else if (nowMs - awaitedSinceMs > AFRESH_MS && player.url !== null) {
    awaitedSinceMs = null;
    player.play(player.url);
  }
}

/** A new one only where the old one can be seen: nothing is loaded behind a moving picture. */
function showPoster(posterUrl: string | null): void {
  if (video.poster === (posterUrl ?? "") || isMoving()) return;
  if (posterUrl === null) video.removeAttribute("poster");
  else video.poster = posterUrl;
}

function showNotice(): void {
  const shown: PagePhase = player.isDenied && offeredUrl !== null ? "denied" : phase;
  const words = NOTICES[shown];
  main.dataset.phase = shown;
  write(find("#badge", HTMLElement), words.badge);
  notice.hidden = isMoving() || (video.paused && video.currentTime > 0 && !video.ended) || player.isBlocked;
  write(find("#notice-title", HTMLElement), words.title);
  write(find("#notice-detail", HTMLElement), words.detail);
  begin.hidden = !player.isBlocked;
  controls.update({
    hasPicture: player.url !== null,
    isSpeedUseful: phase === "recording" || player.seekRange !== null,
    chosenSpeed: player.pace.chosenRate,
  });
}

function showUnmute(): void {
  unmute.hidden = !video.muted || video.paused;
}

/** How far behind live the picture is, how large, and what can be chosen of it. */
function showFacts(): void {
  const position = phase === "live" || phase === "gap" ? player.livePosition : null;
  delay.hidden = position === null || !player.canKeepDistance;
  goLive.hidden = position === null || !position.hasLeftEdge;
  behind.value = position === null ? "" : position.behindSeconds.toFixed(3);
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
