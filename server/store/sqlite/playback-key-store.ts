// Playback keys in SQLite.

import type { Database } from "bun:sqlite";
import { newPlaybackKey } from "#server/store/new-playback-key.ts";
import type { PlaybackKey, PlaybackKeyStore } from "#server/store/playback-key-store.ts";

const SECRET_BYTES = 32;

export class SqlitePlaybackKeyStore implements PlaybackKeyStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async begin(atMs: number): Promise<void> {
    this.#database
      .transaction(() => {
        const one = this.#database.query("SELECT 1 FROM playback_keys WHERE believed_until_ms IS NULL").get();
        if (one === null) this.#insert(newPlaybackKey(atMs));
      })
      .immediate();
  }

  async believed(nowMs: number): Promise<readonly PlaybackKey[]> {
    return this.#database
      .query<PlaybackKey, { nowMs: number }>(
        `SELECT id, private_key AS privateJwk, created_at_ms AS createdAtMs, believed_until_ms AS believedUntilMs
         FROM playback_keys WHERE believed_until_ms IS NULL OR believed_until_ms > $nowMs
         ORDER BY believed_until_ms IS NOT NULL, believed_until_ms DESC, id`,
      )
      .all({ nowMs });
  }

  async rotate(atMs: number, believedUntilMs: number): Promise<PlaybackKey> {
    const key = newPlaybackKey(atMs);
    this.#database
      .transaction(() => {
        this.#database.query("DELETE FROM playback_keys WHERE believed_until_ms <= $atMs").run({ atMs });
        this.#database
          .query(
            "UPDATE playback_keys SET believed_until_ms = $believedUntilMs WHERE believed_until_ms IS NULL",
          )
          .run({ believedUntilMs });
        this.#insert(key);
      })
      .immediate();
    return key;
  }

  async secret(): Promise<Uint8Array> {
    const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
    this.#database
      .query("INSERT OR IGNORE INTO playback_secret (id, secret) VALUES (0, $secret)")
      .run({ secret });
    const row = this.#database.query<{ secret: Uint8Array }, []>("SELECT secret FROM playback_secret").get();
    return row?.secret ?? secret;
  }

  #insert({ id, privateJwk, createdAtMs }: PlaybackKey): void {
    this.#database
      .query(
        "INSERT INTO playback_keys (id, private_key, created_at_ms) VALUES ($id, $privateJwk, $createdAtMs)",
      )
      .run({ id, privateJwk, createdAtMs });
  }
}
