// Schema with clips: assets that play a stretch of a recording, and keep its bytes when the livestream is gone.

/** A row of `media` is the one reference to the bytes it names: these stay while there is one, or the livestream. */
export const CLIPS = `
CREATE TABLE media_with_clips (
  id TEXT NOT NULL PRIMARY KEY,                  -- UUIDv7
  livestream_id TEXT NOT NULL,                   -- may be gone before its clips are
  recording_id TEXT NOT NULL,                    -- whose bytes it plays: the livestream's, or a copy under its own id
  name TEXT NOT NULL,
  description TEXT,
  duration_seconds REAL NOT NULL,
  size_bytes INTEGER NOT NULL,
  width INTEGER,
  height INTEGER,
  video_codec TEXT,                              -- RFC 6381
  audio_codec TEXT,                              -- RFC 6381
  clip_media_id TEXT,                            -- the asset it was cut from; null: the livestream itself
  clip_start_seconds REAL,                       -- in what it was cut from; null: it is no clip
  clip_end_seconds REAL,
  clip_cut TEXT,                                 -- JSON; null: it plays all of its recording
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  deleted_at_ms INTEGER                          -- null while it is not soft-deleted
) STRICT;
INSERT INTO media_with_clips (id, livestream_id, recording_id, name, description, duration_seconds, size_bytes,
    width, height, video_codec, audio_codec, created_at_ms, updated_at_ms, deleted_at_ms)
  SELECT id, livestream_id, livestream_id, name, description, duration_seconds, size_bytes,
    width, height, video_codec, audio_codec, created_at_ms, updated_at_ms, deleted_at_ms FROM media;
DROP TABLE media;
ALTER TABLE media_with_clips RENAME TO media;
CREATE INDEX media_by_creation ON media (created_at_ms, id);
CREATE INDEX media_by_recording ON media (recording_id);
CREATE UNIQUE INDEX media_of_livestreams ON media (livestream_id) WHERE clip_start_seconds IS NULL;

CREATE TABLE thumbnails_with_clips (
  livestream_id TEXT NOT NULL,                   -- or the id of a clip
  source TEXT NOT NULL CHECK (source IN ('upload', 'auto')),
  content_hash TEXT NOT NULL,                    -- names its folder on disk and its URL
  width INTEGER NOT NULL,                        -- pixels
  height INTEGER NOT NULL,
  PRIMARY KEY (livestream_id, source)
) STRICT, WITHOUT ROWID;
INSERT INTO thumbnails_with_clips SELECT livestream_id, source, content_hash, width, height FROM thumbnails;
DROP TABLE thumbnails;
ALTER TABLE thumbnails_with_clips RENAME TO thumbnails;

CREATE TABLE picture_removals (                  -- its pictures are yet to be removed, its recording is still referred to
  id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
`;
