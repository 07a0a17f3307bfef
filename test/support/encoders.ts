// Encoders that we did not write, publishing a test picture and a tone in real time.

import { Program } from "./program.ts";

interface EncoderSettings {
  /** It is killed after this long; a test ends it earlier. */
  readonly maxSeconds?: number;
  /** One colour instead of the test picture, so that two encoders can be told apart. */
  readonly color?: string;
  /** Pictures a second, as FFmpeg writes it: `30` unless it is said otherwise, or `30000/1001`. */
  readonly frameRate?: string;
  /** Of the picture, as FFmpeg writes it: `640x360` unless it is said otherwise. */
  readonly size?: string;
  /** B-frames between two others: 2 unless it is said otherwise. */
  readonly bFrames?: number;
}

export interface EncoderOptions extends EncoderSettings {
  /** The whole address, stream key included. */
  readonly url: string;
}

/** The same to each of several addresses, encoded once. */
interface SeveralOptions extends EncoderSettings {
  readonly urls: readonly string[];
}

const FRAME_RATE = "30";
const GOP_SECONDS = 1;

/** FFmpeg's own RTMP. */
export function ffmpegEncoder({
  maxSeconds = 60,
  color,
  frameRate = FRAME_RATE,
  size = "640x360",
  bFrames = 2,
  ...to
}: EncoderOptions | SeveralOptions): Program {
  const output =
    "url" in to
      ? ["-f", "flv", to.url]
      : [
          ...["-map", "0:v", "-map", "1:a", "-flags", "+global_header", "-f", "tee"],
          to.urls.map((url) => `[f=flv]${url}`).join("|"),
        ];
  const [pictures = 0, seconds = 1] = frameRate.split("/").map(Number);
  const gopFrames = Math.round((pictures / seconds) * GOP_SECONDS);
  const picture = color === undefined ? "testsrc2=" : `color=color=${color}:`;
  const command = [
    ...["ffmpeg", "-hide_banner", "-loglevel", "warning", "-re"],
    ...["-f", "lavfi", "-i", `${picture}size=${size}:rate=${frameRate}`],
    ...["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "800k"],
    ...["-bf", String(bFrames), "-b_strategy", "0", "-g", String(gopFrames), "-sc_threshold", "0"],
    ...["-c:a", "aac", "-b:a", "96k", "-ac", "2", ...output],
  ];
  return new Program(command, maxSeconds);
}

/** GStreamer: `rtmp2sink` is its own RTMP, `rtmpsink` is librtmp's. */
export function gstreamerEncoder(
  sink: "rtmp2sink" | "rtmpsink",
  { url, maxSeconds = 60 }: EncoderOptions,
): Program {
  const pipeline = [
    ...["flvmux", "name=mux", "streamable=true", "!", sink, `location=${url}`],
    ...["videotestsrc", "is-live=true", "!", `video/x-raw,width=640,height=360,framerate=${FRAME_RATE}/1`],
    ...["!", "videoconvert", "!", "x264enc", "speed-preset=ultrafast", "tune=zerolatency", "bitrate=800"],
    ...[`key-int-max=${Number(FRAME_RATE) * GOP_SECONDS}`, "!", "h264parse", "!", "queue", "!", "mux.video"],
    ...["audiotestsrc", "is-live=true", "!", "audio/x-raw,rate=48000,channels=2", "!", "audioconvert"],
    ...["!", "avenc_aac", "bitrate=96000", "!", "aacparse", "!", "queue", "!", "mux.audio"],
  ];
  return new Program(["gst-launch-1.0", "-e", ...pipeline], maxSeconds);
}
