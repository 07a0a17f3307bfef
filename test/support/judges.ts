// Eyes that did not write our output: ffprobe, ffmpeg's decoders and m3u8-parser.

import { type Manifest, Parser } from "m3u8-parser";
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

/** Decodes every frame; throws with the first thing the decoder does not like. */
export async function decodeAll(source: string): Promise<void> {
  const output = await run(["ffmpeg", "-v", "error", "-xerror", "-i", source, "-f", "null", "-"]);
  if (output !== "") throw new Error(output);
}

export interface Playlist {
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

/** A media playlist, fetched and read. Throws when it is not there or the parser warns. */
export async function fetchPlaylist(url: string): Promise<Playlist> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}.`);
  const text = await response.text();
  const manifest = parse(text);
  return {
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
  const variants = parse(await response.text()).playlists ?? [];
  const [variant] = variants;
  if (variant === undefined || variants.length > 1)
    throw new Error(`${url} has ${variants.length} variants.`);
  return new URL(variant.uri, response.url).href;
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
