// A playback key as it is made.

import { createHash, generateKeyPairSync, type JsonWebKey } from "node:crypto";
import type { PlaybackKey } from "./playback-key-store.ts";

/** It signs. */
export function newPlaybackKey(atMs: number): PlaybackKey {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return { id: thumbprint(jwk), privateJwk: JSON.stringify(jwk), createdAtMs: atMs, believedUntilMs: null };
}

/** RFC 7638 §3 and RFC 8037 §2: of the required members of the public half, in this order. */
function thumbprint({ crv, kty, x }: JsonWebKey): string {
  return createHash("sha256").update(JSON.stringify({ crv, kty, x })).digest("base64url");
}
