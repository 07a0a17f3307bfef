import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDescriptors } from "#server/common/descriptor-count.ts";
import { Overlays } from "#server/recording/overlays.ts";
import { PiecedFile } from "#server/recording/pieced-file.ts";

const folder = mkdtempSync(join(tmpdir(), "tandem-pieces-"));
const [one, two] = [join(folder, "one"), join(folder, "two")];
writeFileSync(
  one,
  Uint8Array.from({ length: 100 }, (_, index) => index),
);
writeFileSync(
  two,
  Uint8Array.from({ length: 100 }, (_, index) => 100 + index),
);

afterAll(() => rmSync(folder, { recursive: true }));

const PIECES = [
  { file: one, offset: 10, byteLength: 5 },
  { file: two, offset: 50, byteLength: 2 },
  { file: one, offset: 90, byteLength: 10 },
];

function read(position: number, byteLength: number): number[] {
  const file = new PiecedFile(PIECES);
  try {
    const bytes = new Uint8Array(byteLength);
    file.read(bytes, position);
    return [...bytes];
  } finally {
    file.close();
  }
}

test("pieces are read as one file, whose positions count on from the first one's", () => {
  expect(read(10, 17)).toEqual([10, 11, 12, 13, 14, 150, 151, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99]);
  expect([read(14, 1), read(14, 3), read(15, 2), read(17, 1), read(26, 1)]).toEqual([
    ...[[14], [14, 150, 151], [150, 151], [90], [99]],
  ]);
});

test("what is before them, behind them or gone is an error", () => {
  expect(() => read(9, 1)).toThrow("nothing is at 9");
  expect(() => read(26, 2)).toThrow("nothing is at 27: the pieces end at 27");
  const cut = new PiecedFile([{ file: one, offset: 95, byteLength: 10 }]);
  expect(() => cut.read(new Uint8Array(10), 95)).toThrow("the file ends before 105");
  cut.close();
  const before = openDescriptors();
  expect(() => new PiecedFile([...PIECES, { file: join(folder, "gone"), offset: 0, byteLength: 1 }])).toThrow(
    "ENOENT",
  );
  expect(openDescriptors()).toBe(before);
});

test("what goes over a file goes over one that has it elsewhere", () => {
  const overlays = new Overlays(Float64Array.of(10, 20), Uint8Array.of(0, 1), [
    Uint8Array.of(7),
    Uint8Array.of(8, 9),
  ]);
  const bytes = new Uint8Array(8);
  overlays.shiftedBy(-5).put(bytes, 10);
  expect([...bytes]).toEqual([0, 0, 0, 0, 0, 8, 9, 0]);
});
