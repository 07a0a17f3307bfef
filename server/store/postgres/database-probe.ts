// Whether the database takes writes, asked as often as anybody likes and tried at most once a second.

import type { Log } from "#server/common/log.ts";
import { DISK_TROUBLES, type DiskTrouble, diskTroubleOf } from "#server/store/disk-trouble.ts";
import type { PostgresClient } from "./client.ts";

/** An answer is good for this long, so that asking costs nothing. */
const KEPT_MS = 1000;

export class PostgresProbe {
  readonly #client: Pick<PostgresClient, "run">;
  readonly #writer: { readonly trouble: DiskTrouble | null };
  readonly #log: Log;
  #last: { readonly problem: DiskTrouble | null; readonly atMs: number } | null = null;
  #asking: Promise<DiskTrouble | null> | null = null;

  /** `writer`: of what grows; a database that is full may still change what it has. */
  constructor(
    client: Pick<PostgresClient, "run">,
    writer: { readonly trouble: DiskTrouble | null },
    log: Log,
  ) {
    this.#client = client;
    this.#writer = writer;
    this.#log = log;
  }

  /** What is wrong with it now, null when nothing is. */
  problem(): Promise<DiskTrouble | null> {
    if (this.#last !== null && performance.now() - this.#last.atMs < KEPT_MS)
      return Promise.resolve(this.#last.problem);
    this.#asking ??= this.#ask();
    return this.#asking;
  }

  async #ask(): Promise<DiskTrouble | null> {
    const problem = await this.#try();
    if (problem !== (this.#last?.problem ?? null)) {
      if (problem === null) this.#log.info("database_well");
      else this.#log.error("database_not_well", { message: DISK_TROUBLES[problem] });
    }
    this.#last = { problem, atMs: performance.now() };
    this.#asking = null;
    return problem;
  }

  async #try(): Promise<DiskTrouble | null> {
    try {
      await this.#client.run("UPDATE schema_version SET version = version");
      return this.#writer.trouble;
    } catch (error) {
      return diskTroubleOf(error) ?? "database_refuses";
    }
  }
}
