// Who may call the API, and since when nobody has.

import { useEffect, useState } from "preact/hooks";
import type { Token } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Confirm } from "#server/web/console/parts/confirm.tsx";
import { Icon } from "#server/web/console/parts/icon.tsx";
import { Pager } from "#server/web/console/parts/pager.tsx";
import { Secret } from "#server/web/console/parts/secret.tsx";
import { useAction } from "#server/web/console/state/use-action.ts";
import { usePolled } from "#server/web/console/state/use-polled.ts";
import { dateText } from "#server/web/console/words/times.ts";
import { CreateToken } from "./create-token.tsx";

const EVERY_MS = 10_000;
const PAGE = 25;

const SCOPES = { admin: "May do everything", read: "May only read" } as const;

export function TokenList() {
  const { client } = useConsole();
  const [page, setPage] = useState(0);
  const [isCreating, setCreating] = useState(false);
  const [made, setMade] = useState<Token | null>(null);
  const { value, refresh } = usePolled(
    `tokens ${page}`,
    (signal) => client.listTokens({ page, perpage: PAGE }, { signal }),
    EVERY_MS,
  );
  useEffect(() => {
    document.title = "Tokens · Tandem console";
  }, []);
  return (
    <section class="page">
      <div class="page-head">
        <h1>Tokens</h1>
        <button type="button" class="button primary" onClick={() => setCreating(true)}>
          <Icon name="plus" />
          Create
        </button>
      </div>
      {value !== null && (
        <ul class="table" aria-label="Tokens">
          {value.items.map((token) => (
            <TokenRow key={token.id} token={token} onChanged={refresh} />
          ))}
        </ul>
      )}
      {value?.items.length === 0 && <p class="empty">There is no token but the server's own.</p>}
      {value !== null && <Pager page={page} pageCount={value.pagination.pageCount} onPage={setPage} />}
      {isCreating && (
        <CreateToken
          onCreated={(token) => {
            setCreating(false);
            setMade(token);
            refresh();
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {made?.secret !== undefined && (
        <Secret
          title={`The token “${made.name}”`}
          secret={made.secret}
          text="Note it now: the server shows it this once, and keeps only what it is recognised by."
          onClose={() => setMade(null)}
        />
      )}
    </section>
  );
}

function TokenRow({ token, onChanged }: { token: Token; onChanged: () => void }) {
  const { client } = useConsole();
  const { isBusy, run } = useAction(onChanged);
  const [isRevoking, setRevoking] = useState(false);
  const { id, name, scope, createdAtUtc, lastUsedAtUtc } = token;
  const revoke = () =>
    run("revoke it", () => client.revokeToken(id).then(() => true), `“${name}” opens nothing any more.`);
  return (
    <li class="table-row">
      <div class="table-main">
        <strong>{name}</strong>
        <span class="quiet">{SCOPES[scope]}</span>
      </div>
      <p class="quiet">
        Created {dateText(createdAtUtc)}
        <br />
        {lastUsedAtUtc === null ? "Never used" : `Last used ${dateText(lastUsedAtUtc)}`}
      </p>
      <button type="button" class="button danger" disabled={isBusy} onClick={() => setRevoking(true)}>
        Revoke
        <span class="unseen"> {name}</span>
      </button>
      {isRevoking && (
        <Confirm
          title={`Revoke “${name}”?`}
          text="Whoever calls with it is turned away at once. It cannot be given back."
          action="Revoke it"
          onConfirm={() => void revoke()}
          onClose={() => setRevoking(false)}
        />
      )}
    </li>
  );
}
