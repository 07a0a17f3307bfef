// `tandem migrate-database`: the rows of a data directory go to the PostgreSQL database of TANDEM_DATABASE_URL.

import { existsSync } from "node:fs";
import { StartError } from "#server/common/start-error.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import { lockDataDirectory } from "#server/store/sqlite/data-directory-lock.ts";
import { openDatabaseOf, openStatisticsOf } from "#server/store/sqlite/database-files.ts";
import type { Config } from "./config.ts";

/** Throws a {@link StartError} where a server uses either of the two, or the database has other rows. */
export async function migrateDatabase(
  { dataDir, databaseUrl }: Pick<Config, "dataDir" | "databaseUrl">,
  print: (text: string) => void,
): Promise<void> {
  if (databaseUrl === null)
    throw new StartError("TANDEM_DATABASE_URL is not set; it names the database to copy to");
  const directory = openDataDirectory(dataDir);
  if (!existsSync(directory.databaseFile)) {
    throw new StartError(
      `there is no ${directory.databaseFile}; TANDEM_DATA_DIR names a server's data directory`,
    );
  }
  const lock = lockDataDirectory(directory);
  const main = openDatabaseOf(directory);
  const statistics = openStatisticsOf(directory);
  try {
    const { copyToPostgres } = await import("#server/store/postgres/stores.ts");
    const { rows, wereThere } = await copyToPostgres({ main, statistics }, databaseUrl);
    for (const [table, count] of rows) if (count > 0) print(`${table}: ${count}\n`);
    print(
      wereThere
        ? "The database has these rows already: nothing was copied.\n"
        : "All of them are in the database. The files stay as they are; recordings and pictures stay in the data directory.\n",
    );
  } finally {
    statistics.close();
    main.close();
    lock.release();
  }
}
