// Schema with times of pictures: since when a picture stands for a livestream.

export const THUMBNAIL_TIMES = `
ALTER TABLE thumbnails ADD COLUMN stored_at_ms INTEGER; -- milliseconds since 1970, UTC; null: before this schema
`;
