// Debian's nginx with its RTMP module, the yardstick: it segments and records what is published, as Tandem does.

import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "#test/support/free-port.ts";
import { Program } from "#test/support/program.ts";
import { until } from "#test/support/until.ts";

/** Where Debian's package `libnginx-mod-rtmp` puts it. */
const MODULE = "/usr/lib/nginx/modules/ngx_rtmp_module.so";

const MAX_SECONDS = 600;

export class NginxRtmp implements AsyncDisposable {
  readonly #folder: string;
  readonly #program: Program;
  readonly #port: number;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.#program = new Program(
      ["nginx", "-p", folder, "-c", join(folder, "nginx.conf"), "-e", "stderr"],
      MAX_SECONDS,
    );
  }

  static get isInstalled(): boolean {
    return existsSync(MODULE);
  }

  /** Resolves once it takes connections. */
  static async start(): Promise<NginxRtmp> {
    const folder = mkdtempSync(join(tmpdir(), "tandem-nginx-rtmp-"));
    for (const name of ["hls", "recordings"]) mkdirSync(join(folder, name));
    const port = await freePort();
    await Bun.write(join(folder, "nginx.conf"), configurationOf(folder, port));
    const nginx = new NginxRtmp(folder, port);
    await until("nginx", () => isOpen(port));
    return nginx;
  }

  get processId(): number {
    return this.#program.processId;
  }

  /** As many addresses to publish to. */
  urls(count: number): string[] {
    return Array.from({ length: count }, (_, index) => `rtmp://127.0.0.1:${this.#port}/live/${index + 1}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.interrupt();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function isOpen(port: number): Promise<true | null> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(null));
    socket.once("connect", () => socket.destroy());
  });
}

function configurationOf(folder: string, port: number): string {
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `${user}
load_module ${MODULE};
daemon off;
master_process off;
pid ${folder}/nginx.pid;
events { worker_connections 1024; }
rtmp {
  server {
    listen 127.0.0.1:${port};
    application live {
      live on;
      hls on;
      hls_path ${folder}/hls;
      hls_fragment 2s;
      record all;
      record_path ${folder}/recordings;
    }
  }
}
`;
}
