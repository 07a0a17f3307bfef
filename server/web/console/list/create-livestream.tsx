// The form that makes a livestream.

import { useState } from "preact/hooks";
import { useConsole } from "#server/web/console/console-context.ts";
import { FormDialog } from "#server/web/console/parts/form-dialog.tsx";
import { BackupCheck, DvrCheck, SignedCheck } from "#server/web/console/parts/livestream-checks.tsx";
import { NameAndDescription, sentWords, useWords } from "#server/web/console/parts/name-and-description.tsx";
import { hrefOf } from "#server/web/console/state/route.ts";
import { useAction } from "#server/web/console/state/use-action.ts";
import { policyOf } from "#server/web/console/words/policies.ts";

export function CreateLivestream({ onClose }: { onClose: () => void }) {
  const { client } = useConsole();
  const { isBusy, run, problem } = useAction();
  const [words, setWords] = useWords({ name: "", description: null });
  const [withDvr, setWithDvr] = useState(false);
  const [withBackup, setWithBackup] = useState(true);
  const [isSigned, setSigned] = useState(false);
  const create = async () => {
    const body = { ...sentWords(words), withDvr, withBackup, playbackPolicy: policyOf(isSigned) };
    const created = await run("create it", () => client.createLivestream(body), null);
    if (created === null) return;
    onClose();
    location.hash = hrefOf("livestreams", created.id);
  };
  return (
    <FormDialog
      title="Create a livestream"
      action="Create"
      isSendable={!isBusy}
      problem={problem}
      onSubmit={create}
      onClose={onClose}
    >
      <NameAndDescription words={words} onChange={setWords} nameHint="Viewers see it." />
      <BackupCheck checked={withBackup} onChange={setWithBackup} />
      <DvrCheck checked={withDvr} onChange={setWithDvr} />
      <SignedCheck checked={isSigned} onChange={setSigned} />
    </FormDialog>
  );
}
