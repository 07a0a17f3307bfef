import { expect, test } from "bun:test";
import { splitAggregate } from "#media/rtmp/aggregate.ts";
import { RtmpProtocolError } from "#media/rtmp/protocol-error.ts";
import { hex } from "#test/support/hex.ts";

const twoTags = hex`
  08  00 00 02  00 03 e8 00  00 00 00  af 01  00 00 00 0d     // audio at 1000 ms, 2 bytes, back pointer 13
  09  00 00 03  00 04 10 00  00 00 00  27 01 00  00 00 00 0e  // video at 1040 ms, 3 bytes, back pointer 14
`;
const aggregate = { chunkStreamId: 4, messageStreamId: 1, type: 22, timestampMs: 5000, payload: twoTags };

test("each tag is a message at the aggregate's time plus its distance from the first", () => {
  expect(
    [...splitAggregate(aggregate)].map(({ type, timestampMs, messageStreamId }) => [
      type,
      timestampMs,
      messageStreamId,
    ]),
  ).toEqual([
    [8, 5000, 1],
    [9, 5040, 1],
  ]);
});

test("time wraps at 32 bits", () => {
  const [, second] = splitAggregate({ ...aggregate, timestampMs: 0xffffffff });
  expect(second?.timestampMs).toBe(39);
});

test("one that ends within a tag breaks the protocol", () => {
  expect(() => [...splitAggregate({ ...aggregate, payload: twoTags.subarray(0, 12) })]).toThrow(
    RtmpProtocolError,
  );
});
