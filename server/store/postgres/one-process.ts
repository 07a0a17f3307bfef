// One server at a time keeps its rows in a database.

import { SQL } from "bun";
import { messageOf } from "#server/common/failure.ts";
import type { Log } from "#server/common/log.ts";

/** What the server holds; any number that nobody else uses. */
const PROCESS_LOCK = 7_461_647;

const TRY = `SELECT pg_try_advisory_lock(${PROCESS_LOCK}) AS "isHeld"`;

/** A machine that is gone without a word is noticed by the database after half a minute, not after hours. */
const KEEPALIVE = { tcp_keepalives_idle: 10, tcp_keepalives_interval: 5, tcp_keepalives_count: 4 };

const RETRY_MS = 1000;

/** Held by a connection of its own until released, or until the process is gone, however it went. */
export class OneProcess {
  readonly #log: Log | null;
  readonly #sql: SQL;
  #isReleased = false;
  #retry: Timer | null = null;

  private constructor(url: string, log: Log | null) {
    this.#log = log;
    this.#sql = new SQL(url, {
      max: 1,
      connection: { application_name: "tandem-lock", idle_session_timeout: 0, ...KEEPALIVE },
      onclose: () => this.#lost(),
    });
  }

  /** `log`: told when it is lost to another; null for what is over before. Null when another server still holds it after `patienceMs`: one that is ending lets go of it. */
  static async take(url: string, log: Log | null, patienceMs: number): Promise<OneProcess | null> {
    const held = new OneProcess(url, log);
    const endMs = performance.now() + patienceMs;
    while (!(await held.#isTaken())) {
      if (performance.now() >= endMs) {
        await held.release();
        return null;
      }
      await Bun.sleep(RETRY_MS / 4);
    }
    return held;
  }

  async release(): Promise<void> {
    this.#isReleased = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    await this.#sql.close({ timeout: 0 });
  }

  async #isTaken(): Promise<boolean> {
    const [row]: { isHeld: boolean }[] = await this.#sql.unsafe(TRY);
    return row?.isHeld === true;
  }

  /** The database was restarted, or cannot be reached: the lock is taken again as soon as that is possible. */
  #lost(): void {
    if (this.#isReleased || this.#retry !== null) return;
    this.#retry = setTimeout(() => void this.#takeAgain(), RETRY_MS); // Says itself what fails.
    this.#retry.unref();
  }

  async #takeAgain(): Promise<void> {
    this.#retry = null;
    try {
      if (await this.#isTaken()) return;
      this.#log?.error("database_taken", { message: "another Tandem server has taken the database" });
    } catch (error) {
      this.#log?.debug("database_lock_waits", { message: messageOf(error) });
    }
    this.#lost();
  }
}
