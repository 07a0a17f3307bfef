// What a decoder that we did not write makes of a source: each picture's time and the hash of what it shows.

import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./program.ts";

export interface DecodedPicture {
  /** From the first picture. */
  readonly seconds: number;
  readonly hash: string;
}

/** In the order they are shown. Throws with the first thing the decoder does not like. */
export async function decodedPictures(source: string): Promise<DecodedPicture[]> {
  const output = await run([
    ...["ffmpeg", "-v", "error", "-xerror", "-i", source, "-map", "0:v", "-fps_mode", "passthrough"],
    ...["-enc_time_base", "1:90000", "-f", "framemd5", "-"],
  ]);
  return picturesIn(output);
}

function picturesIn(framemd5: string): DecodedPicture[] {
  const pictures = framemd5
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => {
      const [, , pts = "", , , hash = ""] = line.split(",").map((field) => field.trim());
      return { seconds: Number(pts) / 90_000, hash };
    });
  const from = pictures[0]?.seconds ?? 0;
  return pictures.map(({ seconds, hash }) => ({ seconds: seconds - from, hash }));
}

/** Each picture's time, and the average of what it shows; in the order they are shown. */
export async function pictureColors(
  source: string,
): Promise<{ seconds: number; red: number; green: number; blue: number }[]> {
  const file = join(tmpdir(), `tandem-colors-${crypto.randomUUID()}.rgb`);
  const as = ["-map", "0:v", "-fps_mode", "passthrough", "-enc_time_base", "1:90000"];
  const output = await run([
    ...["ffmpeg", "-v", "error", "-i", source],
    ...[...as, "-vf", "scale=1:1", "-pix_fmt", "rgb24", "-f", "rawvideo", file],
    ...[...as, "-vf", "scale=1:1", "-f", "framemd5", "-"],
  ]);
  const bytes = await Bun.file(file).bytes();
  await Bun.file(file).delete();
  return picturesIn(output).map(({ seconds }, index) => {
    const [red = 0, green = 0, blue = 0] = bytes.subarray(3 * index);
    return { seconds, red, green, blue };
  });
}

/** The type of a source's first picture, such as `I`, and whether it is a key frame. */
export async function firstPicture(source: string): Promise<{ type: string; isKeyFrame: boolean }> {
  const output = await run([
    ...["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "frame=key_frame,pict_type"],
    ...["-of", "json", "-read_intervals", "%+#1", source],
  ]);
  const frame = JSON.parse(output).frames[0];
  return { type: frame.pict_type, isKeyFrame: frame.key_frame === 1 };
}
