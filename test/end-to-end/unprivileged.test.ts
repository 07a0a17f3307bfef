// A user who may write nothing runs a checkout that is somebody else's, with packages that somebody else installed.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  constants,
  copyFileSync,
  cpSync,
  mkdirSync,
  realpathSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "#test/support/imports.ts";
import { AS_NOBODY, changesUser, NOBODY } from "#test/support/nobody.ts";
import { Program, run } from "#test/support/program.ts";
import { TandemServer } from "#test/support/tandem-server.ts";

const CHECKED_OUT = [
  "package.json",
  "bun.lock",
  "bunfig.toml",
  "tsconfig.json",
  "server",
  "media",
  "openapi",
];

const INSTALL_SECONDS = 120;

describe.skipIf(!changesUser || process.env.TANDEM_TEST_BINARY !== undefined)(
  "a user who may write nothing",
  () => {
    const folder = join(tmpdir(), `tandem-unprivileged-${process.pid}`);
    const checkout = join(folder, "checkout");
    const bun = join(folder, "bin/bun");
    const hiddenBun = join(folder, "hidden/bun");
    const environment = { HOME: "/nonexistent", PATH: `${join(folder, "bin")}:/usr/bin:/bin` };

    beforeAll(async () => {
      for (const name of ["bin", "hidden", "checkout"]) mkdirSync(join(folder, name), { recursive: true });
      for (const name of CHECKED_OUT)
        cpSync(join(ROOT, name), join(checkout, name), {
          recursive: true,
          filter: (path) => !path.endsWith("/node_modules"),
        });
      for (const path of [bun, hiddenBun])
        copyFileSync(realpathSync(process.execPath), path, constants.COPYFILE_FICLONE);
      chmodSync(join(folder, "hidden"), 0o700);
      await run([bun, "install", "--cwd", checkout, "--frozen-lockfile", "--production"], INSTALL_SECONDS);
    }, INSTALL_SECONDS * 1000);

    afterAll(() => rmSync(folder, { recursive: true }));

    test("starts it by `bun run start`, also without the tools of developers", async () => {
      await using server = await TandemServer.start({
        program: [...AS_NOBODY, bun, "run"],
        command: "start",
        workingDirectory: checkout,
        environment,
        userId: NOBODY,
      });
      expect((await fetch(`${server.url}/`)).status).toBe(200);
      // What ends the runner ends the server, too: nothing of it stays behind.
      expect(await server.stop()).toBe(0);
      await expect(fetch(`${server.url}/`)).rejects.toThrow();
    }, 30_000);

    test("starts it with a Bun whose path leads through a folder that they may not enter", async () => {
      await using server = await TandemServer.start({
        // It is root who starts this Bun, and nobody who runs it from then on.
        program: [...AS_NOBODY, hiddenBun, "server/main.ts"],
        workingDirectory: checkout,
        environment,
        userId: NOBODY,
      });
      expect((await fetch(`${server.url}/`)).status).toBe(200);
    }, 30_000);

    test("reads in one line that packages are missing", async () => {
      const modules = join(checkout, "node_modules");
      renameSync(modules, `${modules}-elsewhere`);
      const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
      const inCheckout = ["env", "--chdir", checkout, ...variables];
      const started = [...inCheckout, ...AS_NOBODY, bun, "run", "--silent", "start"];
      const { exitCode, stdout, stderr } = await new Program(started, 20).result;
      renameSync(`${modules}-elsewhere`, modules);
      expect({ exitCode, stdout, stderr }).toEqual({
        exitCode: 1,
        stdout: "",
        stderr:
          "tandem: the packages that bun.lock names are not all installed, and this user may not write them to " +
          `${checkout}: let its owner run "bun install --frozen-lockfile" there\n`,
      });
    }, 30_000);
  },
);
