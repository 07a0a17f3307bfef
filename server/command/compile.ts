// `bun run build`: the single binary, for this platform or with `--all` for every one, with everything it needs inside.

import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { BunPlugin } from "bun";
import { OWN_EXECUTABLE } from "#server/common/own-executable.ts";
import { commitOfCheckout } from "./version.ts";

const ROOT = join(import.meta.dir, "../..");
const SERVER = join(ROOT, "server");

/** Where files must be for a package manager to install what bun.lock says. */
const MANIFESTS = [
  ...["package.json", "bun.lock", "bunfig.toml"],
  ...["server/package.json", "media/package.json", "openapi/package.json"],
];

const PLATFORMS = ["linux-x64", "linux-arm64", "darwin-arm64"] as const;

type Platform = (typeof PLATFORMS)[number];

const isEverything = readArguments(Bun.argv.slice(2));
const own = `${process.platform}-${process.arch}`;
const host = PLATFORMS.find((platform) => platform === own);
if (host === undefined && !isEverything)
  fail(`there is no binary for ${own}, only for ${PLATFORMS.join(", ")}`);
const commit = process.env.TANDEM_BUILD_COMMIT ?? commitOfCheckout(ROOT);

for (const platform of isEverything ? PLATFORMS : []) await build(platform, `tandem-${platform}`);
if (host !== undefined) await reportStart(await build(host, "tandem"));

/** The path of the binary. */
async function build(platform: Platform, name: string): Promise<string> {
  const outfile = join(ROOT, "dist", name);
  mkdirSync(dirname(outfile), { recursive: true });
  const packages = platform === host ? null : installPackagesOf(platform);
  try {
    const { success, logs } = await Bun.build({
      entrypoints: [
        join(SERVER, "main.ts"),
        join(SERVER, "store/sqlite/statistics-writer-worker.ts"),
        join(SERVER, "readiness/disk-probe-worker.ts"),
        join(SERVER, "recording/movie-header-worker.ts"),
      ],
      compile: {
        target: `bun-${platform}`,
        outfile,
        autoloadDotenv: false,
        autoloadBunfig: false,
      },
      // Beside each other, as a worker is looked for beside the code that starts it.
      naming: { entry: "[name].[ext]" },
      minify: { whitespace: true, syntax: true },
      define: { TANDEM_COMMIT: JSON.stringify(commit), "process.env.NODE_ENV": '"production"' },
      plugins: [await embedSharp(platform, packages ?? ROOT)],
      throw: false,
    });
    if (!success) fail(`${name} could not be built\n${logs.join("\n")}`);
  } finally {
    if (packages !== null) rmSync(packages, { recursive: true });
  }
  print(`dist/${name}  ${(Bun.file(outfile).size / 1e6).toFixed(0)} MB  ${platform}`);
  return outfile;
}

/** Sharp looks for its addon beside itself, and the addon for libvips beside itself: both come out of the binary. */
async function embedSharp(platform: Platform, root: string): Promise<BunPlugin> {
  const addon = nativeFile(root, `sharp-${platform}`, /\.node$/);
  const libvips = nativeFile(root, `sharp-libvips-${platform}`, /^libvips-cpp.*\.(so|dylib)(\.|$)/);
  const hash = createHash("sha256");
  for (const { path } of [libvips, addon]) hash.update(await Bun.file(path).bytes());
  const contentName = `sharp-${hash.digest("hex").slice(0, 16)}`;
  const embedded = (variable: string, file: NativeFile): string =>
    `{ embeddedPath: ${variable}, relativePath: ${JSON.stringify(file.relativePath)} }`;
  const contents = `
    import addon from ${JSON.stringify(addon.path)} with { type: "file" };
    import libvips from ${JSON.stringify(libvips.path)} with { type: "file" };
    import { loadEmbeddedAddon } from ${JSON.stringify(join(SERVER, "thumbnails/embedded-addon.ts"))};
    const files = [${embedded("addon", addon)}, [${embedded("libvips", libvips)}]];
    export default await loadEmbeddedAddon(...files, ${JSON.stringify(contentName)});
  `;
  return {
    name: "embed sharp",
    setup: (builder) => {
      builder.onLoad({ filter: /[\\/]sharp[\\/]dist[\\/]sharp\.mjs$/ }, () => ({ contents, loader: "js" }));
    },
  };
}

interface NativeFile {
  readonly path: string;
  /** Below the folder of the packages of scope `@img`. */
  readonly relativePath: string;
}

function nativeFile(root: string, packageName: string, fileName: RegExp): NativeFile {
  const store = join(root, "node_modules/.bun");
  const entry = readdirSync(store).find((each) => each.startsWith(`@img+${packageName}@`));
  const folder = join(store, entry ?? "", "node_modules/@img", packageName, "lib");
  const file = existsSync(folder) ? readdirSync(folder).find((each) => fileName.test(each)) : undefined;
  if (file === undefined) fail(`the package @img/${packageName} is not installed`);
  return { path: join(folder, file), relativePath: join(packageName, "lib", file) };
}

/** A folder with the packages that bun.lock says, as they are on another platform. */
function installPackagesOf(platform: Platform): string {
  const folder = mkdtempSync(join(tmpdir(), `tandem-${platform}-`));
  for (const manifest of MANIFESTS) cpSync(join(ROOT, manifest), join(folder, manifest));
  const [os, cpu] = platform.split("-");
  const install = Bun.spawnSync(
    [
      ...[OWN_EXECUTABLE, "install", "--frozen-lockfile", "--production", "--no-progress"],
      ...[`--os=${os}`, `--cpu=${cpu}`],
    ],
    { cwd: folder, stdout: "pipe", stderr: "pipe" },
  );
  if (!install.success) fail(`the packages of ${platform} could not be installed\n${install.stderr}`);
  return folder;
}

/** Says its version, and how long it takes from nothing to both ports being open: the first time, and from then on. */
async function reportStart(binary: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tandem-start-"));
  try {
    const version = Bun.spawnSync([binary, "version"]).stdout.toString().trim();
    const [first, ...later] = [
      await readyMs(binary, folder),
      await readyMs(binary, folder),
      await readyMs(binary, folder),
    ];
    print(
      `version ${version}, ready after ${first.toFixed(0)} ms, later after ${Math.min(...later).toFixed(0)} ms`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function readyMs(binary: string, folder: string): Promise<number> {
  const startedAt = performance.now();
  const server = Bun.spawn([binary, "serve"], {
    env: {
      TANDEM_HOST: "127.0.0.1",
      TANDEM_HTTP_PORT: "0",
      TANDEM_RTMP_PORT: "0",
      TANDEM_DATA_DIR: join(folder, "data"),
      XDG_CACHE_HOME: join(folder, "cache"),
    },
    stdout: "ignore",
    stderr: "pipe",
    timeout: 20_000,
  });
  const decoder = new TextDecoder();
  let logs = "";
  for await (const bytes of server.stderr) {
    logs += decoder.decode(bytes, { stream: true });
    if (!logs.includes('"event":"ready"')) continue;
    const elapsedMs = performance.now() - startedAt;
    server.kill();
    await server.exited;
    return elapsedMs;
  }
  return fail(`the binary does not start\n${logs}`);
}

function readArguments(argv: readonly string[]): boolean {
  const unknown = argv.find((argument) => argument !== "--all");
  if (unknown !== undefined) fail(`unknown argument ${unknown}; there is --all`);
  return argv.includes("--all");
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(problem: string): never {
  process.stderr.write(`build: ${problem}\n`);
  process.exit(1);
}
