// What everything that gives out turns does.

import { describe, expect, test } from "bun:test";
import { type NewPlace, withStores } from "./store-place.ts";

export function turnsContract(newPlace: NewPlace): void {
  describe("turns", () => {
    test("on one subject come in the order they were asked for, each once the one before is over", () =>
      withStores(newPlace, async ({ turns }) => {
        const done: string[] = [];
        const held = Promise.withResolvers<void>();
        const first = turns.run("a", async () => {
          await held.promise;
          done.push("first");
        });
        const second = turns.run("a", async () => done.push("second"));
        await turns.run("b", async () => done.push("of another subject"));
        held.resolve();
        await Promise.all([first, second]);
        expect(done).toEqual(["of another subject", "first", "second"]);
      }));

    test("fail for whoever asked, and for nobody behind", () =>
      withStores(newPlace, async ({ turns }) => {
        const failing = turns.run("a", async () => {
          throw new Error("EIO");
        });
        const next = turns.run("a", async () => "done");
        await expect(failing).rejects.toThrow("EIO");
        expect(await next).toBe("done");
      }));

    test("are settled once none is taken or waited for", () =>
      withStores(newPlace, async ({ turns }) => {
        const done: string[] = [];
        const held = Promise.withResolvers<void>();
        const first = turns.run("a", async () => {
          await held.promise;
          await turns.run("b", async () => done.push("asked for in a turn"));
        });
        const settled = turns.settled().then(() => done.push("settled"));
        held.resolve();
        await Promise.all([first, settled]);
        expect(done).toEqual(["asked for in a turn", "settled"]);
        await turns.settled();
      }));
  });
}
