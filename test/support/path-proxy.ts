// nginx with HTTPS in front of a server that lives below a path, set up as the README says.

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificate } from "./certificate.ts";
import { freePort } from "./free-port.ts";
import { documentedBlock, Nginx } from "./nginx.ts";
import { TandemServer } from "./tandem-server.ts";

export class PathProxy implements AsyncDisposable {
  /** What the server behind it was told of its address. */
  readonly url: string;
  /** Whoever asks trusts this certificate. */
  readonly tls: { readonly ca: string };
  readonly server: TandemServer;
  readonly #parts: AsyncDisposableStack;

  private constructor(url: string, tls: { ca: string }, server: TandemServer, parts: AsyncDisposableStack) {
    this.url = url;
    this.tls = tls;
    this.server = server;
    this.#parts = parts;
  }

  /** Resolves once the server answers through it. */
  static async start(command: "serve" | "demo" = "serve"): Promise<PathProxy> {
    await using parts = new AsyncDisposableStack();
    const folder = mkdtempSync(join(tmpdir(), "tandem-certificate-"));
    parts.defer(() => rmSync(folder, { recursive: true }));
    const { certFile, keyFile } = await makeCertificate(folder, "proxy.example");
    const port = await freePort();
    const url = `https://127.0.0.1:${port}/tandem`;
    const server = parts.use(await TandemServer.start({ command, environment: { TANDEM_PUBLIC_URL: url } }));
    const block = documentedBlock("location /tandem/")
      .replace(/ssl_certificate \S+;/, `ssl_certificate ${certFile};`)
      .replace(/ssl_certificate_key \S+;/, `ssl_certificate_key ${keyFile};`);
    const tls = { ca: readFileSync(certFile, "utf8") };
    const ready = { url: `${url}/healthz`, tls };
    parts.use(await Nginx.start({ block, port, upstream: server.url, ready }));
    return new PathProxy(url, tls, server, parts.move());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.disposeAsync();
  }
}
