// Puts a text into the clipboard, and says that it did.

import { useEffect, useState } from "preact/hooks";
import { Icon } from "./icon.tsx";

const SAID_MS = 2000;

export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, setSaid] = useState<string | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => setSaid((await copied(text)) ? "Copied" : "Select it");
  return (
    <button type="button" class="button small" aria-label={`Copy the ${what}`} onClick={() => void copy()}>
      <Icon name="copy" />
      <span role="status">{said ?? "Copy"}</span>
    </button>
  );
}

/** Browsers give the clipboard only to pages that came over HTTPS, or from this machine. */
async function copied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copiedBySelection(text);
  }
}

function copiedBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "off-screen";
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  return isCopied;
}
