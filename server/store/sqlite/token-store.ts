// Tokens in SQLite.

import type { Database } from "bun:sqlite";
import { newToken, tokenHash } from "#server/store/new-token.ts";
import { type Page, type PageRequest, pageParameters } from "#server/store/page.ts";
import type { TokenRow, TokenScope, TokenSortField, TokenStore } from "#server/store/token-store.ts";
import { orderAndLimit } from "./order-and-limit.ts";

const SORT_COLUMNS = {
  name: "name COLLATE NOCASE",
  scope: "scope",
  createdAtUtc: "created_at_ms",
  lastUsedAtUtc: "last_used_at_ms",
} as const satisfies Record<TokenSortField, string>;

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
    return { token, row: { ...row, lastUsedAtMs: null } };
  }

  async findByToken(token: string): Promise<TokenRow | null> {
    return this.#database
      .query<TokenRow, { sha256: Uint8Array }>(`${SELECT} WHERE token_sha256 = $sha256`)
      .get({ sha256: tokenHash(token) });
  }

  async list(): Promise<readonly TokenRow[]> {
    return this.#database.query<TokenRow, []>(`${SELECT} ORDER BY created_at_ms, id`).all();
  }

  async page(request: PageRequest<TokenSortField>): Promise<Page<TokenRow>> {
    const items = this.#database
      .query<TokenRow, Record<string, number>>(`${SELECT} ${orderAndLimit(request.sort, SORT_COLUMNS)}`)
      .all(pageParameters(request));
    const counted = this.#database.query<{ total: number }, []>("SELECT count(*) AS total FROM tokens").get();
    return { items, total: counted?.total ?? 0 };
  }

  async noteUse(id: string, atMs: number): Promise<void> {
    this.#database.query("UPDATE tokens SET last_used_at_ms = $atMs WHERE id = $id").run({ id, atMs });
  }

  async revoke(id: string): Promise<boolean> {
    return this.#database.query("DELETE FROM tokens WHERE id = $id").run({ id }).changes > 0;
  }
}

const SELECT = `
  SELECT id, name, scope, created_at_ms AS createdAtMs, last_used_at_ms AS lastUsedAtMs
  FROM tokens`;
