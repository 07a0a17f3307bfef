import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { renderDocument } from "#openapi/document.ts";
import { answerFailure } from "#server/http/app.ts";
import { FakeApp } from "./fake-app.ts";

const PAGE = "https://studio.example.com";
const OTHER_PAGE = "https://elsewhere.example.com";

const PATHS: Record<string, Record<string, unknown>> = JSON.parse(renderDocument()).paths;

/** As a page's browser asks before a call; as a page's browser calls. */
function ask(app: FakeApp, method: string, path: string, origin: string = PAGE) {
  const headers = { Origin: origin, "Access-Control-Request-Method": method };
  return app.app.request(path, { method: "OPTIONS", headers });
}

function call(app: FakeApp, method: string, path: string, headers: Record<string, string> = {}) {
  return app.app.request(path, {
    method,
    headers: { Origin: PAGE, Authorization: "Bearer admin-token", ...headers },
  });
}

/** What an answer says of who may read it. */
function readersOf({ headers }: Response) {
  return [headers.get("Access-Control-Allow-Origin"), headers.get("Vary")];
}

function listed(response: Response, name: string): string[] {
  return response.headers.get(name)?.split(", ") ?? [];
}

/** What other sites show, and one of these that fails. */
function shownAnywhere(): Hono {
  return new Hono()
    .get("/oembed", ({ json }) => json({}))
    .get("/thumbnails/a/b", () => {
      throw new Error("disk on fire");
    });
}

