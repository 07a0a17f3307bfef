// What playback tokens and sessions are signed with, as it is stored: made at the first start, and shared by all who serve.

/** Each signs with Ed25519, and its tokens name it. */
export interface PlaybackKey {
  /** The `kid` of its tokens: the thumbprint of the public half (RFC 7638). */
  readonly id: string;
  /** A JWK (RFC 8037 §2) with the private half, as JSON. */
  readonly privateJwk: string;
  readonly createdAtMs: number;
  /** Its tokens have run out by then, whatever they say; null of the one that signs. */
  readonly believedUntilMs: number | null;
}

export interface PlaybackKeyStore {
  /** Makes the first one where there is none. */
  begin(atMs: number): Promise<void>;

  /** Those whose tokens are believed now: the one that signs, then the newest first. */
  believed(nowMs: number): Promise<readonly PlaybackKey[]>;

  /** A new one signs from now on. The one before is believed until then, and those that nobody believes any more are gone. */
  rotate(atMs: number, believedUntilMs: number): Promise<PlaybackKey>;

  /** 256 bits, always the same ones: what sessions are signed with, and secret paths are made of. */
  secret(): Promise<Uint8Array>;
}
