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

    test("are waited for when everything is closed", async () => {
      let isDone = false;
      await withStores(newPlace, async ({ turns, livestreams }) => {
        void turns.run("a", async () => {
          await Bun.sleep(5);
          await livestreams.find("a");
          isDone = true;
        });
      });
      expect(isDone).toBe(true);
    });
  });
}
