import { expect, test } from "bun:test";
import { GopCache } from "#server/instances/gop-cache.ts";

const unit = (dts: number, byteLength = 10) => ({
  trackId: 1,
  dts,
  pts: dts,
  isSync: false,
  data: new Uint8Array(byteLength),
});

const none = () => false;

test("sound that came ahead of the key frame it goes with stays", () => {
  const gop = new GopCache({ keepsPrevious: false });
  gop.begin(unit(0), 0, none);
  for (const dts of [1, 2, 3]) gop.push({ ...unit(dts), trackId: 2 }, dts);
  gop.begin(unit(2), 4, ({ trackId, dts }) => trackId === 2 && dts >= 2);
  expect(gop.units.map((cached) => [cached.unit.trackId, cached.unit.dts, cached.arrivalMs])).toEqual([
    [1, 2, 4],
    [2, 2, 2],
    [2, 3, 3],
  ]);
});

test("nothing is kept before the first key frame", () => {
  const gop = new GopCache({ keepsPrevious: false });
  gop.push(unit(0), 0);
  expect(gop.units).toHaveLength(0);
});

test("a key frame begins a new group, so that a joiner decodes no more than one", () => {
  const gop = new GopCache({ keepsPrevious: false });
  gop.begin(unit(0), 0, none);
  gop.push(unit(1), 0);
  gop.begin(unit(2), 0, none);
  gop.push(unit(3), 0);
  expect(gop.units.map((cached) => cached.unit.dts)).toEqual([2, 3]);
});

test("the group before the newest is there for who needs it, where it is kept, and nowhere else", () => {
  for (const [keepsPrevious, expected] of [
    [true, [0, 1, 2, 3]],
    [false, [2, 3]],
  ] as const) {
    const gop = new GopCache({ keepsPrevious });
    for (const dts of [0, 2]) {
      gop.begin(unit(dts), 0, none);
      gop.push(unit(dts + 1), 0);
    }
    expect(gop.unitsFrom(() => false).map((cached) => cached.unit.dts)).toEqual([...expected]);
    expect(gop.unitsFrom(() => true).map((cached) => cached.unit.dts)).toEqual([2, 3]);
  }
});

test("a group of more than 2,500 units is given up, and the next key frame begins a new one", () => {
  const gop = new GopCache({ keepsPrevious: false });
  gop.begin(unit(0), 0, none);
  for (let n = 1; n < 2500; n += 1) gop.push(unit(n), 0);
  expect(gop.units).toHaveLength(2500);
  gop.push(unit(2500), 0);
  gop.push(unit(2501), 0);
  expect(gop.units).toHaveLength(0);
  gop.begin(unit(2502), 0, none);
  expect(gop.units).toHaveLength(1);
});

test("a group of 32 MiB is kept, one of more is given up, and the next key frame begins a new one", () => {
  const gop = new GopCache({ keepsPrevious: false });
  for (let round = 0; round < 2; round += 1) {
    gop.begin(unit(0, 20 * 1024 * 1024), 0, none);
    gop.push(unit(1, 12 * 1024 * 1024), 0);
    expect(gop.units).toHaveLength(2);
    gop.push(unit(2, 1), 0);
    expect(gop.units).toHaveLength(0);
  }
});

test("a group of 30 s is kept, a longer one is given up, and the next key frame begins a new one", () => {
  const gop = new GopCache({ keepsPrevious: false });
  gop.begin(unit(0), 5000, none);
  gop.push(unit(1), 35_000);
  expect(gop.units).toHaveLength(2);
  gop.push(unit(2), 35_001);
  gop.push(unit(3), 35_002);
  expect(gop.units).toHaveLength(0);
  gop.begin(unit(4), 35_003, none);
  expect(gop.units).toHaveLength(1);
});

test("of a group that was given up nothing is there for a joiner, nor of the one before it", () => {
  const gop = new GopCache({ keepsPrevious: true });
  gop.begin(unit(0), 0, none);
  gop.begin(unit(1), 1, none);
  gop.push(unit(2, 33 * 1024 * 1024), 2);
  expect(gop.unitsFrom(none)).toEqual([]);
  gop.begin(unit(3), 3, none);
  expect(gop.unitsFrom(none).map((cached) => cached.unit.dts)).toEqual([3]);
});

test("the group before the newest is there for a joiner who needs it, each unit once", () => {
  const gop = new GopCache({ keepsPrevious: true });
  gop.begin(unit(0), 0, none);
  gop.push({ ...unit(9), trackId: 2 }, 1);
  gop.begin(unit(10), 10, ({ trackId }) => trackId === 2);
  const dtsOf = (afterMs: number) =>
    gop.unitsFrom(({ arrivalMs }) => arrivalMs <= afterMs).map((cached) => cached.unit.dts);
  expect(dtsOf(12)).toEqual([10, 9]);
  expect(dtsOf(5)).toEqual([0, 10, 9]);
});
