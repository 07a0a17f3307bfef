// What can be done with a recording as a whole.

import { useState } from "preact/hooks";
import type { Media } from "#openapi/client.ts";
import { mediaDownloadPath } from "#openapi/playback-paths.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Confirm } from "#server/web/console/parts/confirm.tsx";
import { hrefOf } from "#server/web/console/state/route.ts";
import { useAction } from "#server/web/console/state/use-action.ts";
import { RenameAsset } from "./rename-asset.tsx";

interface AssetActionsProps {
  readonly asset: Media;
  /** Of what is signed: the token that fetching it needs. */
  readonly query: string | null;
  readonly onChanged: () => void;
}

export function AssetActions({ asset, query, onChanged }: AssetActionsProps) {
  const { client, mayChange } = useConsole();
  const { isBusy, run } = useAction(onChanged);
  const [open, setOpen] = useState<"rename" | "remove" | null>(null);
  const { id, name, status, clipOf } = asset;
  const isDeleted = status === "softDeleted";
  const remove = async () => {
    const work = () => client.deleteMedia(id, { permanent: true }).then(() => true);
    const done = await run("delete it for good", work, `“${name}” is gone for good.`);
    if (done === true) location.hash = hrefOf("library");
  };
  return (
    <div class="head-actions">
      {!isDeleted && query !== null && (
        <a class="button" href={`./${mediaDownloadPath(id)}${query}`} download={`${name}.mp4`}>
          Download
        </a>
      )}
      {mayChange && !isDeleted && (
        <>
          <button type="button" class="button" onClick={() => setOpen("rename")}>
            Rename
          </button>
          <button
            type="button"
            class="button"
            disabled={isBusy}
            onClick={() =>
              void run(
                "delete it",
                () => client.deleteMedia(id).then(() => true),
                "Deleted. It can be recovered.",
              )
            }
          >
            Delete
          </button>
        </>
      )}
      {mayChange && isDeleted && (
        <>
          <button
            type="button"
            class="button primary"
            disabled={isBusy}
            onClick={() => void run("recover it", () => client.recoverMedia(id), "Recovered.")}
          >
            Recover
          </button>
          <button type="button" class="button danger" disabled={isBusy} onClick={() => setOpen("remove")}>
            Delete for good
          </button>
        </>
      )}
      {open === "rename" && <RenameAsset asset={asset} onChanged={onChanged} onClose={() => setOpen(null)} />}
      {open === "remove" && (
        <Confirm
          title="Delete it for good?"
          text={
            clipOf === null
              ? "The recording and its livestream are gone, and nothing brings them back. Clips of it stay."
              : "The clip is gone, and nothing brings it back."
          }
          action="Delete for good"
          onConfirm={() => void remove()}
          onClose={() => setOpen(null)}
        />
      )}
    </div>
  );
}
