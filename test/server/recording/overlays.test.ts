import { expect, test } from "bun:test";
import { Overlays } from "#server/recording/overlays.ts";

const FILE = "................";
const WITH_OVERLAYS = "..ab..cde...ab..";

const overlays = new Overlays(Float64Array.of(2, 6, 12), Uint8Array.of(0, 1, 0), [
  Buffer.from("ab"),
  Buffer.from("cde"),
]);

test("whatever is read of a file, what goes over it is there, and nothing else", () => {
  for (let start = 0; start < FILE.length; start += 1) {
    for (let end = start; end <= FILE.length; end += 1) {
      const bytes = Buffer.from(FILE.slice(start, end));
      overlays.put(bytes, start);
      expect(bytes.toString()).toBe(WITH_OVERLAYS.slice(start, end));
    }
  }
});

test("where there are none nothing changes", () => {
  const bytes = Buffer.from(FILE);
  new Overlays(new Float64Array(), new Uint8Array(), []).put(bytes, 0);
  expect(bytes.toString()).toBe(FILE);
});
