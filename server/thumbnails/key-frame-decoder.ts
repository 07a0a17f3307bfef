// One key frame becomes a picture: by a short-lived ffmpeg of its own, which gets nothing else and cannot reach anything.

import { annexBKeyFrame } from "#media/codecs/h264/annex-b.ts";
import type { AccessUnit, VideoConfiguration } from "#media/track/track.ts";
import {
  DECODER_DEADLINE_MS,
  DECODER_MEMORY_BYTES,
  DECODER_OUTPUT_BYTES,
  MASTER_MAX_SIDE,
} from "./limits.ts";

/** A video key frame, and what its decoder must know. */
export interface KeyFrame {
  readonly unit: Pick<AccessUnit, "data">;
  readonly configuration: Pick<VideoConfiguration, "record" | "height">;
}

/** What came of a key frame. */
export interface Decoded {
  /** A JPEG that can be stored. */
  readonly picture: Uint8Array;
  /** What its process took of the processor, milliseconds. */
  readonly cpuMs: number;
}

/** Throws a {@link DecoderError}, or the abort reason of the signal. */
export type DecodeKeyFrame = (keyFrame: KeyFrame, signal: AbortSignal) => Promise<Decoded>;

/** No picture came of a key frame; the message says why. */
export class DecoderError extends Error {
  /** As {@link Decoded.cpuMs}. */
  readonly cpuMs: number;

  constructor(message: string, cpuMs: number) {
    super(message);
    this.name = "DecoderError";
    this.cpuMs = cpuMs;
  }
}

/** What it may say of its troubles, characters. */
const MAX_COMPLAINT_LENGTH = 300;

/** The picture has square pixels, and is no larger than one that is stored. */
const SCALE = `min(1\\,${MASTER_MAX_SIDE}/max(iw*sar\\,ih))`;

/**
 * From the frame's own shape to square pixels, as a JPEG to be stored as it is. Where a stream does not say so, pictures of
 * 720 lines and more are BT.709 and others BT.601, as browsers have it; a JPEG is BT.601 over the full range (JFIF).
 */
const FILTERS = [
  `scale=w=max(2\\,trunc(iw*sar*${SCALE}/2)*2):h=max(1\\,round(ih*${SCALE}))` +
    ":flags=bilinear:out_color_matrix=bt601:out_range=full",
  "setsar=1",
  "format=yuvj444p",
];

const FFMPEG_OUTPUT = [
  ...["-frames:v", "1", "-vf", FILTERS.join(",")],
  ...["-c:v", "mjpeg", "-q:v", "2", "-flags", "+bitexact", "-f", "image2pipe", "pipe:1"],
];

/** Null when this machine has no ffmpeg. */
export function ffmpegDecoder({
  which = (program: string) => Bun.which(program),
  deadlineMs = DECODER_DEADLINE_MS,
} = {}): DecodeKeyFrame | null {
  const ffmpeg = which("ffmpeg");
  if (ffmpeg === null) return null;
  const confined = [...confinement(which), ffmpeg];
  return (keyFrame, signal) => decode(confined, keyFrame, deadlineMs, signal);
}

/** Lowest priority, and bounds on memory, time on the processor and what it may write, as far as this machine knows them. */
function confinement(which: (program: string) => string | null): string[] {
  const prlimit = which("prlimit");
  const nice = which("nice");
  const cpuSeconds = Math.ceil(DECODER_DEADLINE_MS / 1000);
  return [
    ...(prlimit === null
      ? []
      : [prlimit, `--as=${DECODER_MEMORY_BYTES}`, `--cpu=${cpuSeconds}`, "--fsize=0", "--core=0"]),
    ...(nice === null ? [] : [nice, "-n", "19"]),
  ];
}

async function decode(
  command: readonly string[],
  { unit, configuration }: KeyFrame,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Decoded> {
  const colorspace = configuration.height >= 720 ? "bt709" : "smpte170m";
  const input = ["-f", "h264", "-colorspace", colorspace, "-protocol_whitelist", "pipe", "-i", "pipe:0"];
  const child = Bun.spawn(
    [
      ...[...command, "-hide_banner", "-loglevel", "error", "-nostdin", "-threads", "1"],
      ...input,
      ...FFMPEG_OUTPUT,
    ],
    {
      stdin: new Blob(annexBKeyFrame(configuration.record, unit.data).map((piece) => new Uint8Array(piece))),
      stdout: "pipe",
      stderr: "pipe",
      env: {},
      signal,
      timeout: deadlineMs,
      killSignal: "SIGKILL",
      maxBuffer: DECODER_OUTPUT_BYTES,
    },
  );
  const [picture, complaint] = await Promise.all([child.stdout.bytes(), child.stderr.text(), child.exited]);
  signal.throwIfAborted();
  const cpuMs = Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1000;
  if (child.exitCode === 0 && picture.byteLength > 0) return { picture, cpuMs };
  throw new DecoderError(failureOf(child, complaint), cpuMs);
}

function failureOf(
  { exitCode, signalCode }: { exitCode: number | null; signalCode: string | number | null },
  complaint: string,
): string {
  const end = signalCode === null ? `ended with ${exitCode}` : `was ended by ${signalCode}`;
  const [line = ""] = complaint.trim().split("\n", 1);
  return `the decoder ${end}${line === "" ? "" : `: ${line.slice(0, MAX_COMPLAINT_LENGTH)}`}`;
}
