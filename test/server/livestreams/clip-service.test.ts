import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ClipResult } from "#server/livestreams/clip-service.ts";
import type { MediaView } from "#server/livestreams/media-view.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { noReports, programmeCuts } from "#test/support/recording-folder.ts";
import { FakeHouse } from "./fake-house.ts";

/** When a recorded programme begins. */
const RECORDED_MS = Date.UTC(2026, 10, 24, 12, 0, 0);
const UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057";

let folder: string;
let house: FakeHouse;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-clips-"));
  house = new FakeHouse(openDatabase(":memory:"), undefined, folder);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Ten seconds, a key frame every two. */
async function record(livestreamId: string): Promise<void> {
  const recorder = house.recordings.record(livestreamId, null, noReports);
  for (const cut of programmeCuts({ seconds: 10 })) recorder.write(cut);
  await recorder.end();
}

async function finished(): Promise<{ id: string; mediaId: string }> {
  const { id, mediaId } = await house.finished();
  await record(id);
  return { id, mediaId };
}

/** Recorded from its start on; it is ten seconds later now. */
async function live(): Promise<string> {
  house.nowMs = RECORDED_MS;
  const id = await house.live();
  await record(id);
  house.nowMs = RECORDED_MS + 10_000;
  return id;
}

function clipOf(mediaId: string, startSeconds = 2.5, endSeconds = 5.03, copy = false): Promise<ClipResult> {
  return house.clips.ofMedia(mediaId, { name: "Goal", startSeconds, endSeconds, copy });
}

function liveClip(id: string, startSeconds: number, endSeconds: number): Promise<ClipResult> {
  const [startAtMs, endAtMs] = [RECORDED_MS + startSeconds * 1000, RECORDED_MS + endSeconds * 1000];
  return house.clips.ofLivestream(id, { name: "Now", startAtMs, endAtMs, copy: false });
}

async function made(result: Promise<ClipResult>): Promise<MediaView> {
  const clip = await result;
  if (!clip.ok) throw new Error(JSON.stringify(clip.refusal));
  return clip.media;
}

function folders(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}

const permanent = { permanent: true };

describe("a clip of an asset", () => {
  test("is an asset of its own, and says what it was cut from", async () => {
    const { id, mediaId } = await finished();
    const clip = await made(clipOf(mediaId));
    expect(clip).toMatchObject({
      ...{ livestreamId: id, type: "video", name: "Goal", description: null, status: "ready" },
      clipOf: { livestreamId: id, mediaId, startSeconds: 2, endSeconds: 5.04 },
      playlistUrl: `https://example.com/media/${clip.id}/index.m3u8`,
    });
    expect(clip.durationSeconds).toBeCloseTo(3.04, 9);
    expect(await house.mediaService.get(clip.id)).toEqual(clip);
    expect(await house.livestreams.get(id)).toMatchObject({ status: "finished", mediaId });
    expect(house.pictured).toEqual([clip.id]);
    expect(house.feed.events.at(-1)).toMatchObject({ type: "media.created", data: { mediaId: clip.id } });
  });

  test("may end a tenth of a second past the end, and no more", async () => {
    const { mediaId } = await finished();
    expect((await made(clipOf(mediaId, 0, 10.1))).durationSeconds).toBeCloseTo(10, 6);
    expect(await clipOf(mediaId, 0, 10.11)).toEqual({
      ok: false,
      refusal: {
        code: "validation_failed",
        fields: { endSeconds: "is past the end of the recording, at 10.000 s" },
      },
    });
    expect(await clipOf(mediaId, 10, 10.05)).toMatchObject({
      refusal: { fields: { startSeconds: "is not before the end of the recording, at 10.000 s" } },
    });
  });

  test("is refused of nothing, of what is soft-deleted, and of what was never recorded", async () => {
    expect(await clipOf(UNKNOWN)).toEqual({ ok: false, refusal: { code: "not_found" } });
    const unrecorded = await house.finished();
    expect(await clipOf(unrecorded.mediaId)).toMatchObject({ refusal: { code: "not_recorded" } });
    const { id, mediaId } = await finished();
    await house.mediaService.delete(mediaId, { permanent: false });
    const refusal = { code: "soft_deleted", currentStatus: "softDeleted" };
    expect(await clipOf(mediaId)).toMatchObject({ refusal });
    expect(await liveClip(id, 2, 4)).toMatchObject({ refusal });
    expect(folders()).toEqual([id]);
  });

  test("whose source goes while it is cut leaves nothing", async () => {
    const { mediaId } = await finished();
    for (const copy of [false, true]) {
      const { mediaId: other } = await finished();
      const clip = clipOf(other, 2.5, 5.03, copy);
      await house.mediaService.delete(other, permanent);
      const result = await clip;
      if (result.ok) await house.mediaService.delete(result.media.id, permanent);
    }
    await house.mediaService.delete(mediaId, permanent);
    expect(folders()).toEqual([]);
    expect(house.database.query("SELECT * FROM recording_removals").all()).toEqual([]);
  });
});

