import { expect, test } from "bun:test";
import { codeOf, FakeApp } from "./fake-app.ts";

const HEADERS = { Authorization: "Bearer admin-token" };

async function open(app: FakeApp, id: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const response = await app.app.request(`/v2/livestreams/${id}/events`, {
    headers: { ...HEADERS, ...headers },
    signal: abort.signal,
  });
  const reader = response.body?.getReader();
  let text = "";
  const decoder = new TextDecoder();
  return {
    response,
    /** Everything received, once `part` is in it. */
    async textWith(part: string): Promise<string> {
      while (!text.includes(part)) {
        const read = await reader?.read();
        if (read === undefined || read.done) throw new Error(`It ended without ${part}:\n${text}`);
        text += decoder.decode(read.value, { stream: true });
      }
      return text;
    },
    isOver: async () => {
      for (;;) {
        const read = await reader?.read();
        if (read === undefined || read.done) return true;
      }
    },
    leave: () => reader?.cancel(),
  };
}

test("events are a stream that nobody keeps: status, figures, and changes with ids", async () => {
  const app = new FakeApp();
  const id = await app.house.create();
  const events = await open(app, id);
  expect(events.response.headers.get("Content-Type")).toBe("text/event-stream");
  expect(events.response.headers.get("Cache-Control")).toBe("no-store");
  const text = await events.textWith("event: inputs");
  expect(text).toStartWith('retry: 2000\n\nevent: status\ndata: {"status":"live"}\nid: run-1\n\n');
  app.statistics.events.changed(id, "switch", { to: "secondary" });
  expect(await events.textWith("run-4")).toEndWith('event: switch\ndata: {"to":"secondary"}\nid: run-4\n\n');
  await events.leave();
  expect(app.statistics.events.subscribers).toBe(0);
});

test("a reader that comes back with Last-Event-ID is told what it missed", async () => {
  const app = new FakeApp();
  const id = await app.house.create();
  app.statistics.events.changed(id, "switch", 1);
  app.statistics.events.changed(id, "switch", 2);
  const events = await open(app, id, { "Last-Event-ID": "run-1" });
  const text = await events.textWith("event: inputs");
  expect(text).toContain("event: switch\ndata: 2\nid: run-2\n\n");
  expect(text).not.toContain("event: status");
  expect(text).not.toContain("id: run-1\n");
  await events.leave();
});

test("the stream ends with the livestream", async () => {
  const app = new FakeApp();
  const id = await app.house.create();
  const events = await open(app, id);
  await events.textWith("event: inputs");
  app.statistics.events.forget(id);
  expect(await events.isOver()).toBe(true);
});

test("a HEAD opens nothing", async () => {
  const app = new FakeApp();
  const answer = await app.call("HEAD", `/v2/livestreams/${await app.house.create()}/events`);
  expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "text/event-stream"]);
  expect(app.statistics.events.subscribers).toBe(0);
});

test("beyond the bound a reader is told to come back later", async () => {
  const app = new FakeApp();
  const id = await app.house.create();
  for (let each = 0; each < 1000; each += 1) await app.statistics.events.subscribe(id, null);
  const answer = await app.call("GET", `/v2/livestreams/${id}/events`);
  expect([answer.status, codeOf(answer), answer.headers.get("Retry-After")]).toEqual([
    429,
    "too_many_subscribers",
    "10",
  ]);
  app.statistics.events.close();
});
