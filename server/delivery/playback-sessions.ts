// Sessions of those who came with a token: a viewer's session id that also says for what, until when, and that we said so.

import { createHmac, timingSafeEqual } from "node:crypto";

/** Sessions whose signature was checked: more than watch a playout at once need not be remembered. */
const MAX_CHECKED = 100_000;

/** base64url characters of a signature: 132 bits. */
const SIGNATURE_LENGTH = 22;

/** The viewer's session, seconds since 1970 to the base 36, the signature of both. */
const GRANTED = /^([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)\.([0-9a-z]{1,10})\.([A-Za-z0-9_-]{22})$/;

interface Checked {
  readonly id: string;
  readonly expiresAtMs: number;
}

export class PlaybackSessions {
  readonly #secret: Uint8Array;
  readonly #dateMs: () => number;
  /** A player shows its own every few seconds, and a signature costs microseconds. */
  readonly #checked = new Map<string, Checked>();

  constructor(options: { secret: Uint8Array; dateMs: () => number }) {
    this.#secret = options.secret;
    this.#dateMs = options.dateMs;
  }

  /** Lets the viewer of this session watch what has this id, until then: whole seconds, as tokens have them. */
  grant(session: string, id: string, expiresAtMs: number): string {
    const granted = `${session}.${Math.floor(expiresAtMs / 1000).toString(36)}`;
    return `${granted}.${this.#sign(granted, id)}`;
  }

  /** When it runs out; null for one that was not granted for this id, or has run out. */
  expiryOf(granted: string, id: string): number | null {
    const known = this.#checked.get(granted) ?? this.#check(granted, id);
    return known !== null && known.id === id && known.expiresAtMs > this.#dateMs() ? known.expiresAtMs : null;
  }

  #check(granted: string, id: string): Checked | null {
    const [, session, seconds, signature] = GRANTED.exec(granted) ?? [];
    if (session === undefined || seconds === undefined || signature === undefined) return null;
    const expected = this.#sign(`${session}.${seconds}`, id);
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return null;
    const checked = { id, expiresAtMs: Number.parseInt(seconds, 36) * 1000 };
    if (this.#checked.size >= MAX_CHECKED) this.#checked.clear();
    this.#checked.set(granted, checked);
    return checked;
  }

  #sign(granted: string, id: string): string {
    return createHmac("sha256", this.#secret)
      .update(`session\n${id}\n${granted}`)
      .digest("base64url")
      .slice(0, SIGNATURE_LENGTH);
  }
}

/** The viewer's own session in a granted one, for who counts viewers or hands it on; null for what is none. */
export function viewerSessionIn(granted: string): string | null {
  return GRANTED.exec(granted)?.[1] ?? null;
}
