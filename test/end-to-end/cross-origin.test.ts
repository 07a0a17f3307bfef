// The client in a page of another origin, in a real browser: it may call the API, unless the operator says otherwise.

import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launchBrowser } from "#test/support/browser.ts";
import { ROOT } from "#test/support/imports.ts";
import { areInstalled, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

/** A site with a page that has the client and nothing else, on a port of its own: another origin. */
class Studio implements AsyncDisposable {
  readonly #server: Bun.Server<undefined>;

  private constructor(client: string) {
    const routes = {
      "/": new Response('<!doctype html><link rel="icon" href="data:,"><title>Studio</title>', {
        headers: { "Content-Type": "text/html" },
      }),
      "/client.js": new Response(client, { headers: { "Content-Type": "text/javascript" } }),
      "/picture.png": new Response(Bun.file(join(ROOT, "test/fixtures/images/quarters.png"))),
    };
    this.#server = Bun.serve({ hostname: "127.0.0.1", port: 0, routes });
  }

  static async start(): Promise<Studio> {
    return new Studio(
      await run([process.execPath, "build", join(ROOT, "openapi/client.ts"), "--target=browser", "--minify"]),
    );
  }

  get origin(): string {
    return this.#server.url.origin;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server.stop(true);
  }
}

async function openStudio(browser: Browser, studio: Studio): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(studio.origin);
  return page;
}

/** What `script` resolves to in the page; it has a `client` of the server, and the `TandemRefusal` it may reject with. */
function inPage<Result>(
  page: Page,
  server: TandemServer,
  script: string,
  token = ADMIN_TOKEN,
): Promise<Result> {
  const options = JSON.stringify({ url: server.url, token });
  return page.evaluate<Result>(`(async () => {
    const { TandemClient, TandemRefusal } = await import(location.origin + "/client.js");
    const client = new TandemClient(${options});
    ${script}
  })()`);
}

const WHOLE_LIFE = `
  const created = await client.createLivestream({ name: "Derby" }, { idempotencyKey: "derby" });
  const { id } = await client.updateLivestream(created.id, { name: "The derby" });
  const picture = await (await fetch("/picture.png")).blob();
  const { thumbnailSource, thumbnailUrl } = await client.updateLivestreamThumbnail(id, picture);
  const thumbnail = await client.getLivestreamThumbnail(id, { width: 320 });
  const shown = await fetch(thumbnailUrl.replace("localhost", "127.0.0.1"), { headers: { "If-None-Match": "none" } });
  const events = [];
  for await (const { event } of client.streamLivestreamEvents(id, { lastEventId: "none" })) {
    events.push(event);
    if (events.includes("statistics")) break;
  }
  const refusal = await client.publishLivestream(id).catch((error) => error);
  const { items } = await client.listLivestreams();
  await client.deleteLivestreamThumbnail(id);
  const gone = await client.deleteLivestream(id);
  const missing = await client.getLivestream(id).catch((error) => error);
  return {
    name: items[0].name, thumbnailSource, thumbnailType: thumbnail.type, shown: shown.status, events, gone,
    refusals: [refusal, missing].map((each) => [each instanceof TandemRefusal, each.status, each.code]),
  };
`;

describe.skipIf(!areInstalled("chromium"))("a page of another origin, in Chromium (K10)", () => {
  test("creates, changes, pictures, follows and deletes a livestream, and is told why it is refused", async () => {
    await using server = await TandemServer.start();
    await using studio = await Studio.start();
    await using browser = await launchBrowser();
    const page = await openStudio(browser, studio);
    expect(await inPage<object>(page, server, WHOLE_LIFE)).toEqual({
      ...{
        name: "The derby",
        thumbnailSource: "upload",
        thumbnailType: "image/jpeg",
        shown: 200,
        gone: null,
      },
      events: expect.arrayContaining(["statistics"]),
      refusals: [
        [true, 409, "not_started"],
        [true, 404, "not_found"],
      ],
    });
    const unknown = "return client.listLivestreams().catch(({ status, code }) => [status, code])";
    expect(await inPage<unknown>(page, server, unknown, "nobody")).toEqual([401, "unauthorized"]);
  }, 60_000);

  test("reads the headers that calls answer with, the document, and whether the server is well", async () => {
    await using server = await TandemServer.start();
    await using studio = await Studio.start();
    await using browser = await launchBrowser();
    const page = await openStudio(browser, studio);
    const headersOf = (path: string, init: object) => `
      const response = await fetch(${JSON.stringify(`${server.url}${path}`)}, ${JSON.stringify(init)});
      return [response.status, Object.fromEntries(response.headers)];`;
    const headers = { Authorization: `Bearer ${ADMIN_TOKEN}`, "Content-Type": "application/json" };
    const create = { method: "POST", headers, body: JSON.stringify({ name: "Derby" }) };
    expect(await inPage<unknown>(page, server, headersOf("/v2/livestreams", create))).toEqual([
      201,
      expect.objectContaining({ location: expect.stringMatching(/^\/v2\/livestreams\/[0-9a-f-]{36}$/) }),
    ]);
    expect(await inPage<unknown>(page, server, headersOf("/v2/livestreams", {}))).toEqual([
      401,
      expect.objectContaining({ "www-authenticate": "Bearer" }),
    ]);
    const unknown = headersOf("/v2/nothing", { method: "DELETE", headers });
    expect(await inPage<unknown>(page, server, unknown)).toEqual([404, expect.anything()]);
    for (const path of ["/openapi.json", "/healthz", "/readyz"]) {
      expect(await inPage<unknown>(page, server, headersOf(path, { headers }))).toEqual([
        200,
        expect.anything(),
      ]);
    }
  }, 60_000);

  test("is let in or kept out by TANDEM_CORS_ORIGINS", async () => {
    await using studio = await Studio.start();
    await using stranger = await Studio.start();
    const environment = { TANDEM_CORS_ORIGINS: `https://studio.example.com, ${studio.origin}` };
    await using server = await TandemServer.start({ environment });
    await using browser = await launchBrowser();
    const create = `return client.createLivestream({ name: "Derby" }).then(({ name }) => name, String)`;
    expect(await inPage<string>(await openStudio(browser, studio), server, create)).toBe("Derby");
    expect(await inPage<string>(await openStudio(browser, stranger), server, create)).toBe(
      "TypeError: Failed to fetch",
    );
    const { data } = (await (
      await fetch(`${server.url}/v2/livestreams`, { headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } })
    ).json()) as { data: unknown[] };
    expect(data).toHaveLength(1);
  }, 60_000);
});
