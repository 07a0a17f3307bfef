import { expect, test } from "bun:test";
import {
  bitrateText,
  channelsText,
  clockText,
  codecText,
  preciseClockText,
  rateText,
  sizeText,
} from "#server/web/console/words/figures.ts";

test("figures are as people read them", () => {
  expect([999, 1000, 2549].map(bitrateText)).toEqual(["999 kbit/s", "1.0 Mbit/s", "2.5 Mbit/s"]);
  expect([0, 59.9, 60, 3599, 3600, 36_061, -1].map(clockText)).toEqual([
    ...["0:00", "0:59", "1:00", "59:59", "1:00:00", "10:01:01", "0:00"],
  ]);
  expect([0, 59.96, 61.25].map(preciseClockText)).toEqual(["0:00.0", "1:00.0", "1:01.3"]);
  expect([0, 999, 1000, 1_500_000, 1_500_000_000].map(sizeText)).toEqual([
    ...["0 byte", "999 byte", "1 kB", "2 MB", "1.5 GB"],
  ]);
  expect([25, 29.97003].map(rateText)).toEqual(["25 fps", "29.97 fps"]);
  expect(["h264", "aac", "xyz"].map(codecText)).toEqual(["H.264", "AAC", "xyz"]);
  expect([1, 2, 3, 6].map(channelsText)).toEqual(["mono", "stereo", "3 channels", "5.1"]);
});
