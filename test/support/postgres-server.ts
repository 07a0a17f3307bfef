// A PostgreSQL server of a test's own, in a temporary folder, on a free port of this machine; an unprivileged user runs it.

import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQL } from "bun";
import { freePort } from "./free-port.ts";
import { AS_NOBODY, NOBODY } from "./nobody.ts";
import { Program, run } from "./program.ts";
import { until } from "./until.ts";

/** Where Debian keeps each version. */
const VERSIONS_FOLDER = "/usr/lib/postgresql";

/** For a database that outlives its processes and not the machine. */
const FAST = ["fsync=off", "full_page_writes=off"];

/** Longer than any test file. */
const LIFE_SECONDS = 600;

const USER = "tandem";

/** PostgreSQL does not run as root. */
const AS_ANOTHER_USER = process.getuid?.() === 0 ? AS_NOBODY : [];

export class PostgresServer implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #lifeSeconds: number;
  #program: Program;
  #databases = 0;

  private constructor(folder: string, port: number, lifeSeconds: number) {
    this.#folder = folder;
    this.port = port;
    this.#lifeSeconds = lifeSeconds;
    this.#program = this.#begin();
  }

  static get isInstalled(): boolean {
    return programsFolder() !== null;
  }

  /** Resolves once it answers. `password`: whoever connects needs it; without one nobody needs any. */
  static async start({
    password = "",
    lifeSeconds = LIFE_SECONDS,
  }: {
    password?: string;
    lifeSeconds?: number;
  } = {}): Promise<PostgresServer> {
    const folder = mkdtempSync(join(tmpdir(), "tandem-postgres-"));
    if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
    const passwordFile = join(folder, "password");
    await Bun.write(passwordFile, password || "none");
    if (process.getuid?.() === 0) chownSync(passwordFile, NOBODY, NOBODY);
    const method = password === "" ? "trust" : "scram-sha-256";
    await run([
      ...[
        ...AS_ANOTHER_USER,
        join(programsFolder() ?? "", "initdb"),
        "--no-sync",
        "-D",
        join(folder, "data"),
      ],
      ...["-U", USER, "-A", method, `--pwfile=${passwordFile}`, "--encoding=UTF8", "--locale=C.UTF-8"],
    ]);
    const server = new PostgresServer(folder, await freePort(), lifeSeconds);
    await server.#answers(password);
    return server;
  }

  /** The address of one of its databases. `port`: of a line to it. */
  url(database = "postgres", password = "", port = this.port): string {
    return `postgres://${USER}${password === "" ? "" : `:${password}`}@127.0.0.1:${port}/${database}`;
  }

  /** A new, empty database; resolves to its address. */
  async newDatabase(): Promise<string> {
    this.#databases += 1;
    const name = `test_${this.#databases}`;
    await this.query(`CREATE DATABASE ${name}`);
    return this.url(name);
  }

  /** Runs a statement in the database of the server's own. */
  async query(statement: string, url = this.url()): Promise<unknown> {
    const sql = new SQL(url, { max: 1 });
    try {
      return await sql.unsafe(statement);
    } finally {
      await sql.close({ timeout: 0 });
    }
  }

  /** It answers nobody from now on, and closes nothing. */
  freeze(): void {
    for (const processId of this.#processes()) process.kill(processId, "SIGSTOP");
  }

  thaw(): void {
    for (const processId of this.#processes()) process.kill(processId, "SIGCONT");
  }

  /** Ends as on a machine that loses its power, and is gone. */
  async kill(): Promise<void> {
    const processes = this.#processes();
    for (const processId of processes) process.kill(processId, "SIGKILL");
    await this.#program.result;
  }

  /** Begins again on the same port, with what it had. */
  async restart(password = ""): Promise<void> {
    this.#program = this.#begin();
    await this.#answers(password);
  }

  /** What it has now is kept, as it is on its disk; it is restarted for that. */
  async keep(password = ""): Promise<void> {
    await this.kill();
    await run(["cp", "-a", join(this.#folder, "data"), join(this.#folder, "kept")]);
    await this.restart(password);
  }

  /** It has what was {@link keep}ed again: a crash has lost what came behind that. */
  async loseWhatCameSince(password = ""): Promise<void> {
    await this.kill();
    rmSync(join(this.#folder, "data"), { recursive: true });
    renameSync(join(this.#folder, "kept"), join(this.#folder, "data"));
    await this.restart(password);
  }

  /** A database of its own in a folder. */
  async newDatabaseIn(folder: string): Promise<string> {
    if (process.getuid?.() === 0) chownSync(folder, NOBODY, NOBODY);
    await this.query(`CREATE TABLESPACE small LOCATION '${folder}'`);
    await this.query("CREATE DATABASE small TABLESPACE small");
    return this.url("small");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#program.hasExited) {
      this.thaw();
      await this.kill();
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #begin(): Program {
    const sockets = join(this.#folder, "sockets");
    mkdirSync(sockets, { recursive: true });
    if (process.getuid?.() === 0) chownSync(sockets, NOBODY, NOBODY);
    const settings = [...FAST, "listen_addresses=127.0.0.1", `unix_socket_directories=${sockets}`];
    const command = [
      ...[...AS_ANOTHER_USER, join(programsFolder() ?? "", "postgres"), "-D", join(this.#folder, "data")],
      ...["-p", String(this.port), ...settings.flatMap((setting) => ["-c", setting])],
    ];
    return new Program(command, this.#lifeSeconds);
  }

  async #answers(password: string): Promise<void> {
    await until("PostgreSQL", async () => {
      if (this.#program.hasExited) throw new Error((await this.#program.result).stderr);
      await this.query("SELECT 1", this.url("postgres", password));
      return true;
    });
  }

  /** The one that was started and those that it started, which are a session's each. */
  #processes(): readonly number[] {
    const parent = this.#program.processId;
    const children = Bun.spawnSync(["ps", "-o", "pid=", "--ppid", String(parent)]).stdout.toString();
    return [parent, ...children.split(/\s+/).filter(Boolean).map(Number)].filter(isAlive);
  }
}

function isAlive(processId: number): boolean {
  return existsSync(`/proc/${processId}`);
}

function programsFolder(): string | null {
  if (!existsSync(VERSIONS_FOLDER)) return null;
  const [newest = ""] = readdirSync(VERSIONS_FOLDER).sort((a, b) => Number(b) - Number(a));
  const folder = join(VERSIONS_FOLDER, newest, "bin");
  return existsSync(join(folder, "initdb")) ? folder : null;
}
