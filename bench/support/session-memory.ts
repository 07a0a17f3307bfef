// What a viewer session costs in memory: sessions as a playlist's requests make them, each kind of key there is.

import { heapStats } from "bun:jsc";
import { SessionKeys } from "#server/stats/session-key.ts";
import { Viewers } from "#server/stats/viewers.ts";

export interface SessionMemory {
  readonly counted: number;
  readonly bytesPerSession: number;
}

/** Heap after `count` viewers of one playout, each of whom asked twice. */
export function measureSessionMemory(count: number): SessionMemory {
  const before = heapBytes();
  const viewers = new Viewers({ keys: new SessionKeys(new Uint8Array(32)), monotonicMs: () => 0 });
  for (let each = 0; each < count; each += 1) {
    const request = requestOf(viewers, each);
    for (let time = 0; time < 2; time += 1) viewers.watched("livestream", "auto", request, 2);
  }
  const bytes = heapBytes() - before;
  const counted = viewers.count("livestream", "auto");
  return { counted, bytesPerSession: bytes / counted };
}

/** A session that was handed out, one of CMCD with as long an id as may be, or an address. */
function requestOf(viewers: Viewers, number: number) {
  const id = String(number).padStart(64, "0");
  const root = "http://127.0.0.1/live/x/media.m3u8";
  const headers = new Headers({ "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)" });
  switch (number % 3) {
    case 0:
      return { headers, url: `${root}?session=${viewers.newSession()}`, address: () => "127.0.0.1" };
    case 1:
      return { headers, url: `${root}?CMCD=sid%3D%22${id}%22`, address: () => "127.0.0.1" };
    default:
      return { headers, url: root, address: () => `2001:db8::${number.toString(16)}` };
  }
}

function heapBytes(): number {
  Bun.gc(true);
  const { heapSize, extraMemorySize } = heapStats();
  return heapSize + extraMemorySize;
}
