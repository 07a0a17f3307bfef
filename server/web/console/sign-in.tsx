// Where the console begins: with a token, which stays in this browser tab until it is closed.

import { useState } from "preact/hooks";
import { TandemRefusal } from "#openapi/client.ts";
import { Field } from "./parts/field.tsx";

interface SignInProps {
  /** Why it is asked for again; null at first. */
  readonly reason: string | null;
  /** Rejects as the API does. */
  readonly onToken: (token: string) => Promise<void>;
}

export function SignIn({ reason, onToken }: SignInProps) {
  const [token, setToken] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState(reason);
  const submit = async () => {
    setBusy(true);
    try {
      await onToken(token.trim());
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  return (
    <main class="sign-in">
      <form
        class="panel"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <h1>Tandem console</h1>
        <p class="quiet">
          Sign in with an API token. It is kept in this tab only, and forgotten when you close it or sign out.
        </p>
        <Field label="API token">
          <input
            type="password"
            name="token"
            autocomplete="off"
            spellcheck={false}
            required
            value={token}
            aria-invalid={problem !== null}
            aria-describedby="sign-in-problem"
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </Field>
        <p id="sign-in-problem" class="problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="button primary" disabled={isBusy}>
          Sign in
        </button>
        <p class="field-hint">
          The first token is in the file <code>admin-token</code> of the server's data directory.
        </p>
      </form>
    </main>
  );
}

function problemOf(error: unknown): string {
  if (!(error instanceof TandemRefusal)) return "The server does not answer. Try again in a moment.";
  return error.status === 401 ? "The server does not know this token." : error.message;
}
