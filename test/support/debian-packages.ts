// The programs from Debian that the end-to-end tests run against the server, and their installation.

import { existsSync, rmSync, writeFileSync } from "node:fs";

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
  prometheus: "judges metrics (promtool)",
  curl: "requests from several addresses",
  "fonts-dejavu-core": "letters on its screenshots",
} as const;

export type DebianPackages =
  | { state: "present" }
  | { state: "installed"; names: string[] }
  | { state: "skipped"; names: string[]; reason: string };

/**
 * Installs what is missing, if this is Debian and we are root; otherwise says why not, and the tests that need them
 * skip themselves. Throws when apt-get fails.
 */
export function ensureDebianPackages(): DebianPackages {
  if (Bun.which("dpkg") === null || Bun.which("apt-get") === null) {
    return {
      state: "skipped",
      names: Object.keys(PACKAGES),
      reason: "this is not a Debian",
    };
  }
  const names = missingPackages();
  if (names.length === 0) return { state: "present" };
  if (process.getuid?.() !== 0)
    return {
      state: "skipped",
      names,
      reason: "only root may install packages",
    };
  startingNoServices(() => install(names));
  return { state: "installed", names };
}

/** What a package is needed for, in a few words. */
export function purposeOf(name: string): string {
  return Object.entries(PACKAGES).find(([known]) => known === name)?.[1] ?? "unknown";
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

/** What is asked before a package starts its service (policy-rc.d, of invoke-rc.d(8)). */
const SERVICE_POLICY = "/usr/sbin/policy-rc.d";

/** The programs are wanted, such as nginx, and not the servers that Debian makes of them; a policy that is there stays. */
function startingNoServices(work: () => void): void {
  if (existsSync(SERVICE_POLICY)) {
    work();
    return;
  }
  writeFileSync(SERVICE_POLICY, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    work();
  } finally {
    rmSync(SERVICE_POLICY);
  }
}

/** The package lists of a fresh image are empty or stale: they are fetched only when the first try shows that they are needed. */
function install(names: readonly string[]): void {
  const command = ["install", "--yes", "--no-install-recommends", ...names];
  if (aptGet(command).success) return;
  aptGet(["update"]);
  const second = aptGet(command);
  if (!second.success) throw new Error(`apt-get could not install ${names.join(" ")}.\n${second.stderr}`);
}

function aptGet(command: readonly string[]): Bun.SyncSubprocess<"pipe", "pipe"> {
  return Bun.spawnSync(["apt-get", "--quiet", ...command], {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdout: "pipe",
    stderr: "pipe",
  });
}
