// What a test looks for in an object store.

import type { ObjectStore } from "#server/store/object-store.ts";

/** Keys that begin so, in their order. */
export async function keysIn(store: Pick<ObjectStore, "list">, prefix = ""): Promise<readonly string[]> {
  return (await Array.fromAsync(store.list(prefix))).map(({ key }) => key);
}
