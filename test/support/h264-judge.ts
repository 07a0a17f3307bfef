// Streams that x264 wrote, and what FFmpeg decodes of them before and after they went through us.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ByteReader } from "#media/bytes/byte-reader.ts";
import { readParameterSets } from "#media/codecs/h264/decoder-configuration-record.ts";
import { nalUnitsOf } from "#media/codecs/h264/nal-units.ts";
import type { DemuxedItem } from "#media/flv/demuxed-item.ts";
import { type FlvMessage, TagDemuxer } from "#media/flv/tag-demuxer.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { Program, run } from "./program.ts";

interface Encoding {
  /** `key=value`, joined by colons. */
  readonly x264: string;
  readonly frames: number;
  /** Of ffmpeg's, before the output. */
  readonly options?: readonly string[];
  readonly source?: string;
}

/** The pictures as FLV video messages, 25 a second. */
export async function encode({ x264, frames, options = [], source }: Encoding): Promise<FlvMessage[]> {
  return await inFolder(async (folder) => {
    const file = join(folder, "encoded.flv");
    await run([
      ...["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi"],
      ...["-i", source ?? "testsrc2=size=96x80:rate=25", "-frames:v", String(frames)],
      ...["-pix_fmt", "yuv420p", "-c:v", "libx264", "-threads", "1", "-preset", "veryfast"],
      ...["-x264-params", `threads=1:${x264}`, ...options, "-f", "flv", file],
    ]);
    return readFlvFile(await Bun.file(file).bytes()).filter(({ kind }) => kind === "video");
  });
}

/** The container says so. */
export function isKeyFrame({ payload: [head = 0] }: FlvMessage): boolean {
  return head >> 4 === 1;
}

/** Milliseconds. */
export function ptsOf({ timestampMs, payload }: FlvMessage): number {
  return timestampMs + new ByteReader(payload.subarray(2)).i24();
}

/** All that came of it, the picture that waited included. */
export function demux(messages: readonly FlvMessage[]): DemuxedItem[] {
  const demuxer = new TagDemuxer();
  return [...messages.flatMap((message) => [...demuxer.push(message)]), ...demuxer.flush()];
}

/** Tracks and pictures, as a stream of bytes. */
export function annexBOf(items: readonly DemuxedItem[]): Uint8Array {
  return startCoded(
    items.flatMap((item) => {
      if (item.type === "track") return recordUnits(item.track.configuration.record);
      return item.type === "unit" ? nalUnitsOf(item.unit.data, 4).nalUnits : [];
    }),
  );
}

/** The messages as they came, from one on. */
export function annexBOfMessages(messages: readonly FlvMessage[]): Uint8Array {
  return startCoded(
    messages.flatMap(({ payload }) => {
      const [, type] = payload;
      if (type === 0) return recordUnits(payload.subarray(5));
      return type === 1 ? nalUnitsOf(payload.subarray(5), 4).nalUnits : [];
    }),
  );
}

function recordUnits(record: Uint8Array): Uint8Array[] {
  const { sequenceParameterSets, pictureParameterSets } = readParameterSets(new ByteReader(record));
  return [...sequenceParameterSets, ...pictureParameterSets];
}

function startCoded(nalUnits: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(nalUnits.flatMap((nalUnit) => [Uint8Array.of(0, 0, 0, 1), nalUnit]));
}

/** The hash of each picture, in the order they are shown; FFmpeg must find nothing wrong. */
export async function decodedFrames(annexB: Uint8Array): Promise<string[]> {
  const { frames, complaints } = await judged(annexB);
  if (complaints !== "") throw new Error(`FFmpeg complains:\n${complaints}`);
  return frames;
}

async function judged(annexB: Uint8Array): Promise<{ frames: string[]; complaints: string }> {
  return await inFolder(async (folder) => {
    const file = join(folder, "stream.h264");
    await Bun.write(file, annexB);
    const { stdout, stderr } = await new Program([
      ...["ffmpeg", "-nostdin", "-v", "error", "-err_detect", "explode", "-threads", "1"],
      ...["-f", "h264", "-i", file, "-vsync", "passthrough", "-f", "framemd5", "-"],
    ]).result;
    const frames = stdout.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    return { frames: frames.map((line) => line.split(",").at(-1)?.trim() ?? ""), complaints: stderr };
  });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "tandem-h264-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
