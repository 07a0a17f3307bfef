// The console: signed out, or one of its pages inside the frame that they share.

import { useCallback, useMemo, useState } from "preact/hooks";
import { TandemClient } from "#openapi/client.ts";
import { type Console, ConsoleContext } from "./console-context.ts";
import { Frame } from "./frame.tsx";
import { type Notice, Notices } from "./parts/notices.tsx";
import { SignIn } from "./sign-in.tsx";
import { Connection } from "./state/connection.ts";
import { askWhetherMayChange, serverUrl, storedSession, storeSession } from "./state/session.ts";
import { watchedFetch } from "./state/watched-fetch.ts";

export function App() {
  const [session, setSession] = useState(storedSession);
  const [reason, setReason] = useState<string | null>(null);
  const [notices, setNotices] = useState<readonly Notice[]>([]);
  const connection = useMemo(() => new Connection(), []);
  const dismiss = useCallback((number: number) => {
    setNotices((shown) => shown.filter((each) => each.number !== number));
  }, []);
  const leave = useCallback((why: string | null) => {
    storeSession(null);
    setSession(null);
    setReason(why);
    setNotices([]);
  }, []);
  const tell = useCallback((tone: Notice["tone"], text: string) => {
    const number = performance.now();
    setNotices((shown) =>
      [...shown.filter((each) => each.text !== text), { number, tone, text }].slice(-MOST),
    );
  }, []);
  const found = useMemo<Console | null>(() => {
    if (session === null) return null;
    const { token, mayChange } = session;
    const onUnauthorized = () => leave("The server does not know this token any more.");
    return { client: clientOf(token, connection, onUnauthorized), connection, mayChange, tell };
  }, [session, connection, leave, tell]);

  const signIn = async (given: string) => {
    const mayChange = await askWhetherMayChange(clientOf(given, connection, () => undefined));
    const signedIn = { token: given, mayChange };
    storeSession(signedIn);
    setReason(null);
    setSession(signedIn);
  };
  if (found === null) return <SignIn reason={reason} onToken={signIn} />;
  return (
    <ConsoleContext.Provider value={found}>
      <Frame onSignOut={() => leave(null)} />
      <Notices notices={notices} onDismiss={dismiss} />
    </ConsoleContext.Provider>
  );
}

/** Notices shown at once. */
const MOST = 4;

function clientOf(token: string, connection: Connection, onUnauthorized: () => void): TandemClient {
  const fetch = watchedFetch({ fetch: (request) => window.fetch(request), connection, onUnauthorized });
  return new TandemClient({ url: serverUrl(), token, fetch });
}
