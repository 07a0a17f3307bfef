// The name of a picture, which is made of its bytes.

import { createHash } from "node:crypto";

/** 128 bits of a SHA-256: nobody finds two pictures with the same. */
export function contentHashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 32);
}
