// The addresses that answers carry: as the operator set them, or with the ports that were bound.

/** Without trailing slashes; null where the operator set none. */
export interface ConfiguredUrls {
  /** The server's own, not that of a proxy before it. Absent or null = none. */
  readonly tls?: object | null;
  readonly publicUrl: string | null;
  readonly rtmpPublicUrl: string | null;
}

export class PublicUrls {
  readonly #configured: ConfiguredUrls;
  readonly #httpPort: () => number;
  readonly #rtmpPort: () => number;

  /** Ports are asked for when a URL is made: port 0 is any free one, known once it is bound. */
  constructor(configured: ConfiguredUrls, ports: { http: () => number; rtmp: () => number }) {
    this.#configured = configured;
    this.#httpPort = ports.http;
    this.#rtmpPort = ports.rtmp;
  }

  /** `path` has no leading slash. */
  http(path: string): string {
    const { publicUrl, tls } = this.#configured;
    const scheme = tls == null ? "http" : "https";
    return `${publicUrl ?? `${scheme}://localhost:${this.#httpPort()}`}/${path}`;
  }

  /** `path` has no leading slash. */
  rtmp(path: string): string {
    return `${this.#configured.rtmpPublicUrl ?? `rtmp://localhost:${this.#rtmpPort()}`}/${path}`;
  }
}
