// API tokens as they are stored: of each its SHA-256 only, so that whoever reads the store can call nothing.

import type { Page, PageRequest } from "./page.ts";

/** `read` may only GET. */
export type TokenScope = "admin" | "read";

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  readonly scope: TokenScope;
  readonly createdAtMs: number;
  /** As it was noted last; null while it was never used. */
  readonly lastUsedAtMs: number | null;
}

export type TokenSortField = "name" | "scope" | "createdAtUtc" | "lastUsedAtUtc";

export interface TokenStore {
  /** The token itself is in this answer and nowhere else. */
  create(name: string, scope: TokenScope, atMs: number): Promise<{ token: string; row: TokenRow }>;

  /** Null for a token that was never made or was revoked. */
  findByToken(token: string): Promise<TokenRow | null>;

  /** Oldest first. */
  list(): Promise<readonly TokenRow[]>;

  page(request: PageRequest<TokenSortField>): Promise<Page<TokenRow>>;

  /** A call came with it. Nothing happens when there is no such token any more. */
  noteUse(id: string, atMs: number): Promise<void>;

  /** False when there is no such token. Takes effect with the next call. */
  revoke(id: string): Promise<boolean>;
}
