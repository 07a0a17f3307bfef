// What the modules of the house import, read from their text.

import { join } from "node:path";
import { Glob } from "bun";

/** The root of the checkout. */
export const ROOT = join(import.meta.dir, "../..");

export interface Import {
  /** The importing file, relative to the root. */
  readonly file: string;
  /** As it is written: `#media/bytes/byte-reader.ts`, `./limits.ts`, `node:fs`, `hono/cors`. */
  readonly specifier: string;
}

/** Every TypeScript file under `folder`, relative to the root. */
export async function sourceFiles(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(new Glob(`${folder}/**/*.{ts,tsx}`).scan(ROOT));
  return files.filter((file) => !file.includes("node_modules")).sort();
}

/** Every import of one file, types included. */
export async function importsOf(file: string): Promise<Import[]> {
  return readImports(file, await Bun.file(join(ROOT, file)).text());
}

export function readImports(file: string, source: string): Import[] {
  const patterns = [
    /^(?:import|export)\b[^;"]*?\bfrom\s*"([^"]+)"/gm,
    /^import\s*"([^"]+)"/gm,
    /\bimport\(\s*"([^"]+)"/g,
    /^\/\/\/\s*<reference\s+\w+="([^"]+)"/gm,
  ];
  return patterns.flatMap((pattern) =>
    Array.from(source.matchAll(pattern), ([, specifier = ""]) => ({
      file,
      specifier,
    })),
  );
}
