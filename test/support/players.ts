// Players that we did not write.

import { decodeAll } from "./judges.ts";
import { Program, run } from "./program.ts";

export interface PlayerOptions {
  /** `rtmp://host:port/play/…` */
  readonly url: string;
  /** FLV: what was played, as it came. */
  readonly file: string;
  readonly maxSeconds?: number;
}

/** FFmpeg's own RTMP. */
export function ffmpegPlayer({ url, file, maxSeconds = 60 }: PlayerOptions): Program {
  const command = ["ffmpeg", "-v", "error", "-y", "-i", url, "-c", "copy", "-f", "flv", file];
  return new Program(command, maxSeconds);
}

/** librtmp. */
export function rtmpdumpPlayer({ url, file, maxSeconds = 60 }: PlayerOptions): Program {
  return new Program(["rtmpdump", "--live", "-q", "-r", url, "-o", file], maxSeconds);
}

/** GStreamer's own RTMP. */
export function gstreamerPlayer({ url, file, maxSeconds = 60 }: PlayerOptions): Program {
  const pipeline = ["rtmp2src", `location=${url}`, "!", "filesink", `location=${file}`];
  return new Program(["gst-launch-1.0", "-q", "-e", ...pipeline], maxSeconds);
}

/** GStreamer's HLS: `hlsdemux` is the one that others built on for years, `hlsdemux2` the new one. */
export type GstreamerDemuxer = "hlsdemux" | "hlsdemux2";

/** Plays in real time until so many pictures were shown, and sound was heard with them; throws after `maxSeconds`. */
export async function gstreamerHls(
  demuxer: GstreamerDemuxer,
  url: string,
  pictures: number,
  maxSeconds = 60,
): Promise<void> {
  const sink = (name: string) => `fakesink name=${name} silent=false sync=true`;
  const command = [
    ...["env", `GST_PLUGIN_FEATURE_RANK=${demuxer}:MAX`, "gst-launch-1.0", "-v"],
    ...[demuxer === "hlsdemux" ? "playbin" : "playbin3", `uri=${url}`],
    ...[`video-sink=${sink("pictures")}`, `audio-sink=${sink("sounds")}`],
  ];
  const child = Bun.spawn(command, { stdout: "pipe", stderr: "pipe", timeout: maxSeconds * 1000 });
  const errors = child.stderr.text();
  const shown = { pictures: 0, sounds: 0 };
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    for (const [, name] of text.matchAll(/GstFakeSink:(pictures|sounds): last-message = chain/g))
      shown[name as keyof typeof shown] += 1;
    if (shown.pictures < pictures || shown.sounds < pictures) continue;
    child.kill("SIGKILL");
    await child.exited;
    return;
  }
  const counts = `${shown.pictures} pictures, ${shown.sounds} times sound`;
  throw new Error(`${demuxer} showed ${counts}.\n${await errors}`);
}

/** FFmpeg's HLS, for so many seconds of the stream; throws with what it did not like. */
export async function ffmpegHls(url: string, streamSeconds: number): Promise<void> {
  await decodeAll(url, ["-t", String(streamSeconds)]);
}

export interface Packet {
  readonly kind: "video" | "audio";
  readonly dtsSeconds: number;
  readonly isKey: boolean;
}

/** What FFmpeg's demuxer makes of a file or, until its end, of a stream. */
export async function packetsOf(source: string, maxSeconds = 60): Promise<Packet[]> {
  const output = await run(
    [
      ...["ffprobe", "-v", "error", "-of", "csv=p=0"],
      ...["-show_entries", "packet=codec_type,dts_time,flags", source],
    ],
    maxSeconds,
  );
  return output
    .trim()
    .split("\n")
    .filter((line) => line !== "") // FFmpeg ends a packet's side data with one.
    .map((line) => {
      const [kind, dts, flags = ""] = line.split(",");
      return {
        kind: kind === "video" ? "video" : "audio",
        dtsSeconds: Number(dts),
        isKey: flags.startsWith("K"),
      };
    });
}
