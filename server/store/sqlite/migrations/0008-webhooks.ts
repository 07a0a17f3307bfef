// Schema with webhooks: where events are sent to.

export const WEBHOOKS = `
CREATE TABLE webhooks (
  id TEXT NOT NULL PRIMARY KEY,                  -- UUIDv7
  url TEXT NOT NULL,
  events TEXT NOT NULL,                          -- JSON, an array: types, or * alone
  description TEXT,
  is_active INTEGER NOT NULL,
  secret TEXT NOT NULL,                          -- what deliveries are signed with
  created_at_ms INTEGER NOT NULL,                -- milliseconds since 1970, UTC
  updated_at_ms INTEGER NOT NULL
) STRICT;
`;
