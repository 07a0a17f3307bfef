import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartError } from "#server/common/start-error.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import { lockDataDirectory } from "#server/store/sqlite/data-directory-lock.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-data-directory-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("one server at a time uses a data directory", () => {
  const directory = openDataDirectory(folder);
  const lock = lockDataDirectory(directory);
  expect(() => lockDataDirectory(directory)).toThrow(
    new StartError(`another Tandem server uses the data directory ${folder}`),
  );
  lock.release();
  lockDataDirectory(directory).release();
});

test("a lock goes with its process, also when that is killed", async () => {
  const directory = openDataDirectory(folder);
  const holder = Bun.spawn(
    [
      process.execPath,
      "-e",
      `import { openDataDirectory } from "#server/store/data-directory.ts";
       import { lockDataDirectory } from "#server/store/sqlite/data-directory-lock.ts";
       globalThis.lock = lockDataDirectory(openDataDirectory(${JSON.stringify(folder)}));
       process.stdout.write("locked");
       setInterval(() => {}, 1000);`,
    ],
    { cwd: join(import.meta.dir, "../../../.."), stdout: "pipe", stderr: "inherit" },
  );
  const { value } = await holder.stdout.getReader().read();
  expect(new TextDecoder().decode(value)).toBe("locked");
  expect(() => lockDataDirectory(directory)).toThrow(StartError);
  holder.kill("SIGKILL");
  await holder.exited;
  lockDataDirectory(directory).release();
});
