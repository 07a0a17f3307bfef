// Players that we did not write.

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

/** What a player showed, in real time. */
export interface Shown {
  readonly name: string;
  readonly pictures: number;
  /** Buffers of decoded sound. */
  readonly sounds: number;
}

/** GStreamer's HLS: `hlsdemux` is the one that others built on for years, `hlsdemux2` the new one. Plays for so many seconds. */
export async function gstreamerHls(
  name: "hlsdemux" | "hlsdemux2",
  url: string,
  seconds: number,
): Promise<Shown> {
  const sink = (sinkName: string) => `fakesink name=${sinkName} silent=false sync=true`;
  const command = [
    ...["env", `GST_PLUGIN_FEATURE_RANK=${name}:MAX`, "gst-launch-1.0", "-v"],
    ...[name === "hlsdemux" ? "playbin" : "playbin3", `uri=${url}`],
    ...[`video-sink=${sink("pictures")}`, `audio-sink=${sink("sounds")}`],
  ];
  const { stdout } = await new Program(command, seconds).result;
  const count = (sinkName: string) =>
    stdout.split(`GstFakeSink:${sinkName}: last-message = chain`).length - 1;
  return { name, pictures: count("pictures"), sounds: count("sounds") };
}

/** FFmpeg's HLS, read as fast as it comes, for so many seconds of the stream; throws with what it did not like. */
export async function ffmpegHls(url: string, streamSeconds: number): Promise<Shown> {
  const command = ["ffmpeg", "-v", "error", "-xerror", "-i", url, "-t", String(streamSeconds)];
  const output = await run([...command, "-f", "null", "-progress", "-", "-nostats", "-"]);
  const pictures = Number(/[\s\S]*^frame=(\d+)$/m.exec(output)?.[1] ?? 0);
  return { name: "ffmpeg", pictures, sounds: pictures };
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
