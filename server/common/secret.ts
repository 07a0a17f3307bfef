// Secrets that callers bring: what a Bearer token looks like, and comparing one with what it should be.

import { createHash, timingSafeEqual } from "node:crypto";

/** Whether it is the secret, which takes as long for one that is nearly right as for any other. */
export function matcherOf(secret: string): (given: string) => boolean {
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given), expected);
}

/** Its length does not depend on the text's. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** What a Bearer token is made of (RFC 6750 §2.1). */
export function isBearerToken(text: string): boolean {
  return /^[A-Za-z0-9\-._~+/]+=*$/.test(text);
}
