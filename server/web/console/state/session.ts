// The token of whoever is signed in: in the storage of this tab, which ends with it.

import { type TandemClient, TandemRefusal } from "#openapi/client.ts";

const KEY = "tandem-console-token";
const SCOPE_KEY = "tandem-console-scope";

export interface Session {
  readonly token: string;
  /** False for a token of scope `read`. */
  readonly mayChange: boolean;
}

/** Null for what nobody has signed in with. */
export function storedSession(): Session | null {
  const token = sessionStorage.getItem(KEY);
  return token === null ? null : { token, mayChange: sessionStorage.getItem(SCOPE_KEY) !== "read" };
}

export function storeSession(session: Session | null): void {
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(SCOPE_KEY);
  if (session === null) return;
  sessionStorage.setItem(KEY, session.token);
  sessionStorage.setItem(SCOPE_KEY, session.mayChange ? "admin" : "read");
}

/**
 * Whether the token may change anything: only such a one is shown the tokens. Rejects as the API does where it is not known, or
 * nobody answers.
 */
export async function askWhetherMayChange(client: Pick<TandemClient, "listTokens">): Promise<boolean> {
  try {
    await client.listTokens({ perpage: 1 });
    return true;
  } catch (error) {
    if (error instanceof TandemRefusal && error.status === 403) return false;
    throw error;
  }
}

/** Where the server is: the page lies directly below it, under whatever path a proxy has put it. */
export function serverUrl(): string {
  return new URL("./", location.href).href;
}
