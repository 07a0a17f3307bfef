// The form that changes what a recording is called.

import type { Media } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { FormDialog } from "#server/web/console/parts/form-dialog.tsx";
import { NameAndDescription, sentWords, useWords } from "#server/web/console/parts/name-and-description.tsx";
import { useAction } from "#server/web/console/state/use-action.ts";

interface RenameAssetProps {
  readonly asset: Media;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function RenameAsset({ asset, onChanged, onClose }: RenameAssetProps) {
  const { client } = useConsole();
  const { isBusy, run, problem } = useAction(onChanged);
  const [words, setWords] = useWords(asset);
  const save = async () => {
    const work = () => client.updateMedia(asset.id, sentWords(words));
    if ((await run("rename it", work, "Renamed.")) !== null) onClose();
  };
  return (
    <FormDialog
      title="Rename it"
      action="Save"
      isSendable={!isBusy}
      problem={problem}
      onSubmit={save}
      onClose={onClose}
    >
      <NameAndDescription words={words} onChange={setWords} />
    </FormDialog>
  );
}
