// What the watch page says in each phase while it has no moving picture to show, in plain words.

import type { WatchPhase } from "#server/web/watch-state.ts";

/**
 * Three are the page's own: the server knows no such livestream (`not-found`), does not answer (`offline`), or does not let this
 * viewer watch (`denied`).
 */
export type PagePhase = WatchPhase | "not-found" | "offline" | "denied";

interface Notice {
  /** Beside the name of the livestream. */
  readonly badge: string;
  readonly title: string;
  readonly detail: string;
}

export const NOTICES: Record<PagePhase, Notice> = {
  waiting: {
    badge: "Not yet live",
    title: "The broadcast has not begun",
    detail: "Stay on this page: it starts by itself.",
  },
  live: { badge: "Live", title: "The picture is on its way", detail: "" },
  gap: {
    badge: "Interrupted",
    title: "The broadcast is interrupted",
    detail: "Nothing is arriving from the studio. The picture comes back here by itself.",
  },
  ended: {
    badge: "Ended",
    title: "The broadcast has ended",
    detail: "Its recording will follow here in a moment.",
  },
  recording: { badge: "Recording", title: "The recording is on its way", detail: "" },
  unavailable: {
    badge: "Ended",
    title: "The broadcast has ended",
    detail: "There is no recording of it.",
  },
  "not-found": {
    badge: "Not found",
    title: "There is no such livestream",
    detail: "The address may be mistyped, or the livestream was deleted.",
  },
  denied: {
    badge: "Not for everybody",
    title: "This broadcast needs a link of your own",
    detail: "The one you followed has none, or has run out: ask for another where you found it.",
  },
  offline: {
    badge: "Offline",
    title: "The server does not answer",
    detail: "This page keeps trying.",
  },
};
