// Schema 2 of the statistics file: what happened to each livestream.

/** Every `_at_ms` is milliseconds since 1970, UTC. */
export const EVENTS = `
CREATE TABLE events (
  livestream_id TEXT NOT NULL,
  number INTEGER NOT NULL,                       -- 0, 1, 2 … without a gap, in the order in which it happened
  id TEXT NOT NULL UNIQUE,                       -- UUIDv7
  at_ms INTEGER NOT NULL,
  type TEXT NOT NULL,
  instance TEXT CHECK (instance IN ('primary', 'secondary')),
  position_seconds REAL,                         -- where in the recording; null while there is none
  data TEXT NOT NULL,                            -- JSON, an object
  PRIMARY KEY (livestream_id, number)
) STRICT, WITHOUT ROWID;
`;
