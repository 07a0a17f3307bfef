// What all pages of the console have around them: where one can go, and whether the server answers.

import { useEffect, useState } from "preact/hooks";
import { useConsole } from "./console-context.ts";
import { AssetPage } from "./library/asset-page.tsx";
import { LibraryList } from "./library/library-list.tsx";
import { LivestreamList } from "./list/livestream-list.tsx";
import { LivestreamPage } from "./livestream/livestream-page.tsx";
import { Icon } from "./parts/icon.tsx";
import { hrefOf, parseRoute, type Route } from "./state/route.ts";
import { TokenList } from "./tokens/token-list.tsx";
import { WebhookList } from "./webhooks/webhook-list.tsx";
import { WebhookPage } from "./webhooks/webhook-page.tsx";

const PLACES = [
  ["livestreams", "Livestreams"],
  ["library", "Library"],
  ["webhooks", "Webhooks"],
  ["tokens", "Tokens"],
] as const;

/** What a token of scope `read` is not shown. */
const OF_WHO_MAY_CHANGE = ["tokens"];

/** Page of one thing → the list that it is in. */
const LIST_OF: Readonly<Partial<Record<Route["page"], string>>> = {
  ...{ livestream: "livestreams", asset: "library", webhook: "webhooks" },
};

export function Frame({ onSignOut }: { onSignOut: () => void }) {
  const [route, setRoute] = useState<Route>(() => parseRoute(location.hash));
  useEffect(() => {
    const onChange = () => {
      setRoute(parseRoute(location.hash));
      window.scrollTo(0, 0);
      document.querySelector<HTMLElement>("main")?.focus();
    };
    window.addEventListener("hashchange", onChange);
    return () => window.removeEventListener("hashchange", onChange);
  }, []);
  const { mayChange } = useConsole();
  const here = placeOf(route);
  const places = PLACES.filter(([list]) => mayChange || !OF_WHO_MAY_CHANGE.includes(list));
  return (
    <>
      <button type="button" class="skip" onClick={() => document.querySelector<HTMLElement>("main")?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <a class="brand" href={hrefOf("livestreams")}>
          Tandem
        </a>
        <nav aria-label="Console">
          {places.map(([list, name]) => (
            <a key={list} href={hrefOf(list)} aria-current={here === list ? "page" : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <button type="button" class="button small" onClick={onSignOut}>
          Sign out
        </button>
      </header>
      <ConnectionLine />
      <main tabIndex={-1}>
        <Page route={route} />
      </main>
    </>
  );
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case "livestreams":
      return <LivestreamList />;
    case "livestream":
      return <LivestreamPage key={route.id} id={route.id} />;
    case "library":
      return <LibraryList />;
    case "asset":
      return <AssetPage key={route.id} id={route.id} />;
    case "webhooks":
      return <WebhookList />;
    case "webhook":
      return <WebhookPage key={route.id} id={route.id} />;
    case "tokens":
      return <TokenList />;
    case "unknown":
      return (
        <section class="page">
          <h1>There is no such page</h1>
          <p>
            <a href={hrefOf("livestreams")}>To the livestreams</a>
          </p>
        </section>
      );
  }
}

function placeOf({ page }: Route): string {
  return LIST_OF[page] ?? page;
}

/** Says it for as long as it lasts. */
function ConnectionLine() {
  const { connection } = useConsole();
  const [state, setState] = useState(connection.state);
  useEffect(() => connection.onChange(setState), [connection]);
  return (
    <div class="connection" role="alert">
      {state === "lost" && (
        <p>
          <Icon name="warning" />
          <span>
            <strong>The server does not answer.</strong> What you see may be old. This page keeps trying, and
            goes on by itself.
          </span>
        </p>
      )}
    </div>
  );
}
