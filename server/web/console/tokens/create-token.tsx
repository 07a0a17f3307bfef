// The form that makes a token.

import { useState } from "preact/hooks";
import type { Token } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Dialog } from "#server/web/console/parts/dialog.tsx";
import { Field } from "#server/web/console/parts/field.tsx";
import { Problem } from "#server/web/console/parts/problem.tsx";
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
    <Dialog title="Create a token" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
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
        <Problem text={problem} />
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary" disabled={isBusy}>
            Create
          </button>
        </div>
      </form>
    </Dialog>
  );
}
