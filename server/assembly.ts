// Every part of the server, built in the order of their dependence and joined to the others; here alone parts meet.
// Nothing is listened on yet, and nothing of the last run is taken up.

import { buildFront } from "./assembly/front.ts";
import { buildHouse } from "./assembly/house.ts";
import { openStorage } from "./assembly/storage.ts";
import { surroundingsOf } from "./assembly/surroundings.ts";
import type { Config } from "./command/config.ts";
import type { Clock } from "./common/clock.ts";

export type Assembly = Awaited<ReturnType<typeof assemble>>;

/** Fails with a `StartError` when the data directory cannot be used. */
export async function assemble(config: Config, clock: Clock) {
  const surroundings = surroundingsOf(config, clock);
  const storage = await openStorage(config, surroundings);
  const house = buildHouse(config, surroundings, storage);
  const front = buildFront(config, surroundings, storage, house);
  return { ...surroundings, ...storage, ...house, ...front };
}
