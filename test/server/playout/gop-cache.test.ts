import { expect, test } from "bun:test";
import { GopCache } from "#server/playout/gop-cache.ts";

const unit = (dts: number, byteLength = 10) => ({
  trackId: 1,
  dts,
  pts: dts,
  isSync: false,
  data: new Uint8Array(byteLength),
});

test("nothing is kept before the first key frame", () => {
  const gop = new GopCache();
  gop.push(unit(0), 0, false);
  expect(gop.units).toHaveLength(0);
});

test("a key frame begins a new group, so that a joiner decodes no more than one", () => {
  const gop = new GopCache();
  gop.push(unit(0), 0, true);
  gop.push(unit(1), 0, false);
  gop.push(unit(2), 0, true);
  gop.push(unit(3), 0, false);
  expect(gop.units.map((cached) => cached.unit.dts)).toEqual([2, 3]);
});

test("a group of more than 2,500 units is given up, and the next key frame begins a new one", () => {
  const gop = new GopCache();
  for (let n = 0; n < 2500; n += 1) gop.push(unit(n), 0, n === 0);
  expect(gop.units).toHaveLength(2500);
  gop.push(unit(2500), 0, false);
  gop.push(unit(2501), 0, false);
  expect(gop.units).toHaveLength(0);
  gop.push(unit(2502), 0, true);
  expect(gop.units).toHaveLength(1);
});

test("a group of more than 32 MiB is given up", () => {
  const gop = new GopCache();
  gop.push(unit(0, 20 * 1024 * 1024), 0, true);
  gop.push(unit(1, 13 * 1024 * 1024), 0, false);
  expect(gop.units).toHaveLength(0);
});
