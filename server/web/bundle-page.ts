// Bundles what a page loads while the server's own code is being compiled: a macro, so `bun server/main.ts` does it at
// start and the single binary carries the result.

import { readFileSync } from "node:fs";
import { type MacroText, macroText } from "#server/common/macro-text.ts";
import { OWN_EXECUTABLE } from "#server/common/own-executable.ts";

/** The file of `folder`, TypeScript or CSS, with everything it imports, minified; or what the bundler says first. */
export function bundlePage(file: string, folder: "pages" | "console" = "pages"): MacroText {
  const path = pathOf(file, folder);
  return macroText(`${path} cannot be bundled`, () => {
    const build = Bun.spawnSync([OWN_EXECUTABLE, "build", path, "--target=browser", "--production"]);
    if (!build.success) throw new Error(build.stderr.toString());
    return build.stdout.toString();
  });
}

/** The file of `pages/` as it is. */
export function readPage(file: string): MacroText {
  const path = pathOf(file, "pages");
  return macroText(`${path} cannot be read`, () => readFileSync(path, "utf8"));
}

function pathOf(file: string, folder: string): string {
  return `${import.meta.dir}/${folder}/${file}`;
}
