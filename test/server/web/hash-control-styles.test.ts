import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { controlStyleHashes } from "#server/web/assets.ts";
import { CONTROL_ELEMENTS } from "#server/web/pages/control-elements.ts";

test("the policy allows the styles of every control, and nothing is inline in them besides", () => {
  const allowed = controlStyleHashes.split(" ");
  expect(allowed).not.toContain("'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"); // Of nothing.
  for (const element of CONTROL_ELEMENTS) {
    const html = element.getTemplateHTML({}, {});
    const styles = Array.from(html.matchAll(/<style[^>]*>([^<]*)<\/style>/g), ([, style = ""]) => style);
    expect(styles).not.toBeEmpty();
    for (const style of styles)
      expect(allowed).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
    expect(html).not.toMatch(/<script|\sstyle=|\son\w+=|\b(?:src|href)="/);
  }
});
