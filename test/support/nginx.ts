// nginx as a process of the test's own, set up by blocks of the README or by others.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./imports.ts";
import { Program } from "./program.ts";
import { until } from "./until.ts";

export interface NginxOptions {
  /** What stands in its `http`: `listen`, `proxy_cache_path` and `http://tandem:8080` are put in their places here. */
  readonly block: string;
  readonly port: number;
  /** The server's URL. */
  readonly upstream: string;
  /** What it answers 200 once all is well, and how that is asked. */
  readonly ready: { readonly url: string; readonly tls?: { readonly ca: string } };
}

export class Nginx implements AsyncDisposable {
  readonly #folder: string;
  readonly #program: Program;

  private constructor(folder: string) {
    this.#folder = folder;
    const configuration = join(folder, "nginx.conf");
    this.#program = new Program(["nginx", "-p", folder, "-c", configuration, "-e", "stderr"], 200);
  }

  /** Resolves once it answers. */
  static async start(options: NginxOptions): Promise<Nginx> {
    const folder = mkdtempSync(join(tmpdir(), "tandem-proxy-"));
    mkdirSync(join(folder, "cache"));
    await Bun.write(join(folder, "nginx.conf"), configurationOf(folder, options));
    const nginx = new Nginx(folder);
    const { url, tls } = options.ready;
    await until("the proxy", async () => {
      if (nginx.#program.hasExited) throw new Error((await nginx.#program.result).stderr);
      return (await fetch(url, tls === undefined ? {} : { tls })).ok;
    });
    return nginx;
  }

  /** Each line: the cache's part in the answer or `-`, the status, the path without the query, the query or `-`. */
  get log(): readonly string[] {
    return readFileSync(join(this.#folder, "access.log"), "utf8").trim().split("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.interrupt();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The block of the README that operators are told to use and that holds `text`. */
export function documentedBlock(text: string): string {
  const readme = readFileSync(join(ROOT, "README.md"), "utf8");
  const blocks = Array.from(readme.matchAll(/```nginx\n([\s\S]*?)```/g), ([, block = ""]) => block);
  const found = blocks.find((block) => block.includes(text));
  if (found === undefined) throw new Error(`The README has no block of nginx with ${text}.`);
  return found;
}

/** Nobody listens on it now. */
function configurationOf(folder: string, { block, port, upstream }: NginxOptions): string {
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join("\n  ");
  const placed = block
    .replace(/proxy_cache_path \S+/, `proxy_cache_path ${folder}/cache`)
    .replace(/listen \d+/, `listen 127.0.0.1:${port}`)
    .replaceAll("http://tandem:8080", upstream);
  return `${user}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 8192; }
http {
  ${temporary}
  log_format cache '$upstream_cache_status $status $uri $args';
  access_log ${folder}/access.log cache;
  ${placed}
}
`;
}
