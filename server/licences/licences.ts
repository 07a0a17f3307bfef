// What a Tandem carries and under which licences, for whoever holds the binary or the image: `tandem licences`, `/licences`.

import { textOf } from "#server/common/macro-text.ts";
import { packageLicences } from "./package-licences.ts" with { type: "macro" };
import bun from "./texts/bun.txt" with { type: "text" };
import gpl3 from "./texts/gpl-3.0.txt" with { type: "text" };
import lgpl2 from "./texts/lgpl-2.0.txt" with { type: "text" };
import lgpl21 from "./texts/lgpl-2.1.txt" with { type: "text" };
import lgpl3 from "./texts/lgpl-3.0.txt" with { type: "text" };
import tandem from "./texts/tandem.txt" with { type: "text" };

const LIBVIPS = `\
Tandem uses libvips and the libraries that are linked into it, some of them under the GNU Lesser General Public License,
version 3: they are listed under @img/sharp-libvips. It is a shared library, in a package of its own, unchanged; its sources
are at https://github.com/lovell/sharp-libvips. In a checkout of Tandem another build of it takes effect at the next start,
and \`bun run build\` puts it into a single binary.
`;

/** Plain text, some 140 kB. */
export const LICENCES: string = [
  section("Tandem", tandem),
  section("libvips", LIBVIPS),
  section("Packages", textOf(packageLicences())),
  section("Bun, the runtime", bun),
  section("GNU Lesser General Public License 3", lgpl3),
  section("GNU General Public License 3, which it refers to", gpl3),
  section("GNU Library General Public License 2, of JavaScriptCore in Bun", lgpl2),
  section("GNU Lesser General Public License 2.1, of TinyCC in Bun", lgpl21),
].join("\n");

function section(title: string, text: string): string {
  return `${title}\n${"=".repeat(title.length)}\n\n${text.trim()}\n`;
}
