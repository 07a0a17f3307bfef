import { expect, test } from "bun:test";
import { Connection } from "#server/web/console/state/connection.ts";
import { watchedFetch } from "#server/web/console/state/watched-fetch.ts";

const REQUEST = new Request("https://example.com/v2/livestreams");

function watched(answer: (request: Request) => Promise<Response>) {
  const connection = new Connection();
  const said: string[] = [];
  connection.onChange((state) => said.push(state));
  const fetch = watchedFetch({ fetch: answer, connection, onUnauthorized: () => said.push("unauthorized") });
  return { fetch, said, connection };
}

test("whether the server answers is told, once a change", async () => {
  let isUp = false;
  const { fetch, said } = watched(async () => {
    if (!isUp) throw new TypeError("network error");
    return new Response("{}");
  });
  await expect(fetch(REQUEST)).rejects.toThrow("network error");
  await expect(fetch(REQUEST)).rejects.toThrow("network error");
  isUp = true;
  await fetch(REQUEST);
  await fetch(REQUEST);
  expect(said).toEqual(["lost", "well"]);
});

test("a proxy that finds no server is no answer; a server that refuses is", async () => {
  let status = 502;
  const { fetch, connection } = watched(async () => new Response(null, { status }));
  await fetch(REQUEST);
  expect(connection.state).toBe("lost");
  status = 409;
  await fetch(REQUEST);
  expect(connection.state).toBe("well");
  status = 504;
  await fetch(REQUEST);
  expect(connection.state).toBe("lost");
});

test("a token that is not known any more is told", async () => {
  const { fetch, said } = watched(async () => new Response(null, { status: 401 }));
  await fetch(REQUEST);
  expect(said).toEqual(["unauthorized"]);
});

test("what the page does not want any more says nothing of the server", async () => {
  const abort = new AbortController();
  const { fetch, said } = watched(
    ({ signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  );
  const asked = fetch(new Request(REQUEST, { signal: abort.signal }));
  abort.abort(new Error("left"));
  await expect(asked).rejects.toThrow("left");
  expect(said).toEqual([]);
});
