// nginx in front of a server, set up as the README says, or as a cache that keeps whatever it may.

import { freePort } from "./free-port.ts";
import { documentedBlock, Nginx } from "./nginx.ts";

/**
 * `as-documented`: the README's own block. `without-playlists`: the same without its last location, which keeps media playlists.
 * `keeps-all`: every answer is kept as long as its headers allow, and cookies go neither way.
 */
export type ProxyKind = "as-documented" | "without-playlists" | "keeps-all";

/** One line of its log. */
export interface Proxied {
  /** Null where nothing is kept. */
  readonly cache: "HIT" | "MISS" | "EXPIRED" | "REVALIDATED" | "STALE" | "UPDATING" | "BYPASS" | null;
  readonly status: number;
  /** Without the query. */
  readonly path: string;
  /** Without its `?`; "-" where there is none. */
  readonly query: string;
}

export class CachingProxy implements AsyncDisposable {
  readonly url: string;
  readonly #nginx: Nginx;

  private constructor(url: string, nginx: Nginx) {
    this.url = url;
    this.#nginx = nginx;
  }

  /** Resolves once it answers. `upstream`: the server's URL. */
  static async start(upstream: string, kind: ProxyKind): Promise<CachingProxy> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const block = blockOf(kind);
    const ready = { url: `${url}/healthz` };
    return new CachingProxy(url, await Nginx.start({ block, port, upstream, ready }));
  }

  /** What it was asked for so far. */
  get proxied(): readonly Proxied[] {
    return this.#nginx.log.map((line) => {
      const [cache, status, path = "", query = "-"] = line.split(" ");
      const kept = cache === "-" ? null : (cache as Proxied["cache"]);
      return { cache: kept, status: Number(status), path, query };
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#nginx[Symbol.asyncDispose]();
  }
}

function blockOf(kind: ProxyKind): string {
  if (kind === "keeps-all") return KEEPS_ALL;
  const documented = documentedBlock("proxy_cache_path");
  return kind === "as-documented" ? documented : documented.replace(PLAYLIST_LOCATION, "");
}

const PLAYLIST_LOCATION = /^ {2}location ~ \^\/live[\s\S]*?^ {2}\}\n/m;

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
