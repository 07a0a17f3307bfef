// The licences of the npm packages that are bundled into Tandem, read while its code is being compiled: a macro, so the
// single binary carries the result.

import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { type MacroText, macroText } from "#server/common/macro-text.ts";

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly author?: string | { readonly name: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Only reports its own installation, and is in no bundle. */
const NOT_CARRIED = ["@scarf/scarf"];

/** Files by which packages state their terms; of scripts made of other packages, what goes for these. */
const TERMS = /^(licen[cs]e|copying|notice)(\.(md|txt))?$|^swagger-ui-bundle\.js\.LICENSE\.txt$/i;

/** Every package that the workspaces depend on, and they in turn, by name: how it is called, and its terms in full. */
export function packageLicences(): MacroText {
  return macroText("the licences of the packages cannot be read", describePackages);
}

function describePackages(): string {
  const found = new Map<string, Package>();
  for (const workspace of ["server", "openapi"]) {
    addDependencies(readPackage(join(import.meta.dir, "../..", workspace)), found);
  }
  const packages = [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  return packages.map(describe).join("\n");
}

function addDependencies(dependent: Package, found: Map<string, Package>): void {
  const { dependencies = {}, optionalDependencies = {} } = dependent;
  for (const name of [...Object.keys(dependencies), ...Object.keys(optionalDependencies)]) {
    if (found.has(name) || name.startsWith("@tandem/") || NOT_CARRIED.includes(name)) continue;
    const folder = packageFolder(name, dependent.folder);
    if (folder === null && !(name in dependencies)) continue; // For another platform, where its terms are the same.
    if (folder === null) throw new Error(`${dependent.name} needs ${name}, which is not installed.`);
    const dependency = readPackage(folder);
    found.set(name, dependency);
    addDependencies(dependency, found);
  }
}

/** Where an import of it leads from a file in `from`; null when it is not installed. */
function packageFolder(name: string, from: string): string | null {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, "node_modules", name);
    if (existsSync(join(candidate, "package.json"))) return realpathSync(candidate);
  }
  return null;
}

function readPackage(folder: string): Package {
  return { ...JSON.parse(readFileSync(join(folder, "package.json"), "utf8")), folder };
}

function describe({ folder, name, version, license, author }: Package): string {
  const terms = readdirSync(folder)
    .filter((file) => TERMS.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (name.startsWith("@img/sharp-libvips")) {
    terms.push(readFileSync(join(folder, "README.md"), "utf8").trim());
    terms.push(`Versions: ${readFileSync(join(folder, "versions.json"), "utf8").trim()}`);
  }
  const authorName = typeof author === "object" ? author.name : author;
  if (terms.length === 0) terms.push([license, authorName].filter((each) => each !== undefined).join(", "));
  return `--- ${name} ${version} (${license}) ---\n\n${terms.join("\n\n")}\n`;
}
