// Schema 4: for how long the date has gone on without being set.

export const DATE_MARK = `
CREATE TABLE date_mark (
  id INTEGER PRIMARY KEY CHECK (id = 1),          -- there is one row at most
  seen_ms INTEGER NOT NULL,                       -- milliseconds since 1970
  held_ms INTEGER NOT NULL
) STRICT;
`;
