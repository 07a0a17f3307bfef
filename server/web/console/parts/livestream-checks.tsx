// What a livestream offers, each said with what it means: chosen when it is made, and changed as long as it may be.

import { Check } from "./field.tsx";

interface CheckProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function BackupCheck(props: CheckProps) {
  const hint = "A second encoder may send too, and takes over when the first one fails.";
  return <Check label="Backup input" hint={hint} {...props} />;
}

export function DvrCheck(props: CheckProps) {
  const hint = "Viewers may go back to the beginning of the broadcast.";
  return <Check label="Seek back while live" hint={hint} {...props} />;
}

export function SignedCheck(props: CheckProps) {
  const hint = "Viewers need a playback token, which your own system makes for each of them.";
  return <Check label="Only with a ticket" hint={hint} {...props} />;
}
