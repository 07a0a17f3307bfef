// The token of whoever runs this server: the configured one, or one made at the first start and kept in a file.

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { messageOf } from "#server/common/failure.ts";

import { isBearerToken, matcherOf } from "#server/common/secret.ts";
import { StartError } from "#server/common/start-error.ts";
import { newToken } from "./new-token.ts";
import type { TokenRow, TokenScope, TokenStore } from "./token-store.ts";

/** How far the time that a token was last used at may be behind: a write in so long, however many calls come with it. */
const USE_NOTED_MS = 60_000;

/**
 * The file's token, made when there is none. Only its owner may read the file. Throws a {@link StartError} when it can be
 * neither made nor read.
 */
export function adminTokenIn(file: string): string {
  const token = contentOf(file).trim();
  if (!isBearerToken(token)) throw new StartError(`${file} holds no token; remove it to have a new one made`);
  return token;
}

function contentOf(file: string): string {
  try {
    if (!existsSync(file)) {
      const written = `${file}.new`;
      writeFileSync(written, `${newToken()}\n`, { mode: 0o600 });
      renameSync(written, file);
    }
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new StartError(`${file} can be neither made nor read: ${messageOf(error)}`);
  }
}

/** What a call with a token may do; null for an unknown one. That a stored one was used is noted. */
export function scopesOf(
  adminToken: string,
  tokens: Pick<TokenStore, "findByToken" | "noteUse">,
  dateMs: () => number,
): (token: string) => Promise<TokenScope | null> {
  const isAdmin = matcherOf(adminToken);
  return async (token) => {
    if (isAdmin(token)) return "admin";
    const row = await tokens.findByToken(token);
    if (row === null) return null;
    const atMs = dateMs();
    // Nobody waits for that, and a disk that does not take it holds up no call.
    if (isUseToBeNoted(row, atMs)) void tokens.noteUse(row.id, atMs).catch(() => undefined);
    return row.scope;
  };
}

/** Of a clock that was set back, too. */
function isUseToBeNoted({ lastUsedAtMs }: TokenRow, atMs: number): boolean {
  return lastUsedAtMs === null || Math.abs(atMs - lastUsedAtMs) >= USE_NOTED_MS;
}
