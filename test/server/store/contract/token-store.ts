// What every store of tokens does.

import { describe, expect, test } from "bun:test";
import { type NewPlace, withStores } from "./store-place.ts";

export function tokenStoreContract(newPlace: NewPlace): void {
  describe("tokens", () => {
    test("open what their scope opens until they are revoked", () =>
      withStores(newPlace, async ({ tokens }) => {
        const admin = await tokens.create("ci", "admin", 1000);
        const read = await tokens.create("dashboard", "read", 2000);
        expect(await tokens.findByToken(admin.token)).toEqual(admin.row);
        expect((await tokens.findByToken(read.token))?.scope).toBe("read");
        expect(await tokens.findByToken("")).toBeNull();
        expect(await tokens.list()).toEqual([admin.row, read.row]);
        expect(await tokens.revoke(admin.row.id)).toBe(true);
        expect(await tokens.revoke(admin.row.id)).toBe(false);
        expect(await tokens.findByToken(admin.token)).toBeNull();
        expect(await tokens.list()).toEqual([read.row]);
      }));

    test("come in pages, newest first or as they are sorted", () =>
      withStores(newPlace, async ({ tokens }) => {
        for (const [index, name] of ["b", "C", "a"].entries())
          await tokens.create(name, "read", 1000 + index);
        const namesOf = async (request: Parameters<typeof tokens.page>[0]) => {
          const { items, total } = await tokens.page(request);
          return [...items.map(({ name }) => name), total];
        };
        expect(await namesOf({ page: 0, perpage: 2, sort: null })).toEqual(["a", "C", 3]);
        expect(await namesOf({ page: 1, perpage: 2, sort: null })).toEqual(["b", 3]);
        const sort = { field: "name", descending: false } as const;
        expect(await namesOf({ page: 0, perpage: 9, sort })).toEqual(["a", "b", "C", 3]);
      }));

    test("say when they were used last", () =>
      withStores(newPlace, async ({ tokens }) => {
        const { token, row } = await tokens.create("ci", "admin", 1000);
        expect(row.lastUsedAtMs).toBeNull();
        await tokens.noteUse(row.id, 5000);
        await tokens.noteUse("nobody's", 6000);
        expect(await tokens.findByToken(token)).toEqual({ ...row, lastUsedAtMs: 5000 });
        expect(await tokens.list()).toEqual([{ ...row, lastUsedAtMs: 5000 }]);
      }));
  });
}
