import { expect, test } from "bun:test";
import { Renditions } from "#server/web/pages/renditions.ts";

const [FULL, HALF] = [
  { id: "0", width: 1920, height: 1080, bitrate: 6_000_000 },
  { id: "1", width: 960, height: 540, bitrate: 1_500_000 },
];

test("renditions are an array-like that tells what was chosen, once", () => {
  const chosen: number[] = [];
  const renditions = new Renditions((index) => chosen.push(index));
  const events: string[] = [];
  for (const type of ["addrendition", "change"]) renditions.addEventListener(type, () => events.push(type));
  renditions.offer([FULL, HALF]);
  expect([[...renditions], renditions.length, renditions[1], renditions.selectedIndex]).toEqual([
    [FULL, HALF],
    2,
    HALF,
    -1,
  ]);
  renditions.selectedIndex = 1;
  renditions.selectedIndex = 1;
  expect([chosen, events]).toEqual([[1], ["addrendition", "change", "change"]]);
});

test("of a single rendition there is nothing to choose, and nothing of the last ones is left", () => {
  const renditions = new Renditions(() => undefined);
  renditions.offer([FULL, HALF]);
  renditions.selectedIndex = 1;
  renditions.offer([FULL]);
  expect([[...renditions], renditions.length, renditions[0], renditions.selectedIndex]).toEqual([
    [],
    0,
    undefined,
    -1,
  ]);
});
