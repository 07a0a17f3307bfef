// The server as its operator runs it: a process of its own, on free ports, with a data directory of its own.

import { chownSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Engines } from "./engines.ts";
import { freePort } from "./free-port.ts";
import { ROOT } from "./imports.ts";

/** How `tandem` is run: from the sources, or as the single binary that `TANDEM_TEST_BINARY` names. */
export const TANDEM: readonly string[] =
  process.env.TANDEM_TEST_BINARY === undefined
    ? [process.execPath, join(ROOT, "server/main.ts")]
    : [process.env.TANDEM_TEST_BINARY];

export const ADMIN_TOKEN = "end-to-end-admin-token-0123456789";

const READY_SECONDS = 20;
const STOP_SECONDS = 12;

interface Ports {
  readonly httpPort: number;
  readonly rtmpPort: number;
  /** With TLS. */
  readonly rtmpsPort?: number;
}

export interface StartOptions {
  /** `start` of a {@link program} that runs the scripts of a checkout. */
  readonly command?: "serve" | "demo" | "start";
  readonly environment?: Readonly<Record<string, string>>;
  /** In the place of {@link TANDEM}. */
  readonly program?: readonly string[];
  /** Where it is started. */
  readonly workingDirectory?: string;
  /** The user id that the program changes to: the data directory is theirs. */
  readonly userId?: number;
}

export interface CopiedServer extends AsyncDisposable {
  readonly dataDir: string;
  /** What commands are given to work on it. */
  readonly environment: Readonly<Record<string, string>>;
}

export class TandemServer implements AsyncDisposable {
  readonly #dataDir = mkdtempSync(join(tmpdir(), "tandem-data-"));
  readonly #options: StartOptions;
  readonly #engines: Engines;
  #child: Bun.Subprocess<"ignore", "pipe", "pipe"> | null = null;
  #ports: Ports = { httpPort: 0, rtmpPort: 0 };
  /** Everything it wrote, from every run. */
  #logs = "";
  #output = "";

  private constructor(options: StartOptions, engines: Engines) {
    this.#options = options;
    this.#engines = engines;
    if (options.userId !== undefined) chownSync(this.#dataDir, options.userId, options.userId);
  }

  /** Resolves when it says that it is ready. */
  static async start(options: StartOptions = {}): Promise<TandemServer> {
    const server = new TandemServer(options, await Engines.begin());
    try {
      await server.startAgain();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get url(): string {
    const scheme = this.#ports.rtmpsPort === undefined ? "http" : "https";
    return `${scheme}://127.0.0.1:${this.#ports.httpPort}`;
  }

  get httpPort(): number {
    return this.#ports.httpPort;
  }

  get rtmpPort(): number {
    return this.#ports.rtmpPort;
  }

  get rtmpUrl(): string {
    return `rtmp://127.0.0.1:${this.#ports.rtmpPort}`;
  }

  /** 0 without TLS. */
  get rtmpsPort(): number {
    return this.#ports.rtmpsPort ?? 0;
  }

  get dataDir(): string {
    return this.#dataDir;
  }

  /** What other commands are given to work on what it has. */
  get environment(): Readonly<Record<string, string>> {
    return { TANDEM_DATA_DIR: this.#dataDir, ...this.#engines.environment, ...this.#options.environment };
  }

  get processId(): number {
    return this.#child?.pid ?? 0;
  }

  /** What it wrote to standard error so far, all runs together. */
  get logs(): string {
    return this.#logs;
  }

  /** What it wrote to standard output so far. */
  get output(): string {
    return this.#output;
  }

  /** After {@link stop} or {@link kill}: with the same data and on the same ports. */
  async startAgain(): Promise<void> {
    if (this.#ports.httpPort === 0) this.#ports = { httpPort: await freePort(), rtmpPort: await freePort() };
    const child = Bun.spawn([...(this.#options.program ?? TANDEM), this.#options.command ?? "serve"], {
      cwd: this.#options.workingDirectory ?? process.cwd(),
      env: {
        ...process.env,
        TANDEM_HOST: "127.0.0.1",
        TANDEM_HTTP_PORT: String(this.#ports.httpPort),
        TANDEM_RTMP_PORT: String(this.#ports.rtmpPort),
        TANDEM_ADMIN_TOKEN: ADMIN_TOKEN,
        TANDEM_LOG: "debug",
        ...this.environment,
      },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    this.#child = child;
    void this.#keepOutput(child.stdout); // Ends with the process.
    this.#ports = await this.#readLogs(child);
  }

  /** As an operator ends it; resolves to the exit code. Throws when it does not end in time. */
  async stop(): Promise<number> {
    return this.#end("SIGTERM");
  }

  /** As a crash or a power cut ends it. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** A copy of its data directory and its rows, while it does not run. */
  async copy(): Promise<CopiedServer> {
    const dataDir = mkdtempSync(join(tmpdir(), "tandem-copy-"));
    cpSync(this.#dataDir, dataDir, { recursive: true });
    const engines = await this.#engines.copy();
    return {
      dataDir,
      environment: { ...this.environment, ...engines.environment, TANDEM_DATA_DIR: dataDir },
      [Symbol.asyncDispose]: async () => {
        rmSync(dataDir, { recursive: true });
        await engines[Symbol.asyncDispose]();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#dataDir, { recursive: true, force: true });
    await this.#engines[Symbol.asyncDispose]();
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<number> {
    const child = this.#child;
    if (child === null) return 0;
    child.kill(signal);
    const timeout = AbortSignal.timeout(STOP_SECONDS * 1000);
    const exitCode = await Promise.race([child.exited, aborted(timeout)]);
    this.#child = null;
    if (exitCode !== null) return exitCode;
    child.kill("SIGKILL");
    throw new Error(`The server did not end within ${STOP_SECONDS} s of ${signal}.\n${this.#logs}`);
  }

  /** Resolves at the `ready` line and goes on reading behind it. */
  #readLogs(child: Bun.Subprocess<"ignore", "pipe", "pipe">): Promise<Ports> {
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        child.kill("SIGKILL");
        reject(new Error(`The server was not ready within ${READY_SECONDS} s.\n${this.#logs}`));
      }, READY_SECONDS * 1000);
      const read = async () => {
        const decoder = new TextDecoder();
        let line = "";
        for await (const bytes of child.stderr) {
          const text = decoder.decode(bytes, { stream: true });
          this.#logs += text;
          const lines = (line + text).split("\n");
          line = lines.pop() ?? "";
          const ready = lines.find((each) => each.includes('"event":"ready"'));
          if (ready === undefined) continue;
          clearTimeout(deadline);
          resolve(JSON.parse(ready));
        }
        clearTimeout(deadline);
        reject(new Error(`The server ended before it was ready.\n${this.#logs}`));
      };
      read().catch(reject);
    });
  }

  async #keepOutput(stdout: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stdout) this.#output += decoder.decode(bytes, { stream: true });
  }
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(null)));
}
