// Schema 3: how far the rising time has come.

export const RISING_TIME = `
CREATE TABLE rising_time (
  id INTEGER PRIMARY KEY CHECK (id = 1),          -- there is one row at most
  reserved_ms INTEGER NOT NULL,                   -- nothing later was handed out
  risen_ms INTEGER NOT NULL,
  date_ms INTEGER NOT NULL                        -- milliseconds since 1970, when this was written
) STRICT;
`;
