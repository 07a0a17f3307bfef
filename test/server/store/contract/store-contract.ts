// What every implementation of the stores does: each runs it on a place of its own kind.

import { describe } from "bun:test";
import { idempotencyStoreContract } from "./idempotency-store.ts";
import { livestreamStoreContract } from "./livestream-store.ts";
import { mediaStoreContract } from "./media-store.ts";
import { playbackKeyStoreContract } from "./playback-key-store.ts";
import { recordingRemovalStoreContract, thumbnailStoreContract } from "./removals-and-pictures.ts";
import { statisticsStoresContract } from "./statistics-stores.ts";
import type { NewPlace } from "./store-place.ts";
import { tokenStoreContract } from "./token-store.ts";
import { turnsContract } from "./turns.ts";
import { webhookStoresContract } from "./webhook-stores.ts";

export function storeContract(name: string, newPlace: NewPlace): void {
  describe(`${name}:`, () => {
    livestreamStoreContract(newPlace);
    mediaStoreContract(newPlace);
    recordingRemovalStoreContract(newPlace);
    thumbnailStoreContract(newPlace);
    tokenStoreContract(newPlace);
    playbackKeyStoreContract(newPlace);
    idempotencyStoreContract(newPlace);
    turnsContract(newPlace);
    statisticsStoresContract(newPlace);
    webhookStoresContract(newPlace);
  });
}
