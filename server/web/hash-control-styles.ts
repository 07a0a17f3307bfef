// The controls carry their styles in their shadow trees, where only a hash lets the page's policy allow them (CSP 3 §6.7.3.3):
// taken while the server's own code is being compiled, of the same elements that the page defines.

import { createHash } from "node:crypto";
import { type MacroText, macroText } from "#server/common/macro-text.ts";
import { CONTROL_ELEMENTS } from "./pages/control-elements.ts";

/** Hash sources, separated by spaces. */
export function hashControlStyles(): MacroText {
  return macroText("The styles of the player's controls cannot be read", () => {
    const styles = CONTROL_ELEMENTS.flatMap((element) =>
      Array.from(
        element.getTemplateHTML({}, {}).matchAll(/<style[^>]*>(.*?)<\/style>/gs),
        ([, style = ""]) => style,
      ),
    );
    return [...new Set(styles.map(hashSource))].join(" ");
  });
}

function hashSource(style: string): string {
  return `'sha256-${createHash("sha256").update(style).digest("base64")}'`;
}