describe("a clip of a livestream", () => {
  test("is of what is recorded so far, by the time of day", async () => {
    const id = await live();
    const clip = await made(liveClip(id, 4.5, 7.99));
    expect(clip.clipOf).toEqual({ livestreamId: id, mediaId: null, startSeconds: 4, endSeconds: 8 });
  });

  test("while it is live ends with what is recorded by now, however late that is", async () => {
    const id = await live();
    house.nowMs = RECORDED_MS + 13_000;
    const clip = await made(liveClip(id, 8.5, 12.9));
    expect(clip.clipOf).toMatchObject({ startSeconds: 8, endSeconds: 10 });
  });

  test.each([
    [-5, 4, { startAtUtc: "is before the recording, which begins at 2026-11-24T12:00:00.000Z" }],
    [4, 40, { endAtUtc: expect.stringContaining("is past the end of the recording, 2026-11-24T12:00:1") }],
    [30, 40, { startAtUtc: expect.stringContaining("is not before the end of the recording, ") }],
  ])("from %p s to %p s is refused with why", async (start, end, fields) => {
    const id = await live();
    expect(await liveClip(id, start, end)).toMatchObject({
      ok: false,
      refusal: { code: "validation_failed", fields },
    });
  });

  test("of a time that nothing is recorded of, or of one that records nothing, is refused", async () => {
    const id = await live();
    house.nowMs = RECORDED_MS + 60_000;
    const refusal = { code: "not_recorded", currentStatus: "live", allowedActions: expect.any(Array) };
    expect(await liveClip(id, 12, 20)).toMatchObject({ ok: false, refusal });
    const created = await house.create();
    expect(await liveClip(created, 1, 2)).toMatchObject({
      refusal: {
        code: "not_recorded",
        currentStatus: "created",
        allowedActions: ["start", "update", "delete"],
      },
    });
    expect(await liveClip(await house.receiving(), 1, 2)).toMatchObject({
      refusal: { code: "not_recorded", currentStatus: "started" },
    });
    expect(await liveClip(await house.live(), 1, 2)).toMatchObject({ refusal });
    expect(await liveClip(UNKNOWN, 1, 2)).toMatchObject({ refusal: { code: "not_found" } });
  });

  test("that is finished is cut from its asset", async () => {
    house.nowMs = RECORDED_MS;
    const { mediaId, id } = await finished();
    expect((await made(liveClip(id, 4.5, 7.99))).clipOf).toMatchObject({ mediaId });
  });
});

describe("removal", () => {
  test("of the source leaves the bytes until the last clip goes", async () => {
    const { id, mediaId } = await finished();
    const first = await made(clipOf(mediaId));
    const second = await made(clipOf(first.id, 0.5, 2.5));
    expect(await house.mediaService.delete(mediaId, permanent)).toEqual({ ok: true });
    expect([await house.livestreams.get(id), await house.mediaService.get(mediaId)]).toEqual([null, null]);
    expect(folders()).toContain(id);
    expect(await house.mediaService.delete(first.id, permanent)).toEqual({ ok: true });
    expect(folders().sort()).toEqual([id, second.id].sort());
    expect(await house.mediaService.delete(second.id, permanent)).toEqual({ ok: true });
    expect(folders()).toEqual([]);
    expect(await house.mediaService.delete(second.id, permanent)).toMatchObject({ ok: false });
  });

  test("of a clip leaves its source", async () => {
    const { id, mediaId } = await finished();
    const clip = await made(clipOf(mediaId));
    await house.mediaService.delete(clip.id, permanent);
    expect(folders()).toEqual([id]);
    expect(await house.livestreams.get(id)).toMatchObject({ mediaId });
    expect(house.feed.events.at(-1)).toMatchObject({ type: "media.removed", data: { mediaId: clip.id } });
  });

  test("of a livestream that is live leaves what its clips play", async () => {
    const id = await live();
    const clip = await made(liveClip(id, 4.5, 7.99));
    await house.livestreams.delete(id);
    expect(folders()).toContain(id);
    const told = house.feed.events.length;
    await house.mediaService.delete(clip.id, { permanent: false });
    await house.mediaService.recover(clip.id);
    await house.mediaService.delete(clip.id, permanent);
    expect(folders()).toEqual([]);
    expect(house.feed.events).toHaveLength(told);
  });

  test("of a copy does not touch what it was copied from, nor the other way round", async () => {
    const { id, mediaId } = await finished();
    const copy = await made(clipOf(mediaId, 2.5, 5.03, true));
    await house.mediaService.delete(mediaId, permanent);
    expect(folders()).toEqual([copy.id]);
    expect(existsSync(join(folder, id))).toBe(false);
    await house.mediaService.delete(copy.id, permanent);
    expect(folders()).toEqual([]);
  });

  test("that the disk does not take is said, and done at the next start", async () => {
    const { id, mediaId } = await finished();
    const clip = await made(clipOf(mediaId));
    house.removeRecording = async () => {
      throw Object.assign(new Error("EROFS"), { code: "EROFS" });
    };
    await expect(house.mediaService.delete(clip.id, permanent)).rejects.toThrow("The clip is deleted. But");
    const next = new FakeHouse(house.database, undefined, folder);
    await next.livestreams.reopen();
    next.livestreams.goOn();
    await next.turns.settled();
    expect(folders()).toEqual([id]);
  });
});

test("copies are given up when the process ends, and leave nothing", async () => {
  const { id, mediaId } = await finished();
  await house.clips.shutdown();
  await expect(clipOf(mediaId, 0, 10, true)).rejects.toThrow();
  expect(folders()).toEqual([id]);
});
