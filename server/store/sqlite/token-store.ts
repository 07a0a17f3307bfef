// Tokens in SQLite.

import type { Database } from "bun:sqlite";
import { newToken, tokenHash } from "#server/store/new-token.ts";
import type { TokenRow, TokenScope, TokenStore } from "#server/store/token-store.ts";

export class SqliteTokenStore implements TokenStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async create(name: string, scope: TokenScope, atMs: number): Promise<{ token: string; row: TokenRow }> {
    const row = { id: Bun.randomUUIDv7(), name, scope, createdAtMs: atMs };
    const token = newToken();
    this.#database
      .query(
        `INSERT INTO tokens (id, name, scope, token_sha256, created_at_ms)
         VALUES ($id, $name, $scope, $sha256, $createdAtMs)`,
      )
      .run({ ...row, sha256: tokenHash(token) });
    return { token, row };
  }

  async findByToken(token: string): Promise<TokenRow | null> {
    return this.#database
      .query<TokenRow, { sha256: Uint8Array }>(`${SELECT} WHERE token_sha256 = $sha256`)
      .get({ sha256: tokenHash(token) });
  }

  async list(): Promise<readonly TokenRow[]> {
    return this.#database.query<TokenRow, []>(`${SELECT} ORDER BY created_at_ms, id`).all();
  }

  async revoke(id: string): Promise<boolean> {
    return this.#database.query("DELETE FROM tokens WHERE id = $id").run({ id }).changes > 0;
  }
}

const SELECT = "SELECT id, name, scope, created_at_ms AS createdAtMs FROM tokens";
