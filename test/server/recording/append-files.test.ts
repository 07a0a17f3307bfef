import { expect, test } from "bun:test";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAppendFiles } from "#server/recording/append-files.ts";
import { areInstalled } from "#test/support/program.ts";

const ROOT = join(import.meta.dir, "../../..");

function inFolder(): Disposable & { paths: { media: string; journal: string } } {
  const folder = mkdtempSync(join(tmpdir(), "tandem-append-files-"));
  return {
    paths: { media: join(folder, "media.mp4"), journal: join(folder, "journal.ndjson") },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

function bytes(...texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => Buffer.from(text));
}

test("what is appended comes behind what was there", async () => {
  using folder = inFolder();
  writeFileSync(folder.paths.media, "before,");
  const files = openAppendFiles(folder.paths);
  expect(files.mediaLength).toBe(7);
  await files.append("media", bytes("one,", "", "two,"));
  await files.append("journal", bytes("line\n"));
  await files.append("media", bytes("three"));
  await files.close();
  expect(readFileSync(folder.paths.media, "utf8")).toBe("before,one,two,three");
  expect(readFileSync(folder.paths.journal, "utf8")).toBe("line\n");
});

test("files that cannot be opened leave none open", () => {
  using folder = inFolder();
  const journal = join(folder.paths.journal, "no-such-folder", "journal.ndjson");
  const openBefore = openDescriptors();
  expect(() => openAppendFiles({ media: folder.paths.media, journal })).toThrow("ENOENT");
  expect(openDescriptors()).toBe(openBefore);
});

test.skipIf(!areInstalled("bash"))(
  "a write that is cut short goes on, and fails where nothing more fits",
  async () => {
    using folder = inFolder();
    const script = `
    import { openAppendFiles } from "#server/recording/append-files.ts";
    const files = openAppendFiles(${JSON.stringify(folder.paths)});
    const appended = files.append("media", [new Uint8Array(700).fill(1), new Uint8Array(700).fill(2)]);
    process.stdout.write(await appended.then(() => "all of it", ({ code }) => code));
  `;
    const child = Bun.spawn({
      // Files of 1024 bytes at most; the signal that comes with it is ignored.
      cmd: ["bash", "-c", `trap '' XFSZ; ulimit -f 1; exec "$0" "$@"`, process.execPath, "-e", script],
      cwd: ROOT,
      stdout: "pipe",
      stderr: "inherit",
    });
    expect(await child.stdout.text()).toBe("EFBIG");
    expect(readFileSync(folder.paths.media)).toEqual(
      Buffer.concat([new Uint8Array(700).fill(1), new Uint8Array(324).fill(2)]),
    );
  },
);

test.skipIf(!existsSync("/dev/full"))(
  "a full disk is an error of the write, and leaves no file open",
  async () => {
    using folder = inFolder();
    const openBefore = openDescriptors();
    const files = openAppendFiles({ ...folder.paths, media: "/dev/full" });
    for (const chunks of [bytes("one"), bytes("one", "two")]) {
      const failure = await files.append("media", chunks).catch((error: unknown) => error);
      expect(String(failure)).toContain("ENOSPC");
    }
    const failure = await files.close().catch((error: unknown) => error);
    expect(String(failure)).toContain("EINVAL"); // there is no disk behind it
    expect(openDescriptors()).toBe(openBefore);
  },
);

/** Descriptors of this test's files alone: what other tests of the process left open may be closed meanwhile. */
function openDescriptors(): number {
  const targets = readdirSync("/proc/self/fd").map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return ""; // The one that the folder was read by.
    }
  });
  return targets.filter(
    (target) => target === "/dev/full" || target.endsWith(".mp4") || target.endsWith(".ndjson"),
  ).length;
}
