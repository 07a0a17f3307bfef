// What was done, and what could not be: both go by themselves, bad news after time enough to read it twice.

import { useEffect } from "preact/hooks";
import { Icon } from "./icon.tsx";

export interface Notice {
  readonly number: number;
  readonly tone: "well" | "bad";
  readonly text: string;
}

const SHOWN_MS = { well: 6000, bad: 30_000 } as const;

interface NoticesProps {
  readonly notices: readonly Notice[];
  readonly onDismiss: (number: number) => void;
}

export function Notices({ notices, onDismiss }: NoticesProps) {
  return (
    <div class="notices" role="status" aria-live="polite">
      {notices.map((notice) => (
        <NoticeLine key={notice.number} notice={notice} onDismiss={onDismiss} />
      ))}
    </div>
  );
}

function NoticeLine({ notice, onDismiss }: { notice: Notice; onDismiss: NoticesProps["onDismiss"] }) {
  const { number, tone, text } = notice;
  useEffect(() => {
    const timer = setTimeout(() => onDismiss(number), SHOWN_MS[tone]);
    return () => clearTimeout(timer);
  }, [number, tone, onDismiss]);
  return (
    <div class="notice" data-tone={tone}>
      <Icon name={tone} />
      <p>{text}</p>
      <button type="button" class="button small" onClick={() => onDismiss(number)}>
        Dismiss
      </button>
    </div>
  );
}
