// What the livestream is called, where viewers see it, and what can be changed about it.

import { useState } from "preact/hooks";
import type { Livestream } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Confirm } from "#server/web/console/parts/confirm.tsx";
import { Icon } from "#server/web/console/parts/icon.tsx";
import { hrefOf } from "#server/web/console/state/route.ts";
import { useAction } from "#server/web/console/state/use-action.ts";
import { EditLivestream } from "./edit-livestream.tsx";

/** Refused in the other ones. */
const DELETABLE: readonly Livestream["status"][] = ["created", "started", "live", "failed"];

export function Head({ livestream, onChanged }: { livestream: Livestream; onChanged: () => void }) {
  const { client, mayChange } = useConsole();
  const { isBusy, run } = useAction(onChanged);
  const [open, setOpen] = useState<"edit" | "delete" | null>(null);
  const { id, name, description, status } = livestream;
  const remove = async () => {
    const done = await run(
      "delete it",
      () => client.deleteLivestream(id).then(() => true),
      `“${name}” is deleted.`,
    );
    if (done === true) location.hash = hrefOf("livestreams");
  };
  return (
    <div class="page-head">
      <div class="head-words">
        <a class="back" href={hrefOf("livestreams")}>
          Livestreams
        </a>
        <h1>{name}</h1>
        {description !== null && <p class="quiet">{description}</p>}
      </div>
      <div class="head-actions">
        <a class="button" href={`./watch/${id}`} target="_blank" rel="noreferrer">
          <Icon name="out" />
          Watch page
        </a>
        {mayChange && (
          <button type="button" class="button" onClick={() => setOpen("edit")}>
            Edit
          </button>
        )}
        {mayChange && DELETABLE.includes(status) && (
          <button type="button" class="button" disabled={isBusy} onClick={() => setOpen("delete")}>
            Delete
          </button>
        )}
      </div>
      {open === "edit" && (
        <EditLivestream livestream={livestream} onChanged={onChanged} onClose={() => setOpen(null)} />
      )}
      {open === "delete" && (
        <Confirm
          title="Delete this livestream?"
          text={
            status === "live"
              ? "It is live: viewers lose the picture at once, and everything recorded is gone for good."
              : "Everything about it is gone for good."
          }
          action="Delete it"
          onConfirm={() => void remove()}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}
