import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./imports.ts";

/** What the Go in these tests is asked for, a line each. */
let asked = "";
let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-k6-"));
  asked = join(folder, "asked");
  mkdirSync(join(folder, "bin"));
});

afterEach(() => rmSync(folder, { recursive: true }));

test("k6 is built once, and kept in the user's cache", async () => {
  installGo({ version: "go1.26.0", install: 'echo program > "$GOBIN/k6"' });
  const k6 = join(folder, "cache/tandem/k6/v1.4.0/k6");
  const first = await ensureK6();
  expect(first.at(0)).toStartWith("k6 v1.4.0, which Go builds once, into ");
  expect(first.at(1)).toMatch(/^k6 built in \d+\.\d s$/);
  expect(first.slice(2)).toEqual([k6]);
  expect(readFileSync(k6, "utf8")).toBe("program\n");
  expect(await ensureK6()).toEqual([k6]);
  expect(readFileSync(asked, "utf8")).toBe("install go.k6.io/k6@v1.4.0\n");
});

test("a build that fails says why, and leaves no half program", async () => {
  installGo({ version: "go1.26.0", install: 'echo half > "$GOBIN/k6"; echo "no route" >&2; exit 1' });
  expect((await ensureK6()).slice(1)).toEqual(["Go could not build k6.", "no route"]);
  expect(readdirSync(join(folder, "cache/tandem/k6"))).toEqual(["v1.4.0"]);
  expect(existsSync(join(folder, "cache/tandem/k6/v1.4.0/k6"))).toBe(false);
});

test("without Go, or with one too old to fetch the one it needs, it is said what is missing", async () => {
  expect(await ensureK6()).toEqual([expect.stringContaining("it is not installed, and neither is Go")]);
  installGo({ version: "go1.20.14", install: "exit 1" });
  expect(await ensureK6()).toEqual([expect.stringContaining("Go 1.21 or newer builds it, not go1.20.14")]);
  installGo({ version: "go1.21.0", install: 'echo program > "$GOBIN/k6"' });
  expect((await ensureK6()).at(-1)).toEndWith("/v1.4.0/k6");
});

function installGo({ version, install }: { version: string; install: string }): void {
  const script = `#!/bin/sh
if [ "$1" = env ]; then echo ${version}; exit; fi
echo "$@" >> ${asked}
${install}
`;
  writeFileSync(join(folder, "bin/go"), script, { mode: 0o755 });
}

/** What a process says that needs it, and the path last; or the problem. */
async function ensureK6(): Promise<string[]> {
  const script = `
    import { ensureK6 } from "#test/support/k6.ts";
    console.log(await ensureK6(console.log).catch(({ message }) => message));
  `;
  const child = Bun.spawn([process.execPath, "-e", script], {
    cwd: ROOT,
    env: { PATH: join(folder, "bin"), XDG_CACHE_HOME: join(folder, "cache") },
    stdout: "pipe",
    stderr: "inherit",
  });
  return (await child.stdout.text()).trim().split("\n");
}
