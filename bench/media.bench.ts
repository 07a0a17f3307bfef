// The media path without sockets and disk, each step alone: chunk reader, what looks into pictures, demuxer and timeline, segmenter.

import { join } from "node:path";
import { H264Stream, type PictureTiming } from "#media/codecs/h264/h264-stream.ts";
import { nalUnitsOf } from "#media/codecs/h264/nal-units.ts";
import { TagDemuxer } from "#media/flv/tag-demuxer.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { ChunkReader } from "#media/rtmp/chunk-reader.ts";
import { ChunkWriter } from "#media/rtmp/chunk-writer.ts";
import { DEFAULT_LIMITS } from "#media/rtmp/limits.ts";
import { MESSAGE_TYPE } from "#media/rtmp/message.ts";
import { Timeline } from "#media/track/timeline.ts";
import type { AccessUnit, Track } from "#media/track/track.ts";
import { repeatClip } from "#server/command/demo/clip.ts";
import { type ClipMessage, readFlvFile } from "#server/command/demo/flv-file.ts";
import { ROOT } from "#test/support/imports.ts";

/** Seconds of media in a run. */
const MEDIA_SECONDS = 600;

/** Bytes of a legacy tag before what the codec has in it. */
const AVC_HEAD_LENGTH = 5;
const RUNS = 61;

const clip = readFlvFile(await Bun.file(join(ROOT, "server/command/demo/clip.flv")).bytes());
const messages = clipMessages();
const bytes = messages.reduce((sum, { payload }) => sum + payload.byteLength, 0);
const { units, tracks } = demux(messages);

print("step                       MB/s  units/s  x real time");
for (const chunkSize of [128, 4096, 65_536]) {
  const stream = chunked(messages, chunkSize);
  measure(`chunk reader, ${chunkSize}`, () => readChunks(stream, chunkSize));
}
measure("H.264 looked into", () => lookInto(messages));
measure("demuxer and timeline", () => demux(messages));
measure("segmenter", () => segment());

function clipMessages(): ClipMessage[] {
  const taken: ClipMessage[] = [];
  for (const message of repeatClip(clip)) {
    if (message.timestampMs >= MEDIA_SECONDS * 1000) break;
    taken.push(message);
  }
  return taken;
}

/** The median of the runs. */
function measure(name: string, run: () => unknown): void {
  const seconds: number[] = [];
  for (let index = 0; index < RUNS; index += 1) {
    const startedAt = performance.now();
    run();
    seconds.push((performance.now() - startedAt) / 1000);
  }
  const median = seconds.sort((a, b) => a - b)[RUNS >> 1] ?? 0;
  print(
    [
      name.padEnd(25),
      (bytes / median / 1e6).toFixed(0).padStart(6),
      (messages.length / median).toFixed(0).padStart(8),
      (MEDIA_SECONDS / median).toFixed(0).padStart(12),
    ].join(" "),
  );
}

/** As a socket would deliver them, 64 KiB at a time. */
function chunked(all: readonly ClipMessage[], chunkSize: number): Uint8Array[] {
  const writer = new ChunkWriter();
  writer.setChunkSize(chunkSize);
  for (const { kind, timestampMs, payload } of all) {
    const type = { audio: MESSAGE_TYPE.audio, video: MESSAGE_TYPE.video, data: MESSAGE_TYPE.dataAmf0 }[kind];
    writer.write({ chunkStreamId: 4, messageStreamId: 1, type, timestampMs, payload });
  }
  const stream = writer.take() ?? new Uint8Array();
  const reads: Uint8Array[] = [];
  for (let at = 0; at < stream.byteLength; at += 65_536) reads.push(stream.subarray(at, at + 65_536));
  return reads;
}

function readChunks(reads: readonly Uint8Array[], chunkSize: number): number {
  const reader = new ChunkReader(DEFAULT_LIMITS);
  reader.setChunkSize(chunkSize);
  let count = 0;
  for (const read of reads) for (const _message of reader.push(read)) count += 1;
  return count;
}

function demux(all: readonly ClipMessage[]): { units: AccessUnit[]; tracks: Track[] } {
  const demuxer = new TagDemuxer();
  const timeline = new Timeline();
  const found: { units: AccessUnit[]; tracks: Track[] } = { units: [], tracks: [] };
  for (const message of all) {
    for (const item of demuxer.push(message)) {
      if (item.type === "unit") found.units.push(timeline.place(item.unit).unit);
      if (item.type !== "track") continue;
      timeline.addTrack(item.track);
      found.tracks.push(item.track);
    }
  }
  return found;
}

/** What the demuxer does beside taking tags apart: slices into pictures, parameter sets, what can be begun with. */
function lookInto(all: readonly ClipMessage[]): number {
  const stream = new H264Stream<PictureTiming>(1000);
  let pictures = 0;
  for (const { kind, payload, timestampMs } of all) {
    if (kind !== "video") continue;
    const body = payload.subarray(AVC_HEAD_LENGTH);
    if (payload[1] === 0) {
      stream.configure(body);
      continue;
    }
    const { nalUnits } = nalUnitsOf(body, stream.nalUnitLengthSize);
    const timing = { dts: timestampMs, compositionTime: 0, isKeyFrame: payload[0] === 0x17 };
    pictures += stream.push({ nalUnits, timing }, body).length;
  }
  return pictures;
}

function segment(): number {
  const segmenter = new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 });
  let cuts = segmenter.setTracks(tracks, false).length;
  for (const unit of units) cuts += segmenter.push(unit, unit.dts / 90).length;
  return cuts;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
