// Schema 2: which pictures stand for a livestream.

export const THUMBNAILS = `
CREATE TABLE thumbnails (
  livestream_id TEXT NOT NULL REFERENCES livestreams (id) ON DELETE CASCADE,
  source TEXT NOT NULL CHECK (source IN ('upload', 'auto')),
  content_hash TEXT NOT NULL,                    -- names its folder on disk and its URL
  width INTEGER NOT NULL,                        -- pixels
  height INTEGER NOT NULL,
  PRIMARY KEY (livestream_id, source)
) STRICT, WITHOUT ROWID;
`;
