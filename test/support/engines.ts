// Where the servers of a test run keep their rows and their recordings: in SQLite and on the disk, unless the environment names a
// PostgreSQL server or an object store, as `bun run test:engines` does.

import { SQL } from "bun";
import { storeEnvironment, TEST_BUCKET } from "./object-server.ts";

const POSTGRES = "TANDEM_TEST_POSTGRES_URL";
const OBJECT_STORE = "TANDEM_TEST_OBJECT_STORE";

/** What tells a process that runs tests; null where there is none of it. */
export function testEnvironment(of: {
  readonly postgresUrl: string | null;
  readonly objectStoreEndpoint: string | null;
}): Readonly<Record<string, string>> {
  return {
    ...(of.postgresUrl === null ? {} : { [POSTGRES]: of.postgresUrl }),
    ...(of.objectStoreEndpoint === null ? {} : { [OBJECT_STORE]: of.objectStoreEndpoint }),
  };
}

/** True, and printed, where the rows are in PostgreSQL, which a test is not for: `why` it needs them in SQLite's files. */
export function hasNoSqlite(why: string): boolean {
  return isSaid(process.env[POSTGRES] !== undefined, why);
}

/** True, and printed, where recordings leave the disk, which a test is not for: `why` it needs them there. */
export function hasObjectStore(why: string): boolean {
  return isSaid(process.env[OBJECT_STORE] !== undefined, why);
}

function isSaid(isElsewhere: boolean, why: string): boolean {
  if (isElsewhere) process.stdout.write(`not with these engines: ${why}\n`);
  return isElsewhere;
}

/** Of one server: a database and a place in the store that are its own; the store is gone after the run, and keeps its objects. */
export class Engines implements AsyncDisposable {
  readonly environment: Readonly<Record<string, string>>;
  readonly #database: string | null;

  private constructor(environment: Readonly<Record<string, string>>, database: string | null) {
    this.environment = environment;
    this.#database = database;
  }

  static async begin(): Promise<Engines> {
    return Engines.#begin("template1");
  }

  static async #begin(template: string | null): Promise<Engines> {
    const { [POSTGRES]: postgres, [OBJECT_STORE]: endpoint } = process.env;
    const name = `test_${Bun.randomUUIDv7().replaceAll("-", "")}`;
    const objects = endpoint === undefined ? {} : storeEnvironment(endpoint, `s3://${TEST_BUCKET}/${name}`);
    if (postgres === undefined) return new Engines(objects, null);
    await command(postgres, `CREATE DATABASE ${name} TEMPLATE ${template ?? "template1"}`);
    const url = new URL(postgres);
    url.pathname = name;
    return new Engines({ TANDEM_DATABASE_URL: url.href, ...objects }, name);
  }

  /** With a copy of its rows, which nobody may use meanwhile. */
  async copy(): Promise<Engines> {
    return Engines.#begin(this.#database);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { [POSTGRES]: postgres } = process.env;
    if (postgres !== undefined && this.#database !== null)
      await command(postgres, `DROP DATABASE ${this.#database} WITH (FORCE)`);
  }
}

async function command(url: string, statement: string): Promise<void> {
  const sql = new SQL(url, { max: 1 });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.close({ timeout: 0 });
  }
}
