// Schema of the statistics file with what is sent to webhooks, beside the events, so that both are written at once.

/**
 * `_at_ms` is milliseconds since 1970, UTC; `_rising_ms` is of the time that never goes back. A webhook lives in the other file.
 * What shares a lane is sent one after another: only the first that is pending there has a next attempt.
 */
export const WEBHOOK_DELIVERIES = `
CREATE TABLE webhook_deliveries (
  webhook_id TEXT NOT NULL,
  number INTEGER NOT NULL,                       -- without a gap, in the order in which it happened; the oldest go first
  id TEXT NOT NULL UNIQUE,                       -- UUIDv7
  event_id TEXT NOT NULL,                        -- what the receiver tells doubles by
  lane TEXT NOT NULL,                            -- the livestream's id; its own where it waits for nothing
  type TEXT NOT NULL,
  body TEXT NOT NULL,                            -- JSON, as it is sent
  state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  failures INTEGER NOT NULL,                     -- since it was made, or asked for once more
  attempts TEXT NOT NULL,                        -- JSON, an array, oldest first
  next_attempt_rising_ms INTEGER,
  touched_rising_ms INTEGER NOT NULL,            -- the last attempt; before one, when it was made
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (webhook_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_attempt_rising_ms)
  WHERE next_attempt_rising_ms IS NOT NULL;
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, lane, number) WHERE state = 'pending';
`;
