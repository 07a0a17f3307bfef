// Bundles what a page loads while the server's own code is being compiled: a macro, so `bun server/main.ts` does it at
// start and the single binary carries the result.

/** The file of `pages/`, TypeScript or CSS, with everything it imports, minified. Throws with the bundler's own words. */
export function bundlePage(file: string): string {
  const build = Bun.spawnSync([process.execPath, "build", pathOf(file), "--target=browser", "--minify"]);
  if (!build.success) throw new Error(`${file} cannot be bundled.\n${build.stderr}`);
  return build.stdout.toString();
}

/** The file of `pages/` as it is. */
export function readPage(file: string): Promise<string> {
  return Bun.file(pathOf(file)).text();
}

function pathOf(file: string): string {
  return `${import.meta.dir}/pages/${file}`;
}
