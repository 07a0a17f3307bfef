// The client that the project offers, against a running server, and in other runtimes than ours.

import { expect, test } from "bun:test";
import { join } from "node:path";
import { TandemClient } from "#openapi/client.ts";
import { ROOT } from "#test/support/imports.ts";
import { run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

const CLIENT = join(ROOT, "openapi/client.ts");

test("refusals, pages, pictures and events come as the types say", async () => {
  await using server = await TandemServer.start();
  const client = new TandemClient({ url: server.url, token: ADMIN_TOKEN });
  const { id } = await client.createLivestream({ name: "Derby" }, { idempotencyKey: "derby" });
  expect((await client.createLivestream({ name: "Derby" }, { idempotencyKey: "derby" })).id).toBe(id);
  expect(await client.publishLivestream(id).catch((error) => error)).toMatchObject({
    ...{ status: 409, code: "not_started" },
    data: { currentStatus: "created", allowedActions: expect.arrayContaining(["start"]) },
  });
  expect(await client.listLivestreams({ status: "created", sort: "name:desc" })).toMatchObject({
    items: [{ id, name: "Derby" }],
    pagination: { page: 0, total: 1 },
  });

  const picture = Bun.file(join(ROOT, "test/fixtures/readme/watch.png"));
  const { thumbnailSource } = await client.updateLivestreamThumbnail(id, picture);
  expect(thumbnailSource).toBe("upload");
  expect((await client.getLivestreamThumbnail(id, { width: 320 })).type).toBe("image/jpeg");

  for await (const { event, data } of client.streamLivestreamEvents(id)) {
    if (event !== "statistics") continue;
    expect(data).toMatchObject({ sum: { rtmpConnections: 0, hlsConnections: 0 } });
    break;
  }
}, 60_000);

test("the same file runs in Deno, and is bundled for a browser with nothing besides", async () => {
  await using server = await TandemServer.start();
  const script =
    `import { TandemClient } from ${JSON.stringify(CLIENT)}; ` +
    `const client = new TandemClient({ url: ${JSON.stringify(server.url)}, token: "${ADMIN_TOKEN}" }); ` +
    `console.log((await client.createLivestream({ name: "From Deno" })).name);`;
  const deno = join(ROOT, "node_modules/.bin/deno");
  expect(await run([deno, "eval", "--no-lock", "--cached-only", script])).toBe("From Deno\n");

  const bundle = await run([process.execPath, "build", CLIENT, "--target=browser", "--minify"]);
  expect(bundle.length).toBeLessThan(10_000);
  expect(bundle).not.toMatch(/\b(zod|process|Bun|require)\b/);
}, 60_000);
