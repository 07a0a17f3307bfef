// Secrets stay out of what the server says of itself (robustness L7).

import { expect } from "bun:test";
import type { InputView } from "#server/livestreams/livestream-view.ts";
import { ADMIN_TOKEN, type TandemServer } from "./tandem-server.ts";

/** Neither the token nor a stream key stands anywhere in the logs, which are not empty. */
export function expectNoSecrets(server: TandemServer, inputs: readonly InputView[]): void {
  expect(server.logs).toContain('"event":"ready"');
  expect(inputs).not.toBeEmpty();
  for (const secret of [ADMIN_TOKEN, ...inputs.map((input) => input.streamKey)]) {
    expect(server.logs).not.toContain(secret);
  }
}
