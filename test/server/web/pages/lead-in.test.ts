import { expect, test } from "bun:test";
import { LEAD_IN_PARAMETER } from "#server/delivery/prepared-playlists.ts";
import { hasMissedLeadIn } from "#server/web/pages/lead-in.ts";

const PLAYLIST = "https://example.com/live/one/v0-180/media.m3u8?session=a.b";

test.each([
  // As listed in its place, before its segment; of a stream that cannot have one; when it has gone.
  [`${PLAYLIST}&${LEAD_IN_PARAMETER}=8`, 7, false],
  [`${PLAYLIST}&${LEAD_IN_PARAMETER}=8`, 8, false],
  [`${PLAYLIST}&${LEAD_IN_PARAMETER}=8`, 9, true],
  [PLAYLIST, 9, false],
])("%s beginning with %i has missed its lead-in: %p", (url, firstMsn, hasMissed) => {
  expect(hasMissedLeadIn(url, firstMsn)).toBe(hasMissed);
});
