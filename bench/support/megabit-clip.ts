// What every publisher of a benchmark sends: 24 s of H.264 and AAC at 1 Mbit/s together, made once by ffmpeg.

import { existsSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "#test/support/program.ts";

const PATH = join(tmpdir(), "tandem-bench-1-mbit-s.flv");

/** The path of the FLV file: 640x360, 30 frames a second, a key frame every 2 s, constant bitrate. */
export async function megabitClip(): Promise<string> {
  if (existsSync(PATH)) return PATH;
  const unfinished = `${PATH}.part`;
  await run([
    ...["ffmpeg", "-y", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30:duration=24"],
    ...["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=24"],
    ...["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-g", "60", "-sc_threshold", "0"],
    ...["-b:v", "904k", "-minrate", "904k", "-maxrate", "904k", "-bufsize", "904k", "-nal-hrd", "cbr"],
    ...["-c:a", "aac", "-b:a", "96k", "-ac", "2", "-f", "flv", unfinished],
  ]);
  renameSync(unfinished, PATH);
  return PATH;
}
