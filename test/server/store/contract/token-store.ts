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
  });
}
