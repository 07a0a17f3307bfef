// RTMP players that we did not write.

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
