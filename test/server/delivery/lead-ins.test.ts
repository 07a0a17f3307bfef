import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LeadIns } from "#server/delivery/lead-ins.ts";

test("a disk that could not be read is asked again by who comes next", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-lead-ins-"));
  try {
    const file = join(folder, "media");
    const piece = { file, offset: 0, byteLength: 4 };
    const held = { initialization: () => [piece], segment: () => [piece] };
    const segment = {
      ...{ msn: 7, initializationId: 0, discontinuity: false, independent: false, programDateTimeMs: 0 },
      ...{ durationSeconds: 2, byteLength: 4, partCount: 1, frameRate: 25 },
    };
    const leadIns = new LeadIns();
    await expect(leadIns.has(held, "v0-360", segment)).rejects.toThrow("ENOENT");
    await Bun.write(file, "nope");
    expect(await leadIns.has(held, "v0-360", segment)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
