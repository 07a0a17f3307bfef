// A token as it is made, and what is kept of it.

import { createHash } from "node:crypto";

/** 256 bits: nobody guesses one, so that a fast hash of it is enough. */
const TOKEN_BYTES = 32;

/** From a secure source, of characters that a URL and a Bearer token may hold. */
export function newToken(): string {
  return crypto
    .getRandomValues(new Uint8Array(TOKEN_BYTES))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

export function tokenHash(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
