// API tokens as they are stored: of each its SHA-256 only, so that whoever reads the store can call nothing.

/** `read` may only GET. */
export type TokenScope = "admin" | "read";

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly scope: TokenScope;
  readonly createdAtMs: number;
}

export interface TokenStore {
  /** The token itself is in this answer and nowhere else. */
  create(name: string, scope: TokenScope, atMs: number): Promise<{ token: string; row: TokenRow }>;

  /** Null for a token that was never made or was revoked. */
  findByToken(token: string): Promise<TokenRow | null>;

  /** Oldest first. */
  list(): Promise<readonly TokenRow[]>;

  /** False when there is no such token. Takes effect with the next call. */
  revoke(id: string): Promise<boolean>;
}
