// Why something could not be done, in words for the person who wanted it.

import { TandemRefusal } from "#openapi/client.ts";

/** `what`: what was wanted, as it follows "could not": `publish it`. */
export function refusalText(error: unknown, what: string): string {
  if (!(error instanceof TandemRefusal)) {
    return `It is not known whether the server could ${what}: it does not answer. The page shows the state as soon as it does.`;
  }
  if (error.status === 409) {
    return `Could not ${what}. ${error.message} Somebody else may have been quicker: the page shows how it is now.`;
  }
  if (error.status === 403) return `Could not ${what}. This token may only read.`;
  const fields = error.data !== null && "fields" in error.data ? Object.entries(error.data.fields ?? {}) : [];
  const details = fields.map(([field, reason]) => `${field} ${reason}`).join("; ");
  return `Could not ${what}. ${details === "" ? error.message : `${details}.`}`;
}
