// A secret that the server tells once: shown until it was noted.

import { CopyButton } from "./copy-button.tsx";
import { Dialog } from "./dialog.tsx";

interface SecretProps {
  readonly title: string;
  readonly secret: string;
  readonly text: string;
  readonly onClose: () => void;
}

export function Secret({ title, secret, text, onClose }: SecretProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      <p class="secret">
        <code>{secret}</code>
        <CopyButton text={secret} what="secret" />
      </p>
      <div class="dialog-actions">
        <button type="button" class="button primary" onClick={onClose}>
          I have noted it
        </button>
      </div>
    </Dialog>
  );
}
