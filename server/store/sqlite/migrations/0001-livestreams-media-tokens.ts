// Schema 1: livestreams, the media assets they become, API tokens, remembered answers, folders yet to be removed.

/** Every `_at_ms` is milliseconds since 1970, UTC. */
export const LIVESTREAMS_MEDIA_TOKENS = `
CREATE TABLE livestreams (
  id TEXT NOT NULL PRIMARY KEY,                  -- UUIDv7
  name TEXT NOT NULL,
  description TEXT,
  with_dvr INTEGER NOT NULL,
  with_backup INTEGER NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('created', 'started', 'live', 'converting', 'finished', 'failed')),
  primary_stream_key TEXT,                       -- null before start and after stop
  secondary_stream_key TEXT,                     -- null also without a backup
  conversion_message TEXT,                       -- why the recording is missing or incomplete
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  ingest_started_at_ms INTEGER,
  started_at_ms INTEGER,
  stopped_at_ms INTEGER,
  finished_at_ms INTEGER
) STRICT;
CREATE INDEX livestreams_by_creation ON livestreams (created_at_ms, id);
CREATE INDEX livestreams_by_status ON livestreams (status, created_at_ms, id);

CREATE TABLE media (
  id TEXT NOT NULL PRIMARY KEY,                  -- UUIDv7
  livestream_id TEXT NOT NULL UNIQUE REFERENCES livestreams (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  description TEXT,
  duration_seconds REAL NOT NULL,
  size_bytes INTEGER NOT NULL,
  width INTEGER,
  height INTEGER,
  video_codec TEXT,                              -- RFC 6381
  audio_codec TEXT,                              -- RFC 6381
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER                          -- null while it is not soft-deleted
) STRICT;
CREATE INDEX media_by_creation ON media (created_at_ms, id);

CREATE TABLE tokens (
  id TEXT NOT NULL PRIMARY KEY,                  -- UUIDv7
  name TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope IN ('admin', 'read')),
  token_sha256 BLOB NOT NULL UNIQUE,             -- the token itself is not kept
  created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
  route TEXT NOT NULL,
  key TEXT NOT NULL,
  claimed_at_ms INTEGER NOT NULL,
  answer TEXT,                                   -- JSON; null while the first call is still being answered
  PRIMARY KEY (route, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (claimed_at_ms);

CREATE TABLE recording_removals (                -- a row is gone from livestreams, its recording is not yet gone from disk
  livestream_id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
`;