describe("a preflight", () => {
  test.each(Object.keys(PATHS))("of %s needs no token and tells the methods there", async (path) => {
    const methods = Object.keys(PATHS[path] ?? {}).map((method) => method.toUpperCase());
    const answer = await ask(new FakeApp(), methods[0] ?? "", path.replaceAll(/\{\w+\}/g, "a"));
    expect([answer.status, await answer.text()]).toEqual([204, ""]);
    const expected = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].sort();
    expect(listed(answer, "Access-Control-Allow-Methods").sort()).toEqual(expected);
    expect(listed(answer, "Allow").sort()).toEqual(expected);
  });

  test("tells the headers that calls know, that no cookie counts, and for how long that holds", async () => {
    const answer = await ask(new FakeApp(), "POST", "/v2/livestreams");
    expect(listed(answer, "Access-Control-Allow-Headers")).toEqual(
      expect.arrayContaining([
        ...["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "Last-Event-ID"],
      ]),
    );
    expect(answer.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    expect(answer.headers.get("Access-Control-Max-Age")).toBe("7200");
  });

  test.each(["/v2/nothing", "/v2/livestreams/a/b", "/v2", "/nothing"])(
    "of %s lets the call be made, so that its refusal can be read",
    async (path) => {
      const app = new FakeApp();
      const answer = await ask(app, "DELETE", path);
      expect([answer.status, ...readersOf(answer)]).toEqual([204, "*", null]);
      expect(listed(answer, "Access-Control-Allow-Methods")).toContain("DELETE");
      expect(answer.headers.has("Allow")).toBe(false);
      const refused = await call(app, "DELETE", path);
      expect([refused.status, ...readersOf(refused)]).toEqual([404, "*", null]);
    },
  );

  test.each(["/", "/healthz", "/readyz", "/openapi.json", "/docs", "/watch/a/state", "/licences"])(
    "of %s is answered too",
    async (path) => {
      const answer = await ask(new FakeApp(), "GET", path);
      expect([answer.status, ...readersOf(answer)]).toEqual([204, "*", null]);
      expect(listed(answer, "Access-Control-Allow-Methods")).toEqual(["GET", "HEAD", "OPTIONS"]);
    },
  );
});

describe("OPTIONS that is no preflight", () => {
  test("tells what a path allows, without a token", async () => {
    const answer = await new FakeApp().app.request("/v2/livestreams", { method: "OPTIONS" });
    expect([answer.status, answer.headers.get("Allow")]).toEqual([204, "GET, HEAD, POST, OPTIONS"]);
    expect(answer.headers.has("Access-Control-Allow-Methods")).toBe(false);
  });

  test("of an unknown path is 404", async () => {
    const answer = await new FakeApp().app.request("/v2/nothing", { method: "OPTIONS" });
    expect([answer.status, ...readersOf(answer)]).toEqual([404, "*", null]);
  });
});

/** An answer of each kind. */
const ANSWERS: readonly [
  what: string,
  status: number,
  method: string,
  path: string,
  headers?: Record<string, string>,
][] = [
  ["a list", 200, "GET", "/v2/livestreams"],
  ["a refusal for want of a token", 401, "GET", "/v2/livestreams", { Authorization: "" }],
  [
    "a refusal of a token that only reads",
    403,
    "POST",
    "/v2/livestreams",
    { Authorization: "Bearer reader-token" },
  ],
  ["what is not there", 404, "GET", "/v2/livestreams/a"],
  ["what is no method there", 405, "PUT", "/v2/livestreams"],
  ["what comes at the wrong moment", 409, "POST", "/v2/livestreams/{id}/stop"],
  ["a body that is no JSON", 400, "PATCH", "/v2/livestreams/{id}"],
  ["a picture that is none", 415, "PUT", "/v2/livestreams/{id}/thumbnail"],
  ["the document", 200, "GET", "/openapi.json"],
  ["health", 200, "GET", "/healthz"],
  ["a page", 200, "GET", "/"],
  ["a page of nothing", 404, "GET", "/watch/a"],
  ["an unknown path", 404, "GET", "/nothing"],
];

describe("an answer", () => {
  test.each(ANSWERS)(
    "can be read by every page, if nothing else is set: %s",
    async (_, status, method, path, headers) => {
      const app = new FakeApp();
      const answer = await call(app, method, path.replace("{id}", await app.house.create()), headers);
      expect([answer.status, ...readersOf(answer)]).toEqual([status, "*", null]);
      expect(answer.headers.get("Access-Control-Allow-Credentials")).toBeNull();
      expect(listed(answer, "Access-Control-Expose-Headers")).toEqual(
        expect.arrayContaining([
          "Allow",
          "Content-Range",
          "ETag",
          "Location",
          "Retry-After",
          "WWW-Authenticate",
        ]),
      );
    },
  );

  test.each(ANSWERS)(
    "can be read by the pages that are set, and no other: %s",
    async (_, status, method, path, headers) => {
      const app = new FakeApp({ corsOrigins: ["http://localhost:5173", PAGE] });
      const wholePath = path.replace("{id}", await app.house.create());
      for (const origin of [PAGE, "http://localhost:5173"]) {
        const answer = await call(app, method, wholePath, { ...headers, Origin: origin });
        expect([answer.status, ...readersOf(answer)]).toEqual([status, origin, "Origin"]);
      }
      for (const origin of [OTHER_PAGE, "null", "http://localhost", `${PAGE}.evil.example`]) {
        const answer = await call(app, method, wholePath, { ...headers, Origin: origin });
        expect([answer.status, ...readersOf(answer)]).toEqual([status, null, "Origin"]);
      }
    },
  );

  test("to a preflight is for the pages that are set, and no other", async () => {
    const app = new FakeApp({ corsOrigins: [PAGE] });
    expect(readersOf(await ask(app, "POST", "/v2/livestreams"))).toEqual([PAGE, "Origin"]);
    expect(readersOf(await ask(app, "POST", "/v2/livestreams", OTHER_PAGE))).toEqual([null, "Origin"]);
  });

  test("that fails can be read", async () => {
    const app = new FakeApp({ corsOrigins: [PAGE] });
    const id = await app.house.receiving();
    const failure = Promise.reject(new Error("disk on fire"));
    failure.catch(() => {});
    app.house.playouts.holds.set("publish", failure);
    const answer = await call(app, "POST", `/v2/livestreams/${id}/publish`);
    expect([answer.status, ...readersOf(answer)]).toEqual([500, PAGE, "Origin"]);
  });

  test("that is repeated for an Idempotency-Key can be read by whoever asks now", async () => {
    const app = new FakeApp({ corsOrigins: [PAGE, OTHER_PAGE] });
    const create = (origin: string) => {
      const headers = { Authorization: "Bearer admin-token", "Content-Type": "application/json" };
      return app.app.request("/v2/livestreams", {
        method: "POST",
        headers: { ...headers, "Idempotency-Key": "derby", Origin: origin },
        body: JSON.stringify({ name: "Derby" }),
      });
    };
    const [first, again] = [await create(PAGE), await create(OTHER_PAGE)];
    expect([first.status, ...readersOf(first)]).toEqual([201, PAGE, "Origin"]);
    expect([again.status, ...readersOf(again)]).toEqual([201, OTHER_PAGE, "Origin"]);
    expect(again.headers.get("Location")).toBe(first.headers.get("Location"));
  });

  test("that is a stream of events can be read, and so can the one that there is no room", async () => {
    const app = new FakeApp();
    const path = `/v2/livestreams/${await app.house.create()}/events`;
    const answers: Response[] = [];
    do answers.push(await call(app, "GET", path));
    while (answers.at(-1)?.status === 200);
    expect(answers.map(readersOf)).toEqual(answers.map(() => ["*", null]));
    expect(answers.at(-1)?.status).toBe(429);
    for (const answer of answers) await answer.body?.cancel();
  });

  test("keeps what it said of its own variants", async () => {
    const negotiated = new Hono().get("/negotiated", ({ text }) => text("", 200, { Vary: "Accept" }));
    const app = new FakeApp({ corsOrigins: [PAGE], openRoutes: [negotiated] });
    expect(readersOf(await call(app, "GET", "/negotiated"))).toEqual([PAGE, "Accept, Origin"]);
  });
});

describe("what is played or shown anywhere is open to all, whatever is set", () => {
  test.each([
    ["GET", "/live/a", 404],
    ["GET", "/media/", 404],
    ["GET", "/thumbnails/a/b", 500],
    ["POST", "/thumbnails/a/b", 405],
    ["OPTIONS", "/thumbnails/a/b", 204],
    ["GET", "/oembed", 200],
    ["OPTIONS", "/oembed", 204],
  ])("%s %s", async (method, path, status) => {
    const app = new FakeApp({ corsOrigins: [PAGE], openRoutes: [shownAnywhere()] });
    const answer = await call(app, method, path, { Origin: OTHER_PAGE });
    expect([answer.status, ...readersOf(answer)]).toEqual([status, "*", null]);
  });

  test("and so is an error before anything is routed, of these alone", () => {
    const log = new FakeApp().log;
    const failureOf = (path: string) =>
      readersOf(answerFailure(new Error("disk on fire"), new Request(`http://localhost${path}`), log));
    expect(failureOf("/live/a/index.m3u8")).toEqual(["*", null]);
    expect(failureOf("/v2/livestreams")).toEqual([null, null]);
  });
});
