import { beforeEach, expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { ClipPictures } from "#server/thumbnails/clip-pictures.ts";
import { type Decoded, DecoderError, type KeyFrame } from "#server/thumbnails/key-frame-decoder.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const PICTURE = { record: new Uint8Array(7), height: 720, data: new Uint8Array(9) };
const DECODED: Decoded = { picture: new Uint8Array(3), cpuMs: 5 };
const never = new AbortController().signal;

let kept: string[] = [];
let lines: string[] = [];

beforeEach(() => {
  kept = [];
  lines = [];
});

function pictures(decode: ((keyFrame: KeyFrame) => Promise<Decoded>) | null): ClipPictures {
  return new ClipPictures({
    decode,
    thumbnails: {
      keepAutomatic: async (id, bytes) => {
        kept.push(`${id} ${bytes.byteLength}`);
        return null;
      },
    },
    log: createLog({ level: "info", write: (line) => lines.push(line), clock: new FakeClock() }),
  });
}

test("a clip gets the picture that its key frame is decoded to", async () => {
  const decoded: KeyFrame[] = [];
  const taking = pictures(async (keyFrame) => {
    decoded.push(keyFrame);
    return DECODED;
  });
  await taking.take("c", PICTURE, never);
  const { record, height, data } = PICTURE;
  expect(decoded).toEqual([{ unit: { data }, configuration: { record, height } }]);
  expect(kept).toEqual(["c 3"]);
});

test("one that cannot be decoded, and those that too many wait for, leave clips without", async () => {
  const broken = pictures(async () => {
    throw new DecoderError("the decoder ended with 1", 5);
  });
  await broken.take("c", PICTURE, never);
  expect(lines.join("")).toContain("the decoder ended with 1");
  const begun = Promise.withResolvers<Decoded>();
  const slow = pictures(() => begun.promise);
  const taken = Array.from({ length: 40 }, (_, index) => slow.take(`${index}`, PICTURE, never));
  begun.resolve(DECODED);
  await Promise.all(taken);
  expect(kept).toHaveLength(33);
  expect(lines).toHaveLength(8);
});

test("without a decoder there are none, and nothing is said of each", async () => {
  await pictures(null).take("c", PICTURE, never);
  expect([kept, lines]).toEqual([[], []]);
});
