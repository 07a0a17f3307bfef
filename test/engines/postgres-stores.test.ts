import { afterAll, beforeAll, describe } from "bun:test";
import { createLog } from "#server/common/log.ts";
import { openPostgresStores } from "#server/store/postgres/stores.ts";
import { storeContract } from "#test/server/store/contract/store-contract.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { PostgresServer } from "#test/support/postgres-server.ts";

const log = createLog({
  level: "error",
  write: (line) => process.stderr.write(line),
  clock: new FakeClock(),
});

describe.skipIf(!PostgresServer.isInstalled)("with a server", () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await PostgresServer.start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  storeContract("PostgreSQL", async () => {
    const url = await server.newDatabase();
    return {
      open: async () => (await openPostgresStores(url, log)).stores,
      remove: async () => undefined,
    };
  });
});
