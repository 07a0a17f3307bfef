// What a server says that it lacks.

import type { TandemServer } from "./tandem-server.ts";

interface Readiness {
  readonly data: { readonly problems: readonly { readonly part: string; readonly code: string }[] } | null;
}

/** Of `/readyz`, each part with its code. */
export async function problemsOf({ url }: Pick<TandemServer, "url">): Promise<readonly string[]> {
  const { data }: Readiness = JSON.parse(await (await fetch(`${url}/readyz`)).text());
  return data === null ? [] : data.problems.map(({ part, code }) => `${part}: ${code}`);
}
