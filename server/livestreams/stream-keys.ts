// Stream keys: how one is made, and how one that has leaked is replaced.

import type { InstanceName } from "#openapi/names.ts";
import type { LivestreamChange, LivestreamRow, LivestreamStore } from "#server/store/livestream-store.ts";
import { type Claim, claim, type Deciding } from "./claim.ts";
import type { LivestreamTurns } from "./livestream-turns.ts";

/** 192 bits: half as many again as the contract asks for, and a whole number of base64 characters. */
const STREAM_KEY_BYTES = 24;

/** It holds only characters that RTMP clients leave as they are. */
export function newStreamKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(STREAM_KEY_BYTES));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Where keys open inputs. */
export interface KeyedInputs {
  /** From now on this key opens the input; whoever came with the one before is cut. Nothing where no key does any more. */
  resetKey(id: string, instance: InstanceName, streamKey: string): void;
}

export interface StreamKeyResetOptions extends Deciding {
  readonly livestreams: Pick<LivestreamStore, "find" | "update">;
  readonly playouts: Deciding["playouts"] & KeyedInputs;
  readonly turns: Pick<LivestreamTurns, "decide">;
  readonly dateMs: () => number;
}

export class StreamKeyReset {
  readonly #options: StreamKeyResetOptions;

  constructor(options: StreamKeyResetOptions) {
    this.#options = options;
  }

  /** The new key is stored before it opens anything, and no stop or deletion comes between the two. */
  async reset(id: string, instance: InstanceName): Promise<Claim> {
    const { livestreams, playouts, turns, dateMs } = this.#options;
    const streamKey = newStreamKey();
    return turns.decide(id, async () => {
      if (!hasInstance(await livestreams.find(id), instance))
        return { ok: false, refusal: { code: "not_found" } };
      const claimed = await claim(
        this.#options,
        id,
        () => "resetKey",
        ({ status }) => livestreams.update(id, status, keyChange(instance, streamKey), dateMs()),
      );
      if (claimed.ok) playouts.resetKey(id, instance, streamKey);
      return claimed;
    });
  }
}

function hasInstance(row: LivestreamRow | null, instance: InstanceName): boolean {
  return row !== null && (instance === "primary" || row.withBackup);
}

function keyChange(instance: InstanceName, streamKey: string): LivestreamChange {
  return instance === "primary" ? { primaryStreamKey: streamKey } : { secondaryStreamKey: streamKey };
}
