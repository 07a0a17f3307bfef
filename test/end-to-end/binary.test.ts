// The single binary, alone in an empty folder and for a user without a home: it serves, writes and draws as the sources do.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { ApiClient } from "#test/support/api-client.ts";
import { ROOT } from "#test/support/imports.ts";
import { AS_NOBODY, changesUser, NOBODY } from "#test/support/nobody.ts";
import { areInstalled, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

/** Seconds; it takes a few, and the first time a download of what is compiled into. */
const BUILD_SECONDS = 90;

describe.skipIf(!areInstalled("env"))("the single binary", () => {
  const home = mkdtempSync(join(tmpdir(), "tandem-binary-"));
  const binary = join(home, "bin/tandem");
  const emptyFolder = join(home, "empty");

  beforeAll(async () => {
    mkdirSync(join(home, "bin"));
    mkdirSync(emptyFolder);
    copyFileSync(process.env.TANDEM_TEST_BINARY ?? (await build()), binary);
    for (const path of [home, join(home, "bin"), binary]) chmodSync(path, 0o755);
  }, BUILD_SECONDS * 1000);

  afterAll(() => rmSync(home, { recursive: true }));

  test("says its version and the commit it was built from", async () => {
    expect(await run([binary, "version"])).toMatch(/^\d+\.\d+\.\d+( \([0-9a-f]{7,}\))?\n$/);
  });

  test("carries the licences of what is in it", async () => {
    const licences = await run([binary, "licences"]);
    expect(licences).toContain("GNU LESSER GENERAL PUBLIC LICENSE");
    expect(licences).toContain("--- sharp ");
  });

  test("gives the demo: it plays, its statistics are written, and pictures are taken", async () => {
    await using server = await TandemServer.start({
      command: "demo",
      program: alone(binary),
      workingDirectory: emptyFolder,
      environment: { TANDEM_SAMPLE_INTERVAL_SECONDS: "1" },
      ...(changesUser ? { userId: NOBODY } : {}),
    });
    await until("the page to watch", () => server.output.includes("Watch it:"));
    const [livestream] = await new ApiClient(server.url, ADMIN_TOKEN).list();
    if (livestream === undefined) throw new Error("The demo made no livestream.");
    const { id } = livestream;
    for (const path of ["/", "/docs", "/openapi.json", `/watch/${id}`]) {
      expect((await fetch(`${server.url}${path}`)).status).toBe(200);
    }
    await until("its playlist", async () => (await fetch(`${server.url}/live/${id}/index.m3u8`)).ok);

    const authorization = { Authorization: `Bearer ${ADMIN_TOKEN}` };
    await until("a sample in the database", async () => {
      const url = `${server.url}/v2/livestreams/${id}/statistics/primary`;
      const { data } = (await (await fetch(url, { headers: authorization })).json()) as { data: unknown[] };
      return data.length > 0;
    });

    const picture = { create: { width: 640, height: 360, channels: 3, background: "red" } } as const;
    const thumbnail = `${server.url}/v2/livestreams/${id}/thumbnail`;
    const uploaded = await fetch(thumbnail, {
      method: "PUT",
      headers: { ...authorization, "Content-Type": "image/png" },
      body: await sharp(picture).png().toBuffer(),
    });
    expect(uploaded.status).toBe(200);
    const served = await fetch(`${thumbnail}?width=320`, {
      headers: { ...authorization, Accept: "image/avif" },
    });
    const { width, height, format } = await sharp(await served.arrayBuffer()).metadata();
    expect([width, height, format]).toEqual([320, 180, "heif"]);

    expect(await server.stop()).toBe(0);
    expect(server.logs).not.toContain('"level":"error"');
    expect(readdirSync(emptyFolder)).toEqual([]);
  }, 60_000);
});

/** The path of the binary of this platform. */
async function build(): Promise<string> {
  await run([process.execPath, join(ROOT, "server/command/compile.ts")], BUILD_SECONDS);
  return join(ROOT, "dist/tandem");
}

/** With no programs to find and no home, and as nobody where that can be chosen. */
function alone(binary: string): string[] {
  return [
    ...[Bun.which("env") ?? "env", "-u", "PATH", "-u", "HOME"],
    ...(changesUser ? AS_NOBODY : []),
    binary,
  ];
}
