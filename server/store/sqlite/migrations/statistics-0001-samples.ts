// Schema 1 of the statistics file: samples of each instance of each livestream, and the secret that viewer sessions are signed with.

/** Every `_at_ms` is milliseconds since 1970, UTC. */
export const SAMPLES = `
CREATE TABLE sample_series (
  id INTEGER NOT NULL PRIMARY KEY,
  livestream_id TEXT NOT NULL,
  instance TEXT NOT NULL CHECK (instance IN ('primary', 'secondary')),
  UNIQUE (livestream_id, instance)
) STRICT;

CREATE TABLE samples (
  series_id INTEGER NOT NULL,
  number INTEGER NOT NULL,                       -- 0, 1, 2 … without a gap, in the order of their times
  created_at_ms INTEGER NOT NULL,                -- rises with every number
  rtmp_connections INTEGER NOT NULL,
  hls_connections INTEGER NOT NULL,
  ingest_active INTEGER NOT NULL,
  on_air INTEGER NOT NULL,
  video_bitrate_kbps REAL,                       -- null, as those below, while there is no such track
  audio_bitrate_kbps REAL,
  frame_rate REAL,
  key_frame_interval_seconds REAL,
  timestamp_repairs INTEGER NOT NULL,
  PRIMARY KEY (series_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE viewer_secret (                     -- one row
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 0),
  secret BLOB NOT NULL
) STRICT;
`;
