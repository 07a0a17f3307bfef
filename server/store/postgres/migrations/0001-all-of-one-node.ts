// Schema 1: all that SQLite holds of one node in its two files.

/**
 * Every `_at_ms` is milliseconds since 1970, UTC, as a double: exact, and a number to whoever reads it. Flags are 0 or 1.
 * Texts that are compared or sorted are so byte by byte, whatever the language of the database.
 */
export const ALL_OF_ONE_NODE = `
CREATE TABLE livestreams (
  id text COLLATE "C" PRIMARY KEY,                        -- UUIDv7
  name text NOT NULL,
  description text,
  with_dvr integer NOT NULL,
  with_backup integer NOT NULL,
  playback_policy text COLLATE "C" NOT NULL CHECK (playback_policy IN ('public', 'signed')),
  status text COLLATE "C" NOT NULL
    CHECK (status IN ('created', 'started', 'live', 'converting', 'finished', 'failed')),
  primary_stream_key text,                                -- null before start and after stop
  secondary_stream_key text,                              -- null also without a backup
  conversion_message text,                                -- why the recording is missing or incomplete
  created_at_ms double precision NOT NULL,
  updated_at_ms double precision NOT NULL,
  ingest_started_at_ms double precision,
  started_at_ms double precision,
  stopped_at_ms double precision,
  finished_at_ms double precision
);
CREATE INDEX livestreams_by_creation ON livestreams (created_at_ms, id);
CREATE INDEX livestreams_by_status ON livestreams (status, created_at_ms, id);

CREATE TABLE media (
  id text COLLATE "C" PRIMARY KEY,                        -- UUIDv7
  livestream_id text COLLATE "C" NOT NULL,                -- may be gone before its clips are
  recording_id text COLLATE "C" NOT NULL,                 -- whose bytes it plays: the livestream's, or a copy under its own id
  name text NOT NULL,
  description text,
  duration_seconds double precision NOT NULL,
  size_bytes double precision NOT NULL,
  width integer,
  height integer,
  video_codec text,                                       -- RFC 6381
  audio_codec text,                                       -- RFC 6381
  playback_policy text NOT NULL CHECK (playback_policy IN ('public', 'signed')), -- of what it was made of
  clip_media_id text,                                     -- the asset it was cut from; null: the livestream itself
  clip_start_seconds double precision,                    -- in what it was cut from; null: it is no clip
  clip_end_seconds double precision,
  clip_cut text,                                          -- JSON; null: it plays all of its recording
  created_at_ms double precision NOT NULL,
  updated_at_ms double precision NOT NULL,
  deleted_at_ms double precision                          -- null while it is not soft-deleted
);
CREATE INDEX media_by_creation ON media (created_at_ms, id);
CREATE INDEX media_by_recording ON media (recording_id);
CREATE UNIQUE INDEX media_of_livestreams ON media (livestream_id) WHERE clip_start_seconds IS NULL;

CREATE TABLE thumbnails (
  livestream_id text COLLATE "C" NOT NULL,                -- or the id of a clip
  source text COLLATE "C" NOT NULL CHECK (source IN ('upload', 'auto')),
  content_hash text NOT NULL,                             -- names its folder on disk and its URL
  width integer NOT NULL,                                 -- pixels
  height integer NOT NULL,
  stored_at_ms double precision,                          -- null: before that was noted
  PRIMARY KEY (livestream_id, source)
);

CREATE TABLE tokens (
  id text COLLATE "C" PRIMARY KEY,                        -- UUIDv7
  name text NOT NULL,
  scope text NOT NULL CHECK (scope IN ('admin', 'read')),
  token_sha256 bytea NOT NULL UNIQUE,                     -- the token itself is not kept
  created_at_ms double precision NOT NULL,
  last_used_at_ms double precision                        -- null while it was not; about a minute behind
);

CREATE TABLE playback_keys (
  id text COLLATE "C" PRIMARY KEY,                        -- the kid of its tokens
  private_key text NOT NULL,                              -- JWK (RFC 8037), JSON
  created_at_ms double precision NOT NULL,
  believed_until_ms double precision                      -- null of the one that signs
);
CREATE UNIQUE INDEX playback_keys_that_sign ON playback_keys ((believed_until_ms IS NULL))
  WHERE believed_until_ms IS NULL;
CREATE TABLE playback_secret (                            -- what sessions are signed with, and secret paths are made of
  id integer PRIMARY KEY CHECK (id = 0),
  secret bytea NOT NULL
);

CREATE TABLE idempotency_keys (
  route text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  claimed_at_ms double precision NOT NULL,
  answer text,                                            -- JSON; null while the first call is still being answered
  PRIMARY KEY (route, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (claimed_at_ms);

CREATE TABLE recording_removals (                         -- a row is gone from livestreams, its recording is not yet gone
  livestream_id text COLLATE "C" PRIMARY KEY
);
CREATE TABLE picture_removals (                           -- its pictures are yet to be removed, its recording is still referred to
  id text COLLATE "C" PRIMARY KEY
);

CREATE TABLE rising_time (
  id integer PRIMARY KEY CHECK (id = 1),                  -- there is one row at most
  reserved_ms double precision NOT NULL,                  -- nothing later was handed out
  risen_ms double precision NOT NULL,
  date_ms double precision NOT NULL                       -- milliseconds since 1970, when this was written
);
CREATE TABLE date_mark (
  id integer PRIMARY KEY CHECK (id = 1),                  -- there is one row at most
  seen_ms double precision NOT NULL,                      -- milliseconds since 1970
  held_ms double precision NOT NULL
);
CREATE TABLE viewer_secret (
  id integer PRIMARY KEY CHECK (id = 0),                  -- there is one row at most
  secret bytea NOT NULL
);

CREATE TABLE sample_series (
  id integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
  livestream_id text COLLATE "C" NOT NULL,
  instance text COLLATE "C" NOT NULL CHECK (instance IN ('primary', 'secondary')),
  UNIQUE (livestream_id, instance)
);
CREATE TABLE samples (
  series_id integer NOT NULL,
  number integer NOT NULL,                                -- 0, 1, 2 … without a gap, in the order of their times
  created_at_ms double precision NOT NULL,                -- rises with every number
  rtmp_connections integer NOT NULL,
  hls_connections integer NOT NULL,
  ingest_active integer NOT NULL,
  on_air integer NOT NULL,
  video_bitrate_kbps double precision,                    -- null, as those below, while there is no such track
  audio_bitrate_kbps double precision,
  frame_rate double precision,
  key_frame_interval_seconds double precision,
  timestamp_repairs double precision NOT NULL,
  PRIMARY KEY (series_id, number)
);

CREATE TABLE events (
  livestream_id text COLLATE "C" NOT NULL,
  number integer NOT NULL,                                -- 0, 1, 2 … without a gap, in the order in which it happened
  id text COLLATE "C" NOT NULL UNIQUE,                    -- UUIDv7
  at_ms double precision NOT NULL,
  type text COLLATE "C" NOT NULL,
  instance text CHECK (instance IN ('primary', 'secondary')),
  position_seconds double precision,                      -- where in the recording; null while there is none
  data text NOT NULL,                                     -- JSON, an object
  PRIMARY KEY (livestream_id, number)
);
CREATE INDEX events_by_type ON events (livestream_id, type, number);

CREATE TABLE webhooks (
  id text COLLATE "C" PRIMARY KEY,                        -- UUIDv7
  url text NOT NULL,
  events text NOT NULL,                                   -- JSON, an array: types, or * alone
  description text,
  is_active integer NOT NULL,
  secret text NOT NULL,                                   -- what deliveries are signed with
  created_at_ms double precision NOT NULL,
  updated_at_ms double precision NOT NULL
);
CREATE TABLE webhook_deliveries (
  webhook_id text COLLATE "C" NOT NULL,
  number integer NOT NULL,                                -- without a gap, in the order in which it happened; the oldest go first
  id text COLLATE "C" NOT NULL UNIQUE,                    -- UUIDv7
  event_id text NOT NULL,                                 -- what the receiver tells doubles by
  lane text COLLATE "C" NOT NULL,                         -- the livestream's id; its own where it waits for nothing
  type text NOT NULL,
  body text NOT NULL,                                     -- JSON, as it is sent
  state text NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
  failures integer NOT NULL,                              -- since it was made, or asked for once more
  attempts text NOT NULL,                                 -- JSON, an array, oldest first
  next_attempt_rising_ms double precision,                -- of what shares a lane only the first that is pending has one
  touched_rising_ms double precision NOT NULL,            -- the last attempt; before one, when it was made
  created_at_ms double precision NOT NULL,
  PRIMARY KEY (webhook_id, number)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, next_attempt_rising_ms)
  WHERE next_attempt_rising_ms IS NOT NULL;
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries (webhook_id, lane, number) WHERE state = 'pending';

CREATE TABLE written_batches (                            -- of samples and events, so that none is written twice
  writer text COLLATE "C" PRIMARY KEY,                    -- a process
  batch integer NOT NULL                                  -- the number of its last one
);
`;
