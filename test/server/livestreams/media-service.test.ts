import { expect, test } from "bun:test";
import { FACTS, FakeHouse } from "./fake-house.ts";

const UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057";
const NOT_FOUND = { ok: false, refusal: { code: "not_found" } } as const;

async function idsOf(house: FakeHouse, status: "ready" | "softDeleted"): Promise<string[]> {
  return (await house.mediaService.list({ page: 0, perpage: 10, sort: null, status })).items.map(
    ({ id }) => id,
  );
}

test("an asset is shown as the contract has it", async () => {
  const house = new FakeHouse();
  const { id, mediaId } = await house.finished();
  const media = await house.mediaService.get(mediaId);
  expect(media).toEqual({
    ...{ id: mediaId, livestreamId: id, type: "video", name: "Show", description: null, status: "ready" },
    ...{ playlistUrl: `https://example.com/media/${mediaId}/index.m3u8`, thumbnailUrl: null, clipOf: null },
    playbackPolicy: "public",
    ...{ downloadUrl: `https://example.com/media/${mediaId}/download.mp4`, ...FACTS },
    createdAtUtc: expect.stringMatching(/^2026-01-01T00:00:00\.\d{3}Z$/),
    updatedAtUtc: media?.createdAtUtc ?? "",
    deletedAtUtc: null,
  });
});

test("an update changes the asset and leaves its livestream", async () => {
  const house = new FakeHouse();
  const { id, mediaId } = await house.finished();
  const result = await house.mediaService.update(mediaId, { name: "Best of" });
  expect(result).toMatchObject({ ok: true, media: { name: "Best of", description: null } });
  expect((await house.livestreams.get(id))?.name).toBe("Show");
});

test("a soft-deleted asset is there and does not play", async () => {
  const house = new FakeHouse();
  const { id, mediaId } = await house.finished();
  expect(await house.mediaService.playable(mediaId)).toMatchObject({ recordingId: id, name: "Show" });
  expect(await house.mediaService.delete(mediaId, { permanent: false })).toEqual({ ok: true });
  expect(await house.mediaService.delete(mediaId, { permanent: false })).toEqual({ ok: true });
  expect(await house.mediaService.get(mediaId)).toMatchObject({
    status: "softDeleted",
    deletedAtUtc: expect.any(String),
  });
  expect(await house.mediaService.playable(mediaId)).toBeNull();
  expect([await idsOf(house, "ready"), await idsOf(house, "softDeleted")]).toEqual([[], [mediaId]]);
  expect(await house.livestreams.get(id)).toMatchObject({ status: "finished", mediaId });
  expect(house.removed).toEqual([]);
});

test("a soft-deleted asset is recovered, another one is not", async () => {
  const house = new FakeHouse();
  const { id, mediaId } = await house.finished();
  expect(await house.mediaService.recover(mediaId)).toMatchObject({
    ok: false,
    refusal: { code: "not_soft_deleted" },
  });
  await house.mediaService.delete(mediaId, { permanent: false });
  expect(await house.mediaService.recover(mediaId)).toMatchObject({ ok: true, media: { status: "ready" } });
  expect(await house.mediaService.playable(mediaId)).toMatchObject({ recordingId: id, name: "Show" });
});

test("an asset that is deleted for good is gone with its livestream and its recording", async () => {
  const house = new FakeHouse();
  const { id, mediaId } = await house.finished();
  await house.mediaService.delete(mediaId, { permanent: false });
  expect(await house.mediaService.delete(mediaId, { permanent: true })).toEqual({ ok: true });
  expect(await house.mediaService.get(mediaId)).toBeNull();
  expect(await house.livestreams.get(id)).toBeNull();
  expect(house.removed).toEqual([id]);
  expect(house.playouts.calls.at(-1)).toBe(`close ${id}`);
});

test("of two deletions for good one finds it", async () => {
  const house = new FakeHouse();
  const { mediaId } = await house.finished();
  const results = await Promise.all([
    house.mediaService.delete(mediaId, { permanent: true }),
    house.mediaService.delete(mediaId, { permanent: true }),
  ]);
  expect(results).toEqual([{ ok: true }, NOT_FOUND]);
  expect(house.removed).toHaveLength(1);
});

test("an unknown asset is not found", async () => {
  const { mediaService } = new FakeHouse();
  expect(await mediaService.get(UNKNOWN)).toBeNull();
  expect(await mediaService.playable(UNKNOWN)).toBeNull();
  expect(await mediaService.update(UNKNOWN, { name: "x" })).toEqual(NOT_FOUND);
  expect(await mediaService.recover(UNKNOWN)).toEqual(NOT_FOUND);
  expect(await mediaService.delete(UNKNOWN, { permanent: false })).toEqual(NOT_FOUND);
  expect(await mediaService.delete(UNKNOWN, { permanent: true })).toEqual(NOT_FOUND);
});
