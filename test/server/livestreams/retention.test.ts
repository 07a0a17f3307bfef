import { expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { Retention } from "#server/livestreams/retention.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeHouse } from "./fake-house.ts";

const DAY_MS = 86_400_000;

/** A house with what keeps it tidy; `date` is what is trusted. */
class Kept {
  readonly house = new FakeHouse();
  readonly logged: string[] = [];
  date: number | null = null;

  retention(mediaDays: number | null, trashDays: number): Retention {
    return new Retention({
      mediaDays,
      trashDays,
      stored: this.house.media,
      media: this.house.mediaService,
      date: { look: async () => this.date },
      delay: (_, signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve())),
      log: createLog({ level: "info", write: (line) => this.logged.push(line), clock: new FakeClock() }),
    });
  }

  async createdAtMs(mediaId: string): Promise<number> {
    return (await this.house.media.find(mediaId))?.createdAtMs ?? Number.NaN;
  }

  /** Null once it is gone for good. */
  async statusOf(mediaId: string): Promise<string | null> {
    return (await this.house.mediaService.get(mediaId))?.status ?? null;
  }

  get events(): string[] {
    return this.logged.map((line) => JSON.parse(line).event);
  }
}

test("media are soft-deleted at their age, and not a millisecond before, as a deletion would", async () => {
  const kept = new Kept();
  const { id, mediaId } = await kept.house.finished();
  const retention = kept.retention(7, 30);
  kept.date = (await kept.createdAtMs(mediaId)) + 7 * DAY_MS - 1;
  await retention.look();
  expect(await kept.statusOf(mediaId)).toBe("ready");
  kept.date += 1;
  await retention.look();
  expect(await kept.statusOf(mediaId)).toBe("softDeleted");
  expect(kept.house.feed.events.at(-1)).toMatchObject({ type: "media.deleted", livestreamId: id });
  expect(kept.house.removed).toEqual([]);
  await retention.look();
  expect(kept.events).toEqual(["media_retired"]);
});

test("the trash is emptied at its age, and not a millisecond before, with all that was recorded", async () => {
  const kept = new Kept();
  const { id, mediaId } = await kept.house.finished();
  const stays = await kept.house.finished();
  await kept.house.mediaService.delete(mediaId, { permanent: false });
  const deletedAtMs = (await kept.house.media.find(mediaId))?.deletedAtMs ?? Number.NaN;
  const retention = kept.retention(null, 30);
  kept.date = deletedAtMs + 30 * DAY_MS - 1;
  await retention.look();
  expect(await kept.statusOf(mediaId)).toBe("softDeleted");
  kept.date += 1;
  await retention.look();
  expect([await kept.statusOf(mediaId), await kept.statusOf(stays.mediaId)]).toEqual([null, "ready"]);
  expect(kept.house.removed).toEqual([id]);
  expect(await kept.house.livestreams.get(id)).toBeNull();
  expect(kept.events).toEqual(["trash_removed"]);
});

test("nothing goes without an age, nor by a date that is not trusted", async () => {
  const kept = new Kept();
  const { mediaId } = await kept.house.finished();
  const trash = await kept.house.finished();
  await kept.house.mediaService.delete(trash.mediaId, { permanent: false });
  kept.date = Number.MAX_SAFE_INTEGER;
  await kept.retention(null, 0).look();
  kept.date = null;
  await kept.retention(1, 1).look();
  expect([await kept.statusOf(mediaId), await kept.statusOf(trash.mediaId)]).toEqual([
    "ready",
    "softDeleted",
  ]);
});

test("what was created in the future, by a clock set back since, is not old", async () => {
  const kept = new Kept();
  const { mediaId } = await kept.house.finished();
  kept.date = (await kept.createdAtMs(mediaId)) - 400 * DAY_MS;
  await kept.retention(1, 1).look();
  expect(await kept.statusOf(mediaId)).toBe("ready");
});

test("what is restored while the trash is emptied stays", async () => {
  const kept = new Kept();
  const { mediaId } = await kept.house.finished();
  await kept.house.mediaService.delete(mediaId, { permanent: false });
  const deletedUntilMs = (await kept.house.media.find(mediaId))?.deletedAtMs ?? Number.NaN;
  const restoring = kept.house.mediaService.recover(mediaId);
  const removing = kept.house.mediaService.delete(mediaId, { permanent: true, deletedUntilMs });
  expect([(await restoring).ok, (await removing).ok]).toEqual([true, false]);
  expect(await kept.statusOf(mediaId)).toBe("ready");
});

test("more than fit into a batch go, and one that cannot be removed keeps none from it", async () => {
  const kept = new Kept();
  const finished = await Promise.all(Array.from({ length: 205 }, () => kept.house.finished()));
  for (const { mediaId } of finished) await kept.house.mediaService.delete(mediaId, { permanent: false });
  kept.date = kept.house.nowMs + DAY_MS;
  let calls = 0;
  kept.house.removeRecording = async () => {
    calls += 1;
    if (calls === 3) throw new Error("EIO");
  };
  await kept.retention(null, 1).look();
  expect(kept.house.removed).toHaveLength(204);
  expect(kept.events.filter((event) => event === "media_not_removed")).toHaveLength(1);
});

test("it looks at its start, and not any more when it is stopped", async () => {
  const kept = new Kept();
  const { mediaId } = await kept.house.finished();
  const other = await kept.house.finished();
  kept.date = (await kept.createdAtMs(other.mediaId)) + DAY_MS;
  const retention = kept.retention(1, 0);
  retention.start();
  retention.stop();
  await Bun.sleep(20);
  expect([await kept.statusOf(mediaId), await kept.statusOf(other.mediaId)]).toEqual(["ready", "ready"]);
  const again = kept.retention(1, 0);
  again.start();
  while ((await kept.statusOf(other.mediaId)) !== "softDeleted") await Bun.sleep(1);
  again.stop();
  expect(await kept.statusOf(mediaId)).toBe("softDeleted");
});
