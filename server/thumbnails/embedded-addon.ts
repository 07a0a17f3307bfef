// Loads a native addon that the single binary carries: the system's loader needs real files, so they are written out once.

import { chmodSync, lstatSync, mkdirSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { messageOf } from "#server/common/failure.ts";
import { StartError } from "#server/common/start-error.ts";

export interface EmbeddedFile {
  /** Where it is in the binary. */
  readonly embeddedPath: string;
  /** Where it goes, below the cache folder: an addon finds its libraries by their places. */
  readonly relativePath: string;
}

/**
 * What the addon exports. `contentName` names the files' content, so a newer binary never meets an older one's files.
 * Throws a {@link StartError} when there is no folder that files can be written to and loaded from.
 */
export async function loadEmbeddedAddon(
  addon: EmbeddedFile,
  libraries: readonly EmbeddedFile[],
  contentName: string,
): Promise<unknown> {
  const problems: string[] = [];
  for (const cache of cacheFolders()) {
    try {
      const folder = join(ownFolder(cache), contentName);
      for (const file of [...libraries, addon]) await writeOnce(file, folder);
      const loaded: { exports: unknown } = { exports: {} };
      process.dlopen(loaded, join(folder, addon.relativePath));
      return loaded.exports;
    } catch (error) {
      problems.push(`${cache} (${messageOf(error)})`);
    }
  }
  throw new StartError(
    `the image library needs a folder to be loaded from, and no one will do: ${problems.join("; ")}. XDG_CACHE_HOME may name another`,
  );
}

/** The first that can be used is. */
function cacheFolders(): string[] {
  const { XDG_CACHE_HOME } = process.env;
  const userCache = XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === "" ? null : XDG_CACHE_HOME;
  return [
    join(userCache ?? join(homedir(), ".cache"), "tandem"),
    join(tmpdir(), `tandem-cache-${process.getuid?.() ?? 0}`),
  ];
}

/** Throws when somebody else could put code into the folder. A link of root's is followed: systemd makes one for a dynamic user. */
function ownFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const isLinkOfRoot = lstatSync(path).isSymbolicLink() && lstatSync(path).uid === 0;
  const folder = isLinkOfRoot ? realpathSync(path) : path;
  const stats = lstatSync(folder);
  const isOurs = stats.uid === 0 || stats.uid === process.getuid?.();
  if (!isOurs || !stats.isDirectory() || (stats.mode & 0o022) !== 0) {
    throw new Error("others may write there");
  }
  return folder;
}

/** Whole or not at all: of two processes that start at once, the later one puts the same bytes in the same place. */
async function writeOnce({ embeddedPath, relativePath }: EmbeddedFile, folder: string): Promise<void> {
  const target = join(folder, relativePath);
  const embedded = Bun.file(embeddedPath);
  if (statSync(target, { throwIfNoEntry: false })?.size === embedded.size) return;
  mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
  const temporary = `${target}.${process.pid}`;
  try {
    await Bun.write(temporary, embedded);
    chmodSync(temporary, 0o500);
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { force: true });
  }
}
