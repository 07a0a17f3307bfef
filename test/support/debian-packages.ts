// The programs from Debian that the end-to-end tests run against the server, and their installation.

import { existsSync, rmSync, writeFileSync } from "node:fs";
import type { Provision } from "./provision.ts";

/** Package names, with what each is for. */
const PACKAGES = {
  ffmpeg: "encodes, plays, and judges (ffprobe)",
  "gstreamer1.0-tools": "a second RTMP implementation",
  "gstreamer1.0-plugins-base": "its test pictures and sounds",
  "gstreamer1.0-plugins-good": "its FLV muxer",
  "gstreamer1.0-plugins-bad": "its rtmp2sink",
  "gstreamer1.0-plugins-ugly": "its H.264 encoder",
  "gstreamer1.0-libav": "its AAC encoder",
  rtmpdump: "librtmp, the third",
  chromium: "a browser that plays H.264",
  "nginx-light": "a caching proxy",
  postgresql: "the other engine that keeps rows",
  prometheus: "judges metrics (promtool)",
  jq: "reads JSON in the document's own examples",
  openssl: "certificates",
  procps: "finds a server's own processes (ps)",
  faketime: "a program with another clock",
  e2fsprogs: "a file system of a test's own (mkfs.ext4)",
  curl: "requests from several addresses",
  "fonts-dejavu-core": "letters on its screenshots",
} as const;

/** Their installation where something is missing and we are root on Debian. */
export function debianPackages(): Provision {
  if (Bun.which("dpkg") === null || Bun.which("apt-get") === null)
    return {
      state: "unavailable",
      reason: whatIsSkipped("dpkg and apt-get are not here to install packages", Object.keys(PACKAGES)),
    };
  const missing = missingPackages();
  if (missing.length === 0) return { state: "present" };
  if (process.getuid?.() !== 0)
    return { state: "unavailable", reason: whatIsSkipped("only root may install packages", missing) };
  return {
    state: "obtainable",
    how: `apt-get installs ${missing.join(" ")}; up to a few minutes`,
    obtain: () => startingNoServices(() => install(missing)),
  };
}

function whatIsSkipped(reason: string, names: readonly string[]): string {
  const purposes = Object.entries(PACKAGES).filter(([name]) => names.includes(name));
  return [
    `${reason}; the end-to-end tests that need one of these, and do not find it, are skipped`,
    ...purposes.map(([name, purpose]) => `          ${name}: ${purpose}`),
  ].join("\n");
}

function missingPackages(): string[] {
  const selections = Bun.spawnSync(["dpkg", "--get-selections", ...Object.keys(PACKAGES)], {
    stderr: "ignore",
  });
  const installed = new Set(
    Array.from(selections.stdout.toString().matchAll(/^([^\s:]+)\S*\s+install$/gm), ([, name = ""]) => name),
  );
  return Object.keys(PACKAGES).filter((name) => !installed.has(name));
}

/** Of one command; a mirror that does not answer must not hang whoever waits for the tests. */
const DEADLINE_MS = 10 * 60_000;

/** What is asked before a package starts its service (policy-rc.d, of invoke-rc.d(8)). */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";

/** The programs are wanted, such as nginx, and not the servers that Debian makes of them; a policy that is there stays. */
async function startingNoServices(work: () => Promise<void>): Promise<void> {
  if (existsSync(SERVICE_POLICY)) return work();
  writeFileSync(SERVICE_POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(SERVICE_POLICY);
  }
}

/** The package lists of a fresh image are empty or stale: they are fetched only when the first try shows that they are needed. */
async function install(names: readonly string[]): Promise<void> {
  const command = ["install", "--yes", "--no-install-recommends", ...names];
  if ((await aptGet(command)) === null) return;
  await aptGet(["update"]);
  const problem = await aptGet(command);
  if (problem !== null) throw new Error(`apt-get could not install ${names.join(" ")}.\n${problem}`);
}

/** What it said when it failed, else null. */
async function aptGet(command: readonly string[]): Promise<string | null> {
  const child = Bun.spawn(["apt-get", "--quiet", ...command], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    timeout: DEADLINE_MS,
  });
  const [errors, exitCode] = await Promise.all([child.stderr.text(), child.exited]);
  return exitCode === 0 ? null : errors;
}
