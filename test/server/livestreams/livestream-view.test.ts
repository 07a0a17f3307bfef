import { expect, test } from "bun:test";
import { asShownToAll, type LivestreamView } from "#server/livestreams/livestream-view.ts";
import { FakeHouse } from "./fake-house.ts";

test.each([
  ["public", "auto", true],
  ["public", "upload", true],
  ["signed", "auto", false],
  ["signed", "upload", true],
] as const)("of what is %s, a picture by %s is shown to all: %p", async (playbackPolicy, source, isShown) => {
  const house = new FakeHouse();
  const livestream = await house.livestreams.get(await house.create({ playbackPolicy }));
  if (livestream === null) throw new Error("it is not there");
  const pictured: LivestreamView = { ...livestream, thumbnailUrl: "https://x/y", thumbnailSource: source };
  const hidden = { ...pictured, thumbnailUrl: null, thumbnailSource: null };
  expect(asShownToAll(pictured)).toEqual(isShown ? pictured : hidden);
});
