// Eyes that did not write our output: ffprobe, ffmpeg's decoders and m3u8-parser.

import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Manifest, Parser } from "m3u8-parser";
import type { PlaylistHistory } from "./hls-validator/history.ts";
import { described, violationsOf } from "./hls-validator/validate.ts";
import { run } from "./program.ts";

export interface Probe {
  readonly durationSeconds: number;
  readonly streams: readonly { codec_type: string; codec_name: string; width?: number; height?: number }[];
}

/** What ffprobe finds at a URL or in a file. */
export async function probe(source: string): Promise<Probe> {
  const output = await run([
    ...["ffprobe", "-v", "error", "-of", "json"],
    ...["-show_entries", "stream=codec_type,codec_name,width,height:format=duration", source],
  ]);
  const { streams, format } = JSON.parse(output);
  return { durationSeconds: Number(format.duration), streams };
}

/** Decodes every frame; throws with the first thing the decoder does not like. `options`: those of what becomes of them. */
export async function decodeAll(source: string, options: readonly string[] = []): Promise<void> {
  const output = await run(["ffmpeg", "-v", "error", "-xerror", "-i", source, ...options, "-f", "null", "-"]);
  if (output !== "") throw new Error(output);
}

/**
 * {@link decodeAll}, of a playlist with several initializations: what each of them begins is decoded by itself. FFmpeg 5.1 goes on
 * with the configuration of the first one, whatever another one says.
 */
export async function decodeEach(playlistUrl: string): Promise<void> {
  for await (const file of stretchesOf(playlistUrl)) await decodeAll(file);
}

/** What each initialization of a playlist begins, as a file that is there until the next one is asked for. */
export async function* stretchesOf(playlistUrl: string): AsyncGenerator<string> {
  const { segments } = await fetchPlaylist(playlistUrl);
  const stretches = new Map<string, string[]>();
  for (const { initializationUrl, url } of segments) {
    stretches.set(initializationUrl, [...(stretches.get(initializationUrl) ?? []), url]);
  }
  for (const [initializationUrl, urls] of stretches) {
    const file = join(tmpdir(), `tandem-stretch-${crypto.randomUUID()}.mp4`);
    const blobs = [initializationUrl, ...urls].map(async (url) => (await fetch(url)).blob());
    await Bun.write(file, new Blob(await Promise.all(blobs)));
    try {
      yield file;
    } finally {
      await Bun.file(file).delete();
    }
  }
}

/** What a picture is on average, 0 to 255 each, at a time of the source. */
export async function averageColor(
  source: string,
  atSeconds: number,
): Promise<{ red: number; green: number; blue: number }> {
  const file = join(tmpdir(), `tandem-pixel-${crypto.randomUUID()}.rgb`);
  // Decodes up to there: FFmpeg 5.1 cannot seek within an HLS playlist of fragmented MP4.
  const seek = ["-i", source, "-ss", atSeconds.toFixed(3), "-frames:v", "1"];
  await run([
    "ffmpeg",
    "-v",
    "error",
    ...seek,
    "-vf",
    "scale=1:1",
    "-pix_fmt",
    "rgb24",
    "-f",
    "rawvideo",
    file,
  ]);
  const [red = 0, green = 0, blue = 0] = await Bun.file(file).bytes();
  await Bun.file(file).delete();
  return { red, green, blue };
}

/** Throws with what Prometheus' own linter says against the names, units and form of metrics. */
export async function lintMetrics(text: string): Promise<void> {
  const file = join(tmpdir(), `tandem-metrics-${crypto.randomUUID()}.txt`);
  await Bun.write(file, text);
  try {
    await run(["sh", "-c", `promtool check metrics < ${file}`]);
  } finally {
    await Bun.file(file).delete();
  }
}

export interface Playlist {
  /** From where it came in the end. */
  readonly url: string;
  readonly text: string;
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly targetDurationSeconds: number;
  readonly isEnded: boolean;
  readonly playlistType: string | null;
  readonly segments: readonly {
    /** Absolute. */
    url: string;
    initializationUrl: string;
    durationSeconds: number;
    hasDiscontinuity: boolean;
  }[];
}

/** A media playlist, fetched and read. Throws when it is not there, the parser warns, or it is not as playlists must be. */
export async function fetchPlaylist(url: string): Promise<Playlist> {
  const askedAtMs = performance.now();
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  const text = await response.text();
  const fetched = { url: response.url, askedAtMs, answeredAtMs: performance.now(), status: 200, text };
  expectValid({ playlists: [fetched], multivariant: null, media: [] });
  const manifest = parse(text);
  return {
    url: response.url,
    text,
    mediaSequence: manifest.mediaSequence ?? 0,
    discontinuitySequence: manifest.discontinuitySequence ?? 0,
    targetDurationSeconds: manifest.targetDuration ?? Number.NaN,
    isEnded: manifest.endList === true,
    playlistType: manifest.playlistType ?? null,
    segments: (manifest.segments ?? []).map((segment) => ({
      url: new URL(segment.uri, response.url).href,
      initializationUrl: new URL(segment.map?.uri ?? "", response.url).href,
      durationSeconds: segment.duration,
      hasDiscontinuity: segment.discontinuity === true,
    })),
  };
}

/** The URL of the only variant of a multivariant playlist. Throws when there is not exactly one. */
export async function fetchVariantUrl(url: string): Promise<string> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  const multivariant = await response.text();
  expectValid({ playlists: [], multivariant, media: [] });
  const variants = parse(multivariant).playlists ?? [];
  const [variant] = variants;
  if (variant === undefined || variants.length > 1)
    throw new Error(`${url} has ${variants.length} variants.`);
  return new URL(variant.uri, response.url).href;
}

/** Throws with the rules that it breaks, and the playlist that broke the first of them. */
export function expectValid(history: PlaylistHistory): void {
  const violations = violationsOf(history);
  const [first] = violations;
  if (first !== undefined) throw new Error(`${described(violations).join("\n")}\n${first.text ?? ""}`);
}

function parse(text: string): Manifest {
  const parser = new Parser();
  const warnings: string[] = [];
  parser.on("warn", ({ message }) => warnings.push(message));
  parser.push(text);
  parser.end();
  if (warnings.length > 0) throw new Error(`m3u8-parser: ${warnings.join(", ")}\n${text}`);
  return parser.manifest;
}
