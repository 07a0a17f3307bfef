import { expect, test } from "bun:test";
import { parseDeliveryDirectives } from "#media/hls/delivery-directives.ts";

function parse(query: string) {
  const parameters = new URLSearchParams(query);
  return parseDeliveryDirectives((parameter) => parameters.getAll(parameter));
}

test.each([
  ["", { target: null, skips: false }],
  ["session=x&lead-in=3", { target: null, skips: false }],
  ["_HLS_msn=0", { target: { msn: 0, part: null }, skips: false }],
  ["_HLS_msn=17&_HLS_part=0", { target: { msn: 17, part: 0 }, skips: false }],
  ["_HLS_part=4&_HLS_msn=17&_HLS_skip=YES", { target: { msn: 17, part: 4 }, skips: true }],
  ["_HLS_skip=v2", { target: null, skips: true }],
  ["_HLS_msn=999999999999999", { target: { msn: 999_999_999_999_999, part: null }, skips: false }],
] as const)("%p says something", (query, directives) => {
  expect(parse(query)).toEqual(directives);
});

test.each([
  "_HLS_part=1",
  "_HLS_part=1&_HLS_skip=YES",
  "_HLS_msn=-1",
  "_HLS_msn=",
  "_HLS_msn=x",
  "_HLS_msn=1.5",
  "_HLS_msn=1e3",
  "_HLS_msn=01",
  "_HLS_msn=%201",
  "_HLS_msn=1000000000000000",
  "_HLS_msn=1&_HLS_msn=2",
  "_HLS_msn=1&_HLS_part=-1",
  "_HLS_msn=1&_HLS_part=x",
  "_HLS_msn=1&_HLS_part=1&_HLS_part=1",
  "_HLS_skip=NO",
  "_HLS_skip=",
  "_HLS_skip=yes",
])("%p says nothing", (query) => {
  expect(parse(query)).toBeNull();
});
