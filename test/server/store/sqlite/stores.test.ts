import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLog } from "#server/common/log.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import { openSqliteStores } from "#server/store/sqlite/stores.ts";
import { storeContract } from "#test/server/store/contract/store-contract.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

storeContract("SQLite", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-stores-"));
  const log = createLog({
    level: "error",
    write: (line) => process.stderr.write(line),
    clock: new FakeClock(),
  });
  return {
    open: async () => openSqliteStores(openDataDirectory(folder), log),
    remove: async () => rmSync(folder, { recursive: true }),
  };
});
