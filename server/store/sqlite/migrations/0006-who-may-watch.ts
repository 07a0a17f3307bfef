// Schema with who may watch: the policy of livestreams and assets, what playback tokens are signed with, when API tokens were used.

export const WHO_MAY_WATCH = `
ALTER TABLE tokens ADD COLUMN last_used_at_ms INTEGER;   -- null while it was not; about a minute behind

ALTER TABLE livestreams ADD COLUMN playback_policy TEXT NOT NULL DEFAULT 'public'
  CHECK (playback_policy IN ('public', 'signed'));
ALTER TABLE media ADD COLUMN playback_policy TEXT NOT NULL DEFAULT 'public'
  CHECK (playback_policy IN ('public', 'signed'));       -- of what it was made of

CREATE TABLE playback_keys (
  id TEXT NOT NULL PRIMARY KEY,                  -- the kid of its tokens
  private_key TEXT NOT NULL,                     -- JWK (RFC 8037), JSON
  created_at_ms INTEGER NOT NULL,
  believed_until_ms INTEGER                      -- null of the one that signs
) STRICT;
CREATE UNIQUE INDEX playback_keys_that_sign ON playback_keys (believed_until_ms IS NULL) WHERE believed_until_ms IS NULL;

CREATE TABLE playback_secret (                   -- what sessions are signed with, and secret paths are made of
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 0),
  secret BLOB NOT NULL
) STRICT;
`;
