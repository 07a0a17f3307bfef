// The demo as whoever tries Tandem sees it: what it prints, and the failover that it shows by itself.

import { expect, test } from "bun:test";
import { ApiClient } from "#test/support/api-client.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

test("the demo names its page, its console and the token, and cuts the encoder on air, which comes back", async () => {
  await using server = await TandemServer.start({ command: "demo" });
  const id = await until("the page to watch", () => /\/watch\/([0-9a-f-]+)\n/.exec(server.output)?.[1]);
  const root = `http://localhost:${server.httpPort}`;
  await until("the last line", () => server.output.includes("Every 30 s"));
  expect(server.output).toStartWith(
    `Watch it:  ${root}/watch/${id}\nDirect it: ${root}/console with the token ${ADMIN_TOKEN}\n`,
  );
  expect(server.logs).not.toContain(ADMIN_TOKEN);
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const before = await api.get(id);
  expect([before.onAir, ...before.inputs.map(({ active }) => active)]).toEqual(["primary", true, true]);
  const connected = before.inputs[0]?.connectedAtUtc;
  await until("the failover", async () => (await api.get(id)).onAir === "secondary", 40);
  await api.when(
    id,
    "its return",
    ({ inputs: [primary] }) => primary?.active === true && primary.connectedAtUtc !== connected,
  );
  expect(await server.stop()).toBe(0);
}, 90_000);
