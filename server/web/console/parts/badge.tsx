// A state in a pill: sign, colour and word.

import { Icon, type IconName } from "./icon.tsx";

export type Tone = "quiet" | "live" | "well" | "warning" | "bad" | "accent";

export function Badge({ tone, icon, children }: { tone: Tone; icon: IconName; children: string }) {
  return (
    <span class="badge" data-tone={tone}>
      <Icon name={icon} />
      {children}
    </span>
  );
}
