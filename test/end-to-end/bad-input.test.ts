// What cannot be started says why in one line, and ends with the exit code that says whose fault it was.

import { Database } from "bun:sqlite";
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AS_NOBODY, changesUser, NOBODY } from "#test/support/nobody.ts";
import { TANDEM, TandemServer } from "#test/support/tandem-server.ts";

const isRoot = process.getuid?.() === 0;

/** Root may write everywhere; what may not be written is found out as nobody. */
const UNPRIVILEGED = isRoot ? [...AS_NOBODY, ...TANDEM] : TANDEM;

/** Not where the checkout is for root alone: asked by having it do what it shall be refused, in a folder where it may. */
async function unprivilegedServes(): Promise<boolean> {
  if (!isRoot) return true;
  if (!changesUser) return false;
  try {
    await using server = await TandemServer.start({ program: UNPRIVILEGED, userId: NOBODY });
    return (await fetch(`${server.url}/healthz`)).ok;
  } catch {
    return false;
  }
}

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-bad-input-"));
  chmodSync(folder, 0o755);
});

afterEach(() => rmSync(folder, { recursive: true }));

interface Refusal {
  readonly exitCode: number;
  readonly stderr: string;
}

async function refused(
  environment: Record<string, string>,
  argv: readonly string[] = [],
  program: readonly string[] = TANDEM,
): Promise<Refusal> {
  const child = Bun.spawn([...program, ...argv], {
    env: {
      ...process.env,
      TANDEM_HOST: "127.0.0.1",
      TANDEM_HTTP_PORT: "0",
      TANDEM_RTMP_PORT: "0",
      TANDEM_DATA_DIR: join(folder, "data"),
      ...environment,
    },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    timeout: 20_000,
  });
  const [stderr, exitCode] = await Promise.all([child.stderr.text(), child.exited]);
  // What is no line of the log is for the person who typed the command.
  const lines = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
  return { exitCode, stderr: lines.join("\n") };
}

test("an unknown command", async () => {
  expect(await refused({}, ["bogus"])).toEqual({
    exitCode: 2,
    stderr: 'tandem: unknown command "bogus"; see tandem --help',
  });
});

test.each(["HTTP", "RTMP"])("a port for %s that is in use", async (name) => {
  using holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  expect(await refused({ [`TANDEM_${name}_PORT`]: String(holder.port) })).toEqual({
    exitCode: 2,
    stderr:
      `tandem: ${name} port ${holder.port} on 127.0.0.1 is in use by another process; ` +
      `TANDEM_${name}_PORT may hold another, or 0 for any free one`,
  });
});

test("an address of another machine", async () => {
  expect(await refused({ TANDEM_HOST: "203.0.113.7" })).toEqual({
    exitCode: 2,
    stderr: 'tandem: TANDEM_HOST holds "203.0.113.7"; it may hold an address of this machine',
  });
});

test("an address that is none", async () => {
  const { exitCode, stderr } = await refused({ TANDEM_HOST: "999.999.1.1" });
  expect(exitCode).toBe(2);
  expect(stderr).toStartWith("tandem: RTMP port 0 on 999.999.1.1 cannot be listened on: ");
  expect(stderr).toEndWith("; TANDEM_HOST may hold an address of this machine");
});

test("a data directory that another process uses", async () => {
  await using server = await TandemServer.start();
  expect(await refused({ TANDEM_DATA_DIR: server.dataDir })).toEqual({
    exitCode: 2,
    stderr: `tandem: another Tandem server uses the data directory ${server.dataDir}`,
  });
});

test("a data directory of a newer version", async () => {
  const file = join(folder, "tandem.sqlite");
  const newer = new Database(file);
  newer.run("PRAGMA user_version = 1000");
  newer.close();
  const { exitCode, stderr } = await refused({ TANDEM_DATA_DIR: folder });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^tandem: .*tandem\.sqlite has schema 1000; this version of Tandem knows schemas up to \d+$/,
  );
});

test("a data directory that cannot be made", async () => {
  writeFileSync(join(folder, "file"), "");
  const { exitCode, stderr } = await refused({ TANDEM_DATA_DIR: join(folder, "file/data") });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^tandem: the data directory .*file\/data cannot be created: ENOTDIR.*; TANDEM_DATA_DIR may hold .*$/,
  );
});

test("a broken certificate", async () => {
  const file = join(folder, "broken.pem");
  writeFileSync(file, "-----BEGIN CERTIFICATE-----\nbroken\n-----END CERTIFICATE-----\n");
  expect(await refused({ TANDEM_TLS_CERT: file, TANDEM_TLS_KEY: file })).toEqual({
    exitCode: 2,
    stderr: `tandem: TANDEM_TLS_CERT names ${file}, which holds no PEM certificate`,
  });
});

test.skipIf(!(await unprivilegedServes()))("a data directory that is read-only", async () => {
  const path = join(folder, "read-only");
  mkdirSync(path, { mode: 0o555 });
  const { exitCode, stderr } = await refused({ TANDEM_DATA_DIR: path, HOME: folder }, [], UNPRIVILEGED);
  expect(exitCode).toBe(2);
  expect(stderr).toStartWith(`tandem: the data directory ${path} cannot be written: `);
});

test("a health check without a server", async () => {
  const { exitCode, stderr } = await refused({ TANDEM_HTTP_PORT: "1" }, ["healthcheck"]);
  expect(exitCode).toBe(1);
  expect(stderr).toStartWith("tandem: http://127.0.0.1:1/healthz did not answer: ");
});

test("a health check of a server that is up is content", async () => {
  await using server = await TandemServer.start();
  expect(await refused({ TANDEM_HTTP_PORT: String(server.httpPort) }, ["healthcheck"])).toEqual({
    exitCode: 0,
    stderr: "",
  });
});
