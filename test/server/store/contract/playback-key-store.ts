// What every store of playback keys does.

import { describe, expect, test } from "bun:test";
import { acrossRestart, type NewPlace, withStores } from "./store-place.ts";

export function playbackKeyStoreContract(newPlace: NewPlace): void {
  describe("playback keys", () => {
    test("are made once, and there after a restart, as is the secret", async () => {
      let seen: unknown = null;
      await acrossRestart(
        newPlace,
        async ({ playbackKeys }) => {
          expect(await playbackKeys.believed(1000)).toEqual([]);
          await playbackKeys.begin(1000);
          await playbackKeys.begin(2000);
          const keys = await playbackKeys.believed(3000);
          expect(keys).toEqual([
            {
              id: expect.stringMatching(/^[\w-]{43}$/),
              privateJwk: expect.stringContaining('"crv":"Ed25519"'),
              ...{ createdAtMs: 1000, believedUntilMs: null },
            },
          ]);
          seen = [keys, await playbackKeys.secret()];
        },
        async ({ playbackKeys }) => {
          await playbackKeys.begin(4000);
          expect<unknown>([await playbackKeys.believed(5000), await playbackKeys.secret()]).toEqual(seen);
          expect((await playbackKeys.secret()).byteLength).toBe(32);
        },
      );
    });

    test("that were replaced are believed until then, and are gone with the rotation after", () =>
      withStores(newPlace, async ({ playbackKeys }) => {
        await playbackKeys.begin(1000);
        const [first] = await playbackKeys.believed(1000);
        const second = await playbackKeys.rotate(2000, 9000);
        const third = await playbackKeys.rotate(3000, 9500);
        const idsAt = async (nowMs: number) => (await playbackKeys.believed(nowMs)).map(({ id }) => id);
        expect(await idsAt(8999)).toEqual([third.id, second.id, first?.id ?? ""]);
        expect(await idsAt(9000)).toEqual([third.id, second.id]);
        expect(await idsAt(9500)).toEqual([third.id]);
        const fourth = await playbackKeys.rotate(9000, 20_000);
        expect(await idsAt(0)).toEqual([fourth.id, third.id, second.id]);
      }));

    test("one signs, of two that are made at once", () =>
      withStores(newPlace, async ({ playbackKeys }) => {
        await Promise.all([playbackKeys.begin(1000), playbackKeys.begin(1000)]);
        await Promise.all([playbackKeys.rotate(2000, 9000), playbackKeys.rotate(2000, 9000)]);
        const keys = await playbackKeys.believed(3000);
        expect(keys.filter(({ believedUntilMs }) => believedUntilMs === null)).toHaveLength(1);
        expect(keys).toHaveLength(3);
      }));
  });
}
