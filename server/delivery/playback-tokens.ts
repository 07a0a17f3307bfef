// Playback tokens: JWTs (RFC 7519) that let whoever has one watch one livestream or one asset until they run out.

import type { JsonWebKey } from "node:crypto";
import { errors, importJWK, type JWTPayload, jwtVerify, SignJWT } from "jose";

const ALGORITHM = "EdDSA";
const AUDIENCE = "playback";

/** What somebody buys in the evening is over by the next morning. */
export const DEFAULT_TOKEN_SECONDS = 6 * 60 * 60;

/** A key that was replaced is believed for as long after. */
const MAX_TOKEN_SECONDS = 7 * 24 * 60 * 60;

/** Ours have some 400 characters, with the longest name of a viewer; what is longer is not looked at. */
const MAX_TOKEN_LENGTH = 2048;

/** Tokens that were found genuine, some 600 bytes each: a signature is verified once, not for every playlist. */
const MAX_REMEMBERED = 10_000;

/** A clock that is set back does not make a token longer than it may be. */
const CLOCK_SLACK_MS = 60_000;

/** Keys are read anew at most so often for tokens of a key that nobody knows, and at least so often for any. */
const KEYS_REREAD_MS = { unknown: 1000, any: 60_000 };

/** A key as it is stored. */
export interface StoredPlaybackKey {
  readonly id: string;
  readonly privateJwk: string;
  readonly believedUntilMs: number | null;
}

export interface PlaybackTokensOptions {
  /** The one that signs first. */
  readonly believedKeys: () => Promise<readonly StoredPlaybackKey[]>;
  readonly dateMs: () => number;
  readonly monotonicMs: () => number;
}

/** What a token is made for. */
export interface WantedToken {
  /** Id of the livestream or the asset. */
  readonly subject: string;
  readonly seconds: number;
  /** What the integrator calls the viewer; null for nobody in particular. */
  readonly viewer: string | null;
}

interface Verified {
  readonly subject: string;
  readonly expiresAtMs: number;
}

interface VerificationKey {
  readonly key: CryptoKey;
  readonly believedUntilMs: number | null;
}

export class PlaybackTokens {
  readonly #options: PlaybackTokensOptions;
  /** Oldest first. */
  readonly #verified = new Map<string, Verified>();
  #keys: Promise<ReadonlyMap<string, VerificationKey>> | null = null;
  #keysReadAtMs = 0;

  constructor(options: PlaybackTokensOptions) {
    this.#options = options;
  }

  /** By the key that signs at this moment, whoever made it. */
  async issue({
    subject,
    seconds,
    viewer,
  }: WantedToken): Promise<{ readonly token: string; readonly expiresAtMs: number }> {
    const [signing] = await this.#options.believedKeys();
    if (signing === undefined) throw new Error("there is no playback key");
    if (!(await this.#keysReadWithin(KEYS_REREAD_MS.any)).has(signing.id)) this.#keys = null; // It is known when the token comes.
    const issuedAt = Math.floor(this.#options.dateMs() / 1000);
    const expiresAt = issuedAt + seconds;
    const token = await new SignJWT(viewer === null ? {} : { viewer })
      .setProtectedHeader({ alg: ALGORITHM, kid: signing.id, typ: "JWT" })
      .setSubject(subject)
      .setAudience(AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(await importJWK(JSON.parse(signing.privateJwk), ALGORITHM));
    return { token, expiresAtMs: expiresAt * 1000 };
  }

  /** When it runs out; null for one that is no token of this id, is not to be believed, or has run out. At once for a known one. */
  expiryOf(token: string, id: string): number | null | Promise<number | null> {
    const known = this.#verified.get(token);
    if (known !== undefined) return this.#expiryFor(known, id);
    if (token.length > MAX_TOKEN_LENGTH) return null;
    return this.#verify(token).then((verified) => (verified === null ? null : this.#expiryFor(verified, id)));
  }

  #expiryFor({ subject, expiresAtMs }: Verified, id: string): number | null {
    return subject === id && expiresAtMs > this.#options.dateMs() ? expiresAtMs : null;
  }

  async #verify(token: string): Promise<Verified | null> {
    const nowMs = this.#options.dateMs();
    try {
      let believedUntilMs: number | null = null;
      const { payload } = await jwtVerify(
        token,
        async ({ kid }) => {
          const found = await this.#keyOf(kid ?? "");
          if (found === undefined) throw new errors.JWKSNoMatchingKey();
          believedUntilMs = found.believedUntilMs;
          return found.key;
        },
        { algorithms: [ALGORITHM], audience: AUDIENCE, currentDate: new Date(nowMs) },
      );
      const latestMs = believedUntilMs ?? nowMs + MAX_TOKEN_SECONDS * 1000 + CLOCK_SLACK_MS;
      const verified = verifiedFrom(payload);
      // What lasts longer than any of ours was not made by us, whoever has the key.
      if (verified === null || verified.expiresAtMs > latestMs) return null;
      this.#remember(token, verified);
      return verified;
    } catch (error) {
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }

  #remember(token: string, verified: Verified): void {
    const [oldest] = this.#verified.keys();
    if (this.#verified.size >= MAX_REMEMBERED && oldest !== undefined) this.#verified.delete(oldest);
    this.#verified.set(token, verified);
  }

  /** A key that is not known may be one that another process made just now. */
  async #keyOf(id: string): Promise<VerificationKey | undefined> {
    const known = (await this.#keysReadWithin(KEYS_REREAD_MS.any)).get(id);
    return known ?? (await this.#keysReadWithin(KEYS_REREAD_MS.unknown)).get(id);
  }

  async #keysReadWithin(milliseconds: number): Promise<ReadonlyMap<string, VerificationKey>> {
    const nowMs = this.#options.monotonicMs();
    if (this.#keys === null || nowMs - this.#keysReadAtMs >= milliseconds) {
      this.#keysReadAtMs = nowMs;
      this.#keys = this.#readKeys();
    }
    const keys = this.#keys;
    try {
      return await keys;
    } catch (error) {
      if (this.#keys === keys) this.#keys = null; // Who asks next may find the disk well.
      throw error;
    }
  }

  async #readKeys(): Promise<ReadonlyMap<string, VerificationKey>> {
    const stored = await this.#options.believedKeys();
    const entries = stored.map(async ({ id, privateJwk, believedUntilMs }) => {
      const { d: _private, ...publicJwk } = JSON.parse(privateJwk) as JsonWebKey;
      const key = await crypto.subtle.importKey("jwk", publicJwk, "Ed25519", false, ["verify"]);
      return [id, { key, believedUntilMs }] as const;
    });
    return new Map(await Promise.all(entries));
  }
}

function verifiedFrom({ sub, exp }: JWTPayload): Verified | null {
  return sub === undefined || exp === undefined ? null : { subject: sub, expiresAtMs: exp * 1000 };
}
