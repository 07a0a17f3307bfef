// API tokens on disk, as their SHA-256 only: whoever reads the file can call nothing.

import type { Database } from "bun:sqlite";

/** `read` may only GET. */
export type TokenScope = "admin" | "read";

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly scope: TokenScope;
  readonly createdAtMs: number;
}

/** 256 bits: nobody guesses one, so that a fast hash of it is enough. */
const TOKEN_BYTES = 32;

export class TokenStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The token itself is in this answer and nowhere else. */
  create(name: string, scope: TokenScope, atMs: number): { token: string; row: TokenRow } {
    const row = { id: Bun.randomUUIDv7(), name, scope, createdAtMs: atMs };
    const token = newToken();
    this.#database
      .query(
        `INSERT INTO tokens (id, name, scope, token_sha256, created_at_ms)
         VALUES ($id, $name, $scope, $sha256, $createdAtMs)`,
      )
      .run({ ...row, sha256: sha256(token) });
    return { token, row };
  }

  /** Null for a token that was never made or was revoked. */
  findByToken(token: string): TokenRow | null {
    return this.#database
      .query<TokenRow, { sha256: Uint8Array }>(`${SELECT} WHERE token_sha256 = $sha256`)
      .get({ sha256: sha256(token) });
  }

  /** Oldest first. */
  list(): readonly TokenRow[] {
    return this.#database.query<TokenRow, []>(`${SELECT} ORDER BY created_at_ms, id`).all();
  }

  /** False when there is no such token. Takes effect with the next call. */
  revoke(id: string): boolean {
    return this.#database.query("DELETE FROM tokens WHERE id = $id").run({ id }).changes > 0;
  }
}

const SELECT = "SELECT id, name, scope, created_at_ms AS createdAtMs FROM tokens";

/** From a secure source, of characters that a URL and a Bearer token may hold. */
export function newToken(): string {
  return crypto
    .getRandomValues(new Uint8Array(TOKEN_BYTES))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

function sha256(text: string): Uint8Array {
  return new Bun.CryptoHasher("sha256").update(text).digest();
}
