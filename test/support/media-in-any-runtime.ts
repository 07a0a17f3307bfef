// A captured publish through the whole of media/, in whatever runs this file: prints the playlist and a digest of each fragment.
// `media-in-any-runtime.ts CAPTURE`: the bytes an encoder sent, handshake and all.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";
import { TagDemuxer } from "#media/flv/tag-demuxer.ts";
import { renderMediaPlaylist } from "#media/hls/media-playlist.ts";
import { renderMultivariantPlaylist } from "#media/hls/multivariant-playlist.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Cut } from "#media/hls/segment.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { ServerSession } from "#media/rtmp/server-session.ts";
import { Timeline } from "#media/track/timeline.ts";
import type { Track } from "#media/track/track.ts";

const START_MS = Date.UTC(2026, 0, 1);
const READ_BYTES = 1000;

const capture = new Uint8Array(readFileSync(process.argv[2] ?? ""));
const session = new ServerSession({ randomBytes: new Uint8Array(1528) });
const demuxer = new TagDemuxer();
const timeline = new Timeline();
const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
const window = new PlaylistWindow({ isEvent: true });
const tracks = new Map<number, Track>();
const lines: string[] = [];

for (let at = 0; at < capture.byteLength; at += READ_BYTES) {
  for (const event of session.push(capture.subarray(at, at + READ_BYTES), START_MS)) {
    if (event.type === "publish-requested") session.acceptPublish(event.request);
    if (event.type !== "media") continue;
    const [item] = demuxer.push(event.message);
    if (item?.type === "track") addTrack(item.track);
    if (item?.type !== "unit") continue;
    const { unit } = timeline.place(item.unit);
    keep(segmenter.push(unit, START_MS + item.unit.sentDts));
  }
}
keep(segmenter.end());
window.end();
const multivariant = renderMultivariantPlaylist([{ window, uri: "media.m3u8" }]);
lines.push(multivariant ?? "", renderMediaPlaylist(window) ?? "");
process.stdout.write(`${lines.join("\n")}\n`);

function addTrack(track: Track): void {
  tracks.set(track.id, track);
  timeline.addTrack(track);
  keep(segmenter.setTracks([...tracks.values()], false));
}

function keep(cuts: readonly Cut[]): void {
  for (const cut of cuts) {
    window.push(cut);
    if (cut.type === "initialization") lines.push(`init ${digestOf(cut.initialization.bytes)}`);
    if (cut.type === "part") lines.push(`part ${cut.part.msn}.${cut.part.index} ${digestOf(cut.part.bytes)}`);
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
