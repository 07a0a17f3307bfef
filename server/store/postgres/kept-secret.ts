// A secret in a table of its own: made once, always the same from then on.

import type { PostgresClient } from "./client.ts";

/** 256 bits. */
const SECRET_BYTES = 32;

export async function keptSecret(
  client: PostgresClient,
  table: "viewer_secret" | "playback_secret",
): Promise<Uint8Array> {
  const secret = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  await client.run(`INSERT INTO ${table} (id, secret) VALUES (0, $secret) ON CONFLICT DO NOTHING`, {
    secret,
  });
  const row = await client.first<{ secret: Uint8Array }>(`SELECT secret FROM ${table}`);
  return new Uint8Array(row?.secret ?? secret);
}
