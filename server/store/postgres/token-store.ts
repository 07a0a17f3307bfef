// Tokens in PostgreSQL.

import { newToken, tokenHash } from "#server/store/new-token.ts";
import { type Page, type PageRequest, pageParameters } from "#server/store/page.ts";
import { selected } from "#server/store/rows/columns.ts";
import type { TokenRow, TokenScope, TokenSortField, TokenStore } from "#server/store/token-store.ts";
import type { PostgresClient } from "./client.ts";
import { orderAndLimit } from "./order-and-limit.ts";

const COLUMNS = {
  id: "id",
  name: "name",
  scope: "scope",
  createdAtMs: "created_at_ms",
  lastUsedAtMs: "last_used_at_ms",
} as const satisfies Record<keyof TokenRow, string>;

const SORT_COLUMNS = {
  name: `lower(name COLLATE "C")`,
  scope: "scope",
  createdAtUtc: "created_at_ms",
  lastUsedAtUtc: "last_used_at_ms",
} as const satisfies Record<TokenSortField, string>;

const SELECT = `SELECT ${selected(COLUMNS)} FROM tokens`;

export class PostgresTokenStore implements TokenStore {
  readonly #client: PostgresClient;

  constructor(client: PostgresClient) {
    this.#client = client;
  }

  async create(name: string, scope: TokenScope, atMs: number): Promise<{ token: string; row: TokenRow }> {
    const row = { id: Bun.randomUUIDv7(), name, scope, createdAtMs: atMs };
    const token = newToken();
    await this.#client.run(
      `INSERT INTO tokens (id, name, scope, token_sha256, created_at_ms)
       VALUES ($id, $name, $scope, $sha256, $createdAtMs)`,
      { ...row, sha256: tokenHash(token) },
    );
    return { token, row: { ...row, lastUsedAtMs: null } };
  }

  findByToken(token: string): Promise<TokenRow | null> {
    return this.#client.first<TokenRow>(`${SELECT} WHERE token_sha256 = $sha256`, {
      sha256: tokenHash(token),
    });
  }

  list(): Promise<readonly TokenRow[]> {
    return this.#client.all<TokenRow>(`${SELECT} ORDER BY created_at_ms, id`);
  }

  async page(request: PageRequest<TokenSortField>): Promise<Page<TokenRow>> {
    const [items, counted] = await Promise.all([
      this.#client.all<TokenRow>(
        `${SELECT} ${orderAndLimit(request.sort, SORT_COLUMNS)}`,
        pageParameters(request),
      ),
      this.#client.first<{ total: number }>("SELECT count(*)::integer AS total FROM tokens"),
    ]);
    return { items, total: counted?.total ?? 0 };
  }

  async noteUse(id: string, atMs: number): Promise<void> {
    await this.#client.run("UPDATE tokens SET last_used_at_ms = $atMs WHERE id = $id", { id, atMs });
  }

  async revoke(id: string): Promise<boolean> {
    return (await this.#client.run("DELETE FROM tokens WHERE id = $id", { id })) > 0;
  }
}
