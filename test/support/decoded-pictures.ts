// What a decoder that we did not write makes of a source: each picture's time and the hash of what it shows.

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
  const pictures = output
    .split("\n")
    .filter((line) => /^\d/.test(line))
    .map((line) => {
      const [, , pts = "", , , hash = ""] = line.split(",").map((field) => field.trim());
      return { seconds: Number(pts) / 90_000, hash };
    });
  const from = pictures[0]?.seconds ?? 0;
  return pictures.map(({ seconds, hash }) => ({ seconds: seconds - from, hash }));
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
