// The form that makes a token.

import { useState } from "preact/hooks";
import type { Token } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Field } from "#server/web/console/parts/field.tsx";
import { FormDialog } from "#server/web/console/parts/form-dialog.tsx";
import { useAction } from "#server/web/console/state/use-action.ts";

interface CreateTokenProps {
  readonly onCreated: (token: Token) => void;
  readonly onClose: () => void;
}

export function CreateToken({ onCreated, onClose }: CreateTokenProps) {
  const { client } = useConsole();
  const { isBusy, run, problem } = useAction();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Token["scope"]>("read");
  const create = async () => {
    const token = await run("create it", () => client.createToken({ name, scope }), null);
    if (token !== null) onCreated(token);
  };
  return (
    <FormDialog
      title="Create a token"
      action="Create"
      isSendable={!isBusy}
      problem={problem}
      onSubmit={create}
      onClose={onClose}
    >
      <Field label="Name" hint="Who or what it is for.">
        <input
          name="name"
          required
          maxLength={100}
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
        />
      </Field>
      <Field label="What it may do">
        <select
          name="scope"
          value={scope}
          onChange={({ currentTarget }) => setScope(currentTarget.value === "admin" ? "admin" : "read")}
        >
          <option value="read">Only read, without stream keys</option>
          <option value="admin">Everything</option>
        </select>
      </Field>
    </FormDialog>
  );
}
