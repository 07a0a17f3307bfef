// nginx in front of a server, set up as the README says, or as a cache that keeps whatever it may.

import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./imports.ts";
import { Program } from "./program.ts";
import { until } from "./until.ts";

/**
 * `as-documented`: the README's own block. `keeps-all`: every answer is kept as long as its headers allow, and cookies
 * go neither way.
 */
export type ProxyKind = "as-documented" | "keeps-all";

/** One line of its log. */
export interface Proxied {
  /** Null where nothing is kept. */
  readonly cache: "HIT" | "MISS" | "EXPIRED" | "REVALIDATED" | "STALE" | "UPDATING" | "BYPASS" | null;
  readonly status: number;
  /** Without the query. */
  readonly path: string;
}

export class CachingProxy implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #program: Program;

  private constructor(port: number, folder: string) {
    this.url = `http://127.0.0.1:${port}`;
    this.#folder = folder;
    const configuration = join(folder, "nginx.conf");
    this.#program = new Program(["nginx", "-p", folder, "-c", configuration, "-e", "stderr"], 200);
  }

  /** Resolves once it answers. `upstream`: the server's URL. */
  static async start(upstream: string, kind: ProxyKind): Promise<CachingProxy> {
    const folder = mkdtempSync(join(tmpdir(), "tandem-proxy-"));
    const port = await freePort();
    mkdirSync(join(folder, "cache"));
    await Bun.write(join(folder, "nginx.conf"), configurationOf({ folder, port, upstream, kind }));
    const proxy = new CachingProxy(port, folder);
    await until("the proxy", async () => {
      if (proxy.#program.hasExited) throw new Error((await proxy.#program.result).stderr);
      return (await fetch(`${proxy.url}/healthz`)).ok;
    });
    return proxy;
  }

  /** What it was asked for so far. */
  get proxied(): readonly Proxied[] {
    return readFileSync(join(this.#folder, "access.log"), "utf8")
      .trim()
      .split("\n")
      .map((line) => {
        const [cache, status, path = ""] = line.split(" ");
        return { cache: cache === "-" ? null : (cache as Proxied["cache"]), status: Number(status), path };
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.interrupt();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly folder: string;
  readonly port: number;
  readonly upstream: string;
  readonly kind: ProxyKind;
}

function configurationOf({ folder, port, upstream, kind }: Place): string {
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join("\n  ");
  const block = kind === "as-documented" ? documented() : KEEPS_ALL;
  const placed = block
    .replace(/proxy_cache_path \S+/, `proxy_cache_path ${folder}/cache`)
    .replace(/listen \S+;/, `listen 127.0.0.1:${port};`)
    .replaceAll("http://tandem:8080", upstream);
  return `${user}
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 1024; }
http {
  ${temporary}
  log_format cache '$upstream_cache_status $status $uri';
  access_log ${folder}/access.log cache;
  ${placed}
}
`;
}

/** The block that operators are told to use. */
function documented(): string {
  const [, block] = /```nginx\n([\s\S]*?)```/.exec(readFileSync(join(ROOT, "README.md"), "utf8")) ?? [];
  if (block === undefined) throw new Error("The README has no block of nginx.");
  return block;
}

const KEEPS_ALL = `
proxy_cache_path /cache keys_zone=tandem:10m use_temp_path=off;
server {
  listen 80;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header Cookie "";
  proxy_hide_header Set-Cookie;
  proxy_cache tandem;
  proxy_cache_lock on;
  location / { proxy_pass http://tandem:8080; }
}
`;

/** Nobody listens on it now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === "string") throw new Error("It has no port.");
  return address.port;
}
