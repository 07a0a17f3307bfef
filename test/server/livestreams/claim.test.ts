import { expect, test } from "bun:test";
import { type Claim, claim, decide } from "#server/livestreams/claim.ts";
import type { Action } from "#server/livestreams/lifecycle.ts";
import { FakeHouse } from "./fake-house.ts";

const UNKNOWN = "01890a5d-ac96-774b-bcce-b302099a8057";

/** What is stored, and who sends. */
const facts = (house: FakeHouse) => ({ livestreams: house.stored, playouts: house.playouts });

const decideOn = (house: FakeHouse, id: string, action: Action) => decide(facts(house), id, () => action);

function won(claimed: Claim): Claim & { ok: true } {
  if (!claimed.ok) throw new Error(`refused: ${claimed.refusal.code}`);
  return claimed;
}

test("what is allowed comes with what it was decided on", async () => {
  const house = new FakeHouse();
  const id = await house.receiving();
  expect<unknown>(await decideOn(house, id, "publish")).toEqual({
    ok: true,
    row: await house.stored.find(id),
    situation: "receiving",
  });
});

test("whether an encoder sends is part of the decision", async () => {
  const house = new FakeHouse();
  expect(await decideOn(house, await house.started(), "publish")).toMatchObject({
    ok: false,
    refusal: { code: "no_active_ingest", currentStatus: "started" },
  });
});

test("a refusal says what is allowed instead", async () => {
  const house = new FakeHouse();
  expect(await decideOn(house, await house.receiving(), "stop")).toEqual({
    ok: false,
    refusal: {
      code: "not_published",
      currentStatus: "started",
      allowedActions: ["publish", "resetKey", "update", "delete"],
    },
  });
});

test("of a finished livestream only the refused deletion says which asset it is now", async () => {
  const house = new FakeHouse();
  const { id, mediaId } = await house.finished();
  const over = { currentStatus: "finished", allowedActions: ["update"] } as const;
  expect(await decideOn(house, id, "delete")).toEqual({
    ok: false,
    refusal: { code: "converted_to_media", ...over, mediaId },
  });
  expect(await decideOn(house, id, "stop")).toEqual({
    ok: false,
    refusal: { code: "already_finished", ...over },
  });
});

test("an unknown livestream is not found, and nothing is written", async () => {
  const house = new FakeHouse();
  const write = async () => {
    throw new Error("written");
  };
  expect(await claim(facts(house), UNKNOWN, () => "update", write)).toEqual({
    ok: false,
    refusal: { code: "not_found" },
  });
});

test("what is refused is not written", async () => {
  const house = new FakeHouse();
  const id = await house.create();
  const write = async () => {
    throw new Error("written");
  };
  expect(await claim(facts(house), id, () => "stop", write)).toMatchObject({
    refusal: { code: "not_started" },
  });
});

test("a claim has the livestream as it was decided on and as it was written", async () => {
  const house = new FakeHouse();
  const id = await house.create();
  const claimed = await claim(
    facts(house),
    id,
    () => "start",
    ({ status }) => house.stored.changeStatus(id, status, "started", { ingestStartedAtMs: 7 }, 7),
  );
  const { before, row } = won(claimed);
  expect(before).toMatchObject({ status: "created", ingestStartedAtMs: null });
  expect(row).toMatchObject({ status: "started", ingestStartedAtMs: 7 });
});

test("what was claimed by deleting it is answered as it was", async () => {
  const house = new FakeHouse();
  const id = await house.create();
  const row = await house.stored.find(id);
  const claimed = await claim(
    facts(house),
    id,
    () => "delete",
    ({ status }) => house.stored.delete(id, status),
  );
  expect<unknown>(claimed).toEqual({ ok: true, before: row, row });
  expect(await house.stored.find(id)).toBeNull();
});

test("who lost between the decision and the write is refused by what the winner left", async () => {
  const house = new FakeHouse();
  const id = await house.create();
  let writes = 0;
  const claimed = await claim(
    facts(house),
    id,
    () => "start",
    async ({ status }) => {
      writes++;
      await house.stored.changeStatus(id, "created", "started", {}, 1);
      return await house.stored.changeStatus(id, status, "started", { primaryStreamKey: "of the loser" }, 2);
    },
  );
  expect(claimed).toMatchObject({ ok: false, refusal: { code: "already_started" } });
  expect(writes).toBe(1);
  expect((await house.stored.find(id))?.primaryStreamKey).toBeNull();
});

test("who lost to a change that still allows it writes onto what the winner left", async () => {
  const house = new FakeHouse();
  const id = await house.create();
  const seen: string[] = [];
  const claimed = await claim(
    facts(house),
    id,
    () => "update",
    async ({ status }) => {
      seen.push(status);
      if (seen.length === 1) await house.stored.changeStatus(id, "created", "started", {}, 1);
      return await house.stored.update(id, status, { name: "Renamed" }, 2);
    },
  );
  expect(seen).toEqual(["created", "started"]);
  const { before, row } = won(claimed);
  expect(before).toMatchObject({ status: "started", name: "Show" });
  expect(row).toMatchObject({ status: "started", name: "Renamed" });
});

test("what is done may depend on the livestream, each time that it is decided", async () => {
  const house = new FakeHouse();
  const id = await house.create();
  const claimed = await claim(
    facts(house),
    id,
    (row) => (row.status === "created" ? "start" : "publish"),
    async ({ status }) => {
      await house.stored.changeStatus(id, "created", "started", {}, 1);
      return await house.stored.changeStatus(id, status, "started", {}, 2);
    },
  );
  expect(claimed).toMatchObject({ refusal: { code: "no_active_ingest" } });
});
