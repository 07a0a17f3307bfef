// Who may watch, as the server decides it, with keys of the test's own and a clock that it sets.

import { PlaybackGuard } from "#server/delivery/playback-guard.ts";
import { PlaybackSessions } from "#server/delivery/playback-sessions.ts";
import { PlaybackTokens } from "#server/delivery/playback-tokens.ts";
import { SecretFolders } from "#server/delivery/secret-folders.ts";
import { newPlaybackKey } from "#server/store/new-playback-key.ts";
import type { PlaybackKey } from "#server/store/playback-key-store.ts";

export const SECRET = new Uint8Array(32).fill(7);

export class FakeGuard {
  nowMs = Date.UTC(2026, 0, 1);
  monotonicMs = 0;
  /** The one that signs first. */
  keys: readonly PlaybackKey[] = [newPlaybackKey(0)];
  /** How often they were read. */
  reads = 0;
  readonly tokens = new PlaybackTokens({
    believedKeys: async () => {
      this.reads += 1;
      return this.keys;
    },
    dateMs: () => this.nowMs,
    monotonicMs: () => this.monotonicMs,
  });
  readonly sessions = new PlaybackSessions({ secret: SECRET, dateMs: () => this.nowMs });
  readonly folders = new SecretFolders(SECRET);
  readonly guard: PlaybackGuard;

  constructor(newSession: () => string = () => "viewer.signature") {
    const { tokens, sessions, folders } = this;
    this.guard = new PlaybackGuard({
      ...{ tokens, sessions, folders, newSession },
      dateMs: () => this.nowMs,
    });
  }

  /** A token for what has this id, good for as long. */
  async token(subject: string, seconds = 60): Promise<string> {
    return (await this.tokens.issue({ subject, seconds, viewer: null })).token;
  }
}
