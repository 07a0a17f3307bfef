// The addresses that answers carry: as the operator set them, or with the ports that were bound.

/** Without trailing slashes; null where the operator set none. */
export interface ConfiguredUrls {
  /** The server's own, not that of a proxy before it. Absent or null = none. */
  readonly tls?: object | null;
  readonly publicUrl: string | null;
  readonly rtmpPublicUrl: string | null;
}

/** Those that were bound: asked for when a URL is made, since port 0 is any free one. */
export interface BoundPorts {
  readonly http: number;
  readonly rtmp: number;
}

export class PublicUrls {
  readonly #configured: ConfiguredUrls;
  readonly #ports: BoundPorts;

  constructor(configured: ConfiguredUrls, ports: BoundPorts) {
    this.#configured = configured;
    this.#ports = ports;
  }

  /** `path` has no leading slash. */
  http(path: string): string {
    const { publicUrl, tls } = this.#configured;
    const scheme = tls == null ? "http" : "https";
    return `${publicUrl ?? `${scheme}://localhost:${this.#ports.http}`}/${path}`;
  }

  /** `path` has no leading slash. */
  rtmp(path: string): string {
    return `${this.#configured.rtmpPublicUrl ?? `rtmp://localhost:${this.#ports.rtmp}`}/${path}`;
  }
}
