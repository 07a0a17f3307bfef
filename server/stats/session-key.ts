// Which viewer a playlist request belongs to, by what it says of itself; never by cookie, and no address is kept.

import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** CTA-5004 §3 limits `sid` to 64 characters; what is longer is no session id, of whatever kind. */
const MAX_ID_LENGTH = 64;

const ID_BYTES = 12;

/** Ids whose signature was checked: more than watch a playout at once need not be remembered. */
const MAX_CHECKED_IDS = 100_000;

/** base64url characters of a signature or a digest: 132 bits. */
const DIGEST_LENGTH = 22;

/** Of who came with a playback token, when that runs out and another signature stand behind it: they are not about who it is. */
const SIGNED_ID = /^(([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22}))(?:\.[0-9a-z]{1,10}\.[A-Za-z0-9_-]{22})?$/;

/** What almost every player asks with, as the multivariant playlist gave it: read without parsing a query of any shape. */
const ONLY_SESSION = /^\?session=([A-Za-z0-9_.-]*)$/;

/** What a request can say of its viewer. */
export interface ViewerRequest {
  readonly headers: Pick<Headers, "get">;
  /** The whole URL. */
  readonly url: string;
  /** The peer's address; empty when it is not known. Asked for only when nothing else tells viewers apart. */
  readonly address: () => string;
}

/** Hands out session ids, and recognises its own: whoever holds the same secret does, also after a restart. */
export class SessionKeys {
  readonly #secret: Uint8Array;
  /** Signed ids that were found genuine: a player shows its own every few seconds, and a signature costs microseconds. */
  readonly #checkedIds = new Set<string>();

  constructor(secret: Uint8Array) {
    this.#secret = secret;
  }

  /** A new id, for the multivariant playlist to hand to its media playlists: `<id>.<signature>`, safe in a query. */
  issue(): string {
    const id = randomBytes(ID_BYTES).toString("base64url");
    return `${id}.${this.#sign(`session\n${id}`)}`;
  }

  /** What all requests of one viewer share, in the order of trust that the contract gives. Of bounded length. */
  keyOf({ headers, url, address }: ViewerRequest): string {
    const query = parametersOf(url);
    const cmcd = cmcdSessionId(headers.get("CMCD-Session")) ?? cmcdSessionId(query.cmcd);
    if (cmcd !== null) return `cmcd:${digest(cmcd)}`;
    const issued = this.keyOfIssued(query.session);
    if (issued !== null) return issued;
    const playback = headers.get("X-Playback-Session-Id");
    if (playback !== null && isId(playback)) return `playback:${digest(playback)}`;
    return `client:${this.#sign(`client\n${address()}\n${headers.get("User-Agent") ?? ""}`)}`;
  }

  /** As {@link keyOf} of a request with this session id; null for one that was not issued here. */
  keyOfIssued(session: string | null): string | null {
    const id = this.#verified(session);
    return id === null ? null : `session:${id}`;
  }

  /** Null for an id that was not signed here. */
  #verified(session: string | null): string | null {
    const [, signedId, id, signature] = SIGNED_ID.exec(session ?? "") ?? [];
    if (signedId === undefined || id === undefined || signature === undefined) return null;
    if (this.#checkedIds.has(signedId)) return id;
    const expected = this.#sign(`session\n${id}`);
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return null;
    if (this.#checkedIds.size >= MAX_CHECKED_IDS) this.#checkedIds.clear();
    this.#checkedIds.add(signedId);
    return id;
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("base64url").slice(0, DIGEST_LENGTH);
  }
}

interface Parameters {
  readonly session: string | null;
  readonly cmcd: string | null;
}

function parametersOf(url: string): Parameters {
  const start = url.indexOf("?");
  if (start === -1) return { session: null, cmcd: null };
  const query = url.slice(start);
  const onlySession = ONLY_SESSION.exec(query)?.[1];
  if (onlySession !== undefined) return { session: onlySession, cmcd: null };
  const parameters = new URLSearchParams(query);
  return { session: parameters.get("session"), cmcd: parameters.get("CMCD") };
}

/** `sid` of a CMCD list (CTA-5004 §3.2: comma-separated `key=value`, strings in quotes), null when it has none. */
function cmcdSessionId(list: string | null): string | null {
  const id = list === null ? undefined : /(?:^|,)\s*sid="([^"]*)"/.exec(list)?.[1];
  return id !== undefined && isId(id) ? id : null;
}

function isId(text: string): boolean {
  return text.length > 0 && text.length <= MAX_ID_LENGTH;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, DIGEST_LENGTH);
}
