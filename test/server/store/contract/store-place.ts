// What a contract asks of an implementation: a place to keep things in, that a process opens and its successor opens again.

import type { Stores } from "#server/store/stores.ts";

export interface StorePlace {
  /** One at a time: the stores that were opened before are closed by then. */
  open(): Promise<Stores>;
  remove(): Promise<void>;
}

/** A place that nothing was kept in yet. */
export type NewPlace = () => Promise<StorePlace>;

/** Runs with stores of a new place, which are closed afterwards. */
export async function withStores(newPlace: NewPlace, work: (stores: Stores) => Promise<void>): Promise<void> {
  const place = await newPlace();
  const stores = await place.open();
  try {
    await work(stores);
  } finally {
    await stores.close();
    await place.remove();
  }
}

/** What the successor of a process finds: `before` runs with the stores of the first, `after` with those of the second. */
export async function acrossRestart(
  newPlace: NewPlace,
  before: (stores: Stores) => Promise<void>,
  after: (stores: Stores) => Promise<void>,
): Promise<void> {
  const place = await newPlace();
  for (const work of [before, after]) {
    const stores = await place.open();
    try {
      await work(stores);
    } finally {
      await stores.close();
    }
  }
  await place.remove();
}
