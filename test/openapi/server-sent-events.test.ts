import { expect, test } from "bun:test";
import { type ServerSentEvent, serverSentEvents } from "#openapi/server-sent-events.ts";

const TEXT = [
  ": a comment",
  "",
  "event: status",
  "id: 7",
  'data: {"status":',
  'data: "live"}',
  "",
  "event:inputs",
  "data:[]",
  "",
  "event: never",
  'data: {"not":"whole"}',
].join("\n");

const EVENTS: ServerSentEvent[] = [
  { id: "7", event: "status", data: { status: "live" } },
  { id: "7", event: "inputs", data: [] },
];

test("events are read, wherever the bytes are split, with either kind of line end", async () => {
  for (const text of [TEXT, TEXT.replaceAll("\n", "\r\n")]) {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(await read([bytes.slice(0, at), bytes.slice(at)])).toEqual(EVENTS);
    }
  }
});

test("a reader who leaves ends the request", async () => {
  let isCancelled = false;
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode("data: 1\n\n")),
    cancel: () => {
      isCancelled = true;
    },
  });
  for await (const event of serverSentEvents(body)) {
    expect(event).toEqual({ id: "", event: "message", data: 1 });
    break;
  }
  expect(isCancelled).toBe(true);
});

async function read(chunks: readonly Uint8Array[]): Promise<ServerSentEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return Array.fromAsync(serverSentEvents(body));
}
