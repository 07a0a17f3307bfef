// What is typed into the encoder of an input: the key is hidden until somebody asks for it, and one that leaked is replaced.

import { useState } from "preact/hooks";
import { useConsole } from "#server/web/console/console-context.ts";
import { Confirm } from "#server/web/console/parts/confirm.tsx";
import { CopyButton } from "#server/web/console/parts/copy-button.tsx";
import { useAction } from "#server/web/console/state/use-action.ts";
import type { Input } from "#server/web/console/words/input-words.ts";

interface EncoderSettingsProps {
  readonly livestreamId: string;
  readonly input: Input;
  readonly onChanged: () => void;
}

export function EncoderSettings({ livestreamId, input, onChanged }: EncoderSettingsProps) {
  const { instance, serverUrl, streamKey } = input;
  const [isOpen, setOpen] = useState(input.lastSeenAtUtc === null);
  return (
    <details class="settings" open={isOpen} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>For the {instance} encoder</summary>
      <dl class="settings-list">
        <div>
          <dt>Server</dt>
          <dd>
            <code>{serverUrl}</code>
            <CopyButton text={serverUrl} what={`server of the ${instance} input`} />
          </dd>
        </div>
        {streamKey === null ? (
          <div>
            <dt>Stream key</dt>
            <dd class="quiet">Your token may only read, and sees no keys.</dd>
          </div>
        ) : (
          <StreamKey livestreamId={livestreamId} input={input} streamKey={streamKey} onChanged={onChanged} />
        )}
      </dl>
    </details>
  );
}

function StreamKey({
  livestreamId,
  input,
  streamKey,
  onChanged,
}: EncoderSettingsProps & { streamKey: string }) {
  const { client, mayChange } = useConsole();
  const { isBusy, run } = useAction(onChanged);
  const [isShown, setShown] = useState(false);
  const [isResetting, setResetting] = useState(false);
  const { instance, active } = input;
  const reset = () =>
    run(
      `reset the key of the ${instance} input`,
      () => client.resetStreamKey(livestreamId, instance),
      `The ${instance} input has a new key: enter it into the encoder.`,
    );
  return (
    <div>
      <dt>Stream key</dt>
      <dd>
        <code>{isShown ? streamKey : "•".repeat(16)}</code>
        <button
          type="button"
          class="button small"
          aria-label={`${isShown ? "Hide" : "Show"} the stream key of the ${instance} input`}
          onClick={() => setShown(!isShown)}
        >
          {isShown ? "Hide" : "Show"}
        </button>
        <CopyButton text={streamKey} what={`stream key of the ${instance} input`} />
        {mayChange && (
          <button
            type="button"
            class="button small"
            aria-label={`Reset the stream key of the ${instance} input`}
            disabled={isBusy}
            onClick={() => setResetting(true)}
          >
            Reset
          </button>
        )}
      </dd>
      {isResetting && (
        <Confirm
          title={`Reset the ${instance} stream key?`}
          text={
            active
              ? "The encoder that sends now is cut off at once, and comes back only with the new key."
              : "The old key opens nothing any more; the encoder needs the new one."
          }
          action="Reset the key"
          onConfirm={() => void reset()}
          onClose={() => setResetting(false)}
        />
      )}
    </div>
  );
}
