// media/ and openapi/ run unchanged in Deno, and make the same bytes there.

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClientSession } from "#media/rtmp/client-session.ts";
import { ServerSession } from "#media/rtmp/server-session.ts";
import { renderDocument } from "#openapi/document.ts";
import { repeatClip } from "#server/command/demo/clip.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { ROOT } from "#test/support/imports.ts";
import { run } from "#test/support/program.ts";

const DENO = join(ROOT, "node_modules/.bin/deno");
const SECONDS = 9;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-deno-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("a captured publish becomes the same playlist and fragments in Deno as in Bun", async () => {
  const capture = join(folder, "publish.rtmp");
  await Bun.write(capture, await capturePublish());
  const script = join(ROOT, "test/support/media-in-any-runtime.ts");
  const [inBun, inDeno] = await Promise.all([
    run([process.execPath, script, capture]),
    run([DENO, "run", "--allow-read", "--no-lock", "--cached-only", script, capture]),
  ]);
  expect(inDeno).toBe(inBun);
  expect(inBun).toContain("part 3.0 ");
  expect(inBun).toContain("#EXT-X-ENDLIST");
}, 60_000);

test("the OpenAPI document is the same text in Deno", async () => {
  const text = await run([
    ...[DENO, "eval", "--no-lock", "--cached-only"],
    `import { renderDocument } from "${join(ROOT, "openapi/document.ts")}"; Deno.stdout.writeSync(new TextEncoder().encode(renderDocument()));`,
  ]);
  expect(text).toBe(renderDocument());
}, 60_000);

/** What an encoder sends for the first seconds of the bundled clip. */
async function capturePublish(): Promise<Uint8Array> {
  const clip = readFlvFile(await Bun.file(join(ROOT, "server/command/demo/clip.flv")).bytes());
  const client = new ClientSession({
    randomBytes: new Uint8Array(1528),
    app: "live",
    tcUrl: "rtmp://localhost/live",
    streamName: "key",
  });
  const server = new ServerSession({ randomBytes: new Uint8Array(1528) });
  const sent: Uint8Array[] = [];
  const exchange = (): void => {
    for (;;) {
      const toServer = client.takeOutput();
      if (toServer === null) return;
      sent.push(toServer);
      for (const event of server.push(toServer, 0)) {
        if (event.type === "publish-requested") server.acceptPublish(event.request);
      }
      const toClient = server.takeOutput();
      if (toClient !== null) for (const _event of client.push(toClient));
    }
  };
  exchange();
  for (const message of repeatClip(clip)) {
    if (message.timestampMs > SECONDS * 1000) break;
    client.sendMedia(message);
    exchange();
  }
  return Buffer.concat(sent);
}
