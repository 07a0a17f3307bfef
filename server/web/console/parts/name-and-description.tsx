// What a livestream and a recording are called, and said of them.

import type { StateUpdater } from "preact/hooks";
import { useState } from "preact/hooks";
import { Field } from "./field.tsx";

/** As a form has them; `description` is empty where there is none. */
export interface Words {
  readonly name: string;
  readonly description: string;
}

/** As the API takes them. */
export function sentWords({ name, description }: Words): { name: string; description: string | null } {
  return { name, description: sentText(description) };
}

/** Null where nothing is written. */
export function sentText(text: string): string | null {
  return text.trim() === "" ? null : text;
}

/** Begins with what is there. */
export function useWords(there: { name: string; description: string | null }) {
  return useState<Words>(() => ({ name: there.name, description: there.description ?? "" }));
}

interface NameAndDescriptionProps {
  readonly words: Words;
  readonly onChange: (update: StateUpdater<Words>) => void;
  readonly nameHint?: string;
}

export function NameAndDescription({ words, onChange, nameHint }: NameAndDescriptionProps) {
  const change = (changed: Partial<Words>) => onChange((before) => ({ ...before, ...changed }));
  return (
    <>
      <Field label="Name" {...(nameHint === undefined ? {} : { hint: nameHint })}>
        <input
          name="name"
          required
          maxLength={200}
          value={words.name}
          onInput={({ currentTarget }) => change({ name: currentTarget.value })}
        />
      </Field>
      <Field label="Description">
        <textarea
          name="description"
          rows={4}
          maxLength={5000}
          value={words.description}
          onInput={({ currentTarget }) => change({ description: currentTarget.value })}
        />
      </Field>
    </>
  );
}
