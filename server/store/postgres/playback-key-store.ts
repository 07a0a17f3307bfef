// Playback keys in PostgreSQL.

import { newPlaybackKey } from "#server/store/new-playback-key.ts";
import type { PlaybackKey, PlaybackKeyStore } from "#server/store/playback-key-store.ts";
import { selected } from "#server/store/rows/columns.ts";
import type { PostgresClient } from "./client.ts";
import { keptSecret } from "./kept-secret.ts";
import type { Queries } from "./queries.ts";

/** Member of the key → column. */
const COLUMNS = {
  id: "id",
  privateJwk: "private_key",
  createdAtMs: "created_at_ms",
  believedUntilMs: "believed_until_ms",
} as const satisfies Record<keyof PlaybackKey, string>;

export class PostgresPlaybackKeyStore implements PlaybackKeyStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  /** Of several that begin at once one makes it: one at most signs. */
  async begin(atMs: number): Promise<void> {
    await this.#client.transaction((queries) =>
      insert(queries, newPlaybackKey(atMs), "ON CONFLICT DO NOTHING"),
    );
  }

  believed(nowMs: number): Promise<readonly PlaybackKey[]> {
    return this.#client.all<PlaybackKey>(
      `SELECT ${selected(COLUMNS)} FROM playback_keys
       WHERE believed_until_ms IS NULL OR believed_until_ms > $nowMs
       ORDER BY believed_until_ms IS NOT NULL, believed_until_ms DESC, id`,
      { nowMs },
    );
  }

  async rotate(atMs: number, believedUntilMs: number): Promise<PlaybackKey> {
    const key = newPlaybackKey(atMs);
    await this.#client.transaction(async (queries) => {
      // Of two that rotate at once the second replaces the first one's key, which no statement before its end would see.
      await queries.run("LOCK TABLE playback_keys IN SHARE ROW EXCLUSIVE MODE");
      await queries.run("DELETE FROM playback_keys WHERE believed_until_ms <= $atMs", { atMs });
      await queries.run(
        "UPDATE playback_keys SET believed_until_ms = $believedUntilMs WHERE believed_until_ms IS NULL",
        { believedUntilMs },
      );
      await insert(queries, key);
    });
    return key;
  }

  secret(): Promise<Uint8Array> {
    return keptSecret(this.#client, "playback_secret");
  }
}

function insert(
  queries: Queries,
  { id, privateJwk, createdAtMs }: PlaybackKey,
  onConflict = "",
): Promise<number> {
  return queries.run(
    `INSERT INTO playback_keys (id, private_key, created_at_ms)
     VALUES ($id, $privateJwk, $createdAtMs) ${onConflict}`,
    { id, privateJwk, createdAtMs },
  );
}
