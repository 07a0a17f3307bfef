// The form that changes a livestream: its words always, what it offers only while it has not been started.

import { useState } from "preact/hooks";
import type { Livestream } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { FormDialog } from "#server/web/console/parts/form-dialog.tsx";
import { BackupCheck, DvrCheck, SignedCheck } from "#server/web/console/parts/livestream-checks.tsx";
import { NameAndDescription, sentWords, useWords } from "#server/web/console/parts/name-and-description.tsx";
import { useAction } from "#server/web/console/state/use-action.ts";
import { policyOf } from "#server/web/console/words/policies.ts";

interface EditLivestreamProps {
  readonly livestream: Livestream;
  readonly onChanged: () => void;
  readonly onClose: () => void;
}

export function EditLivestream({ livestream, onChanged, onClose }: EditLivestreamProps) {
  const { client } = useConsole();
  const { isBusy, run, problem } = useAction(onChanged);
  const [words, setWords] = useWords(livestream);
  const [withDvr, setWithDvr] = useState(livestream.withDvr);
  const [withBackup, setWithBackup] = useState(livestream.withBackup);
  const [isSigned, setSigned] = useState(livestream.playbackPolicy === "signed");
  const isCreated = livestream.status === "created";
  const isUnpublished = isCreated || livestream.status === "started";
  const save = async () => {
    const patch = {
      ...sentWords(words),
      ...(isCreated ? { withDvr, withBackup } : {}),
      ...(isUnpublished ? { playbackPolicy: policyOf(isSigned) } : {}),
    };
    const saved = await run("change it", () => client.updateLivestream(livestream.id, patch), "Changed.");
    if (saved !== null) onClose();
  };
  return (
    <FormDialog
      title="Edit the livestream"
      action="Save"
      isSendable={!isBusy}
      problem={problem}
      onSubmit={save}
      onClose={onClose}
    >
      <NameAndDescription words={words} onChange={setWords} nameHint="Viewers see it." />
      {isCreated && <BackupCheck checked={withBackup} onChange={setWithBackup} />}
      {isCreated && <DvrCheck checked={withDvr} onChange={setWithDvr} />}
      {isUnpublished && <SignedCheck checked={isSigned} onChange={setSigned} />}
    </FormDialog>
  );
}
