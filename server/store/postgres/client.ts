// A pool of connections to PostgreSQL on which nothing waits for longer than its deadline.
//
// Bun's client has no deadline of its own, and a statement that a server which hangs was given cannot be cancelled: the pool
// it waits in is given up, with everything that waits in it, and the next statement begins another.

import { SQL, type TransactionSQL } from "bun";
import { DatabaseTroubleError, troubleOrFault } from "./database-trouble.ts";
import { type NumberedStatement, numbered } from "./named-parameters.ts";
import { type Parameters, type Queries, withoutNul } from "./queries.ts";

/** A call that waits for longer is answered that the database is silent. */
const DEADLINE_MS = 3000;

/** The server ends a statement by itself before it is given up here. */
const STATEMENT_TIMEOUT_MS = 2500;

const CONNECTION_TIMEOUT_SECONDS = 2;

const MAX_CONNECTIONS = 8;

export interface PostgresClientOptions {
  readonly url: string;
  readonly maxConnections?: number;
  readonly deadlineMs?: number;
}

type Runner = Pick<SQL, "unsafe">;

type Answer<Row> = readonly Row[] & { readonly count: number };

export class PostgresClient implements Queries {
  readonly #url: string;
  readonly #maxConnections: number;
  readonly #deadlineMs: number;
  /** Statements are constants: each is numbered once. */
  readonly #numbered = new Map<string, NumberedStatement>();
  #pool: SQL | null = null;
  #writes = 0;
  #isClosed = false;

  constructor({ url, maxConnections = MAX_CONNECTIONS, deadlineMs = DEADLINE_MS }: PostgresClientOptions) {
    this.#url = url;
    this.#maxConnections = maxConnections;
    this.#deadlineMs = deadlineMs;
  }

  /** How many transactions have begun or ended, those that failed, too: what was read before a change of it may be old. */
  get writes(): number {
    return this.#writes;
  }

  all<Row>(statement: string, parameters?: Parameters): Promise<readonly Row[]> {
    return this.#inTime((pool) => this.#answer<Row>(pool, statement, parameters));
  }

  async first<Row>(statement: string, parameters?: Parameters): Promise<Row | null> {
    return (await this.all<Row>(statement, parameters))[0] ?? null;
  }

  /**
   * In a transaction, which is committed once the statement has answered: one that was given up is hardly ever done later, when
   * a server that hung goes on.
   */
  run(statement: string, parameters?: Parameters): Promise<number> {
    return this.transaction((queries) => queries.run(statement, parameters));
  }

  /** All that the work runs is done, or, when it fails, none. `deadlineMs`: for work that is longer than that of a call. */
  async transaction<Result>(
    work: (queries: Queries) => Promise<Result>,
    deadlineMs = this.#deadlineMs,
  ): Promise<Result> {
    this.#writes += 1;
    try {
      return await this.#inTime((pool) => pool.begin((connection) => work(this.#on(connection))), deadlineMs);
    } finally {
      this.#writes += 1;
    }
  }

  /** What is still asked for is given up. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#pool?.close({ timeout: 0 });
  }

  #on(connection: TransactionSQL): Queries {
    const all = <Row>(statement: string, parameters?: Parameters) =>
      this.#answer<Row>(connection, statement, parameters);
    return {
      all,
      first: async <Row>(statement: string, parameters?: Parameters) =>
        (await all<Row>(statement, parameters))[0] ?? null,
      run: async (statement, parameters) => (await all(statement, parameters)).count,
    };
  }

  async #answer<Row>(runner: Runner, statement: string, parameters: Parameters = {}): Promise<Answer<Row>> {
    const known = this.#numbered.get(statement) ?? numbered(statement);
    this.#numbered.set(statement, known);
    return await runner.unsafe(
      known.text,
      known.names.map((name) => parameterNamed(parameters, name)),
    );
  }

  /** Throws a {@link DatabaseTroubleError} for what passes. */
  async #inTime<Result>(
    work: (pool: SQL) => Promise<Result>,
    deadlineMs = this.#deadlineMs,
  ): Promise<Result> {
    if (this.#isClosed) throw new DatabaseTroubleError("DATABASE_AWAY", "the stores are closed");
    this.#pool ??= this.#open();
    const pool = this.#pool;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const silence = new DatabaseTroubleError("DATABASE_SILENT", `no answer within ${deadlineMs} ms`);
    const timer = setTimeout(() => {
      reject(silence);
      this.#giveUp(pool);
    }, deadlineMs);
    try {
      return await Promise.race([work(pool), late]);
    } catch (error) {
      // Whatever else waited in a pool that was given up waited for the same silent database.
      throw this.#pool === pool || this.#isClosed ? troubleOrFault(error) : silence;
    } finally {
      clearTimeout(timer);
    }
  }

  #open(): SQL {
    return new SQL(this.#url, {
      max: this.#maxConnections,
      connectionTimeout: CONNECTION_TIMEOUT_SECONDS,
      connection: { application_name: "tandem", statement_timeout: STATEMENT_TIMEOUT_MS },
    });
  }

  #giveUp(pool: SQL): void {
    if (this.#pool !== pool) return;
    this.#pool = null;
    void pool.close({ timeout: 0 }); // What waits in it is rejected by this.
  }
}

function parameterNamed(parameters: Parameters, name: string): Parameters[string] {
  const value = parameters[name];
  if (value === undefined) throw new Error(`the statement has a parameter $${name} that was not given`);
  if (typeof value === "string") return withoutNul(value);
  return typeof value === "boolean" ? Number(value) : value;
}
