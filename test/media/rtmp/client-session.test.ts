import { expect, test } from "bun:test";
import { ClientSession } from "#media/rtmp/client-session.ts";
import type { PublishRefusal } from "#media/rtmp/net-stream.ts";
import { ServerSession, type SessionEvent } from "#media/rtmp/server-session.ts";

/** Both ends of a connection, and what each of them saw. */
function connected(refusal: PublishRefusal | null = null) {
  const server = new ServerSession({ randomBytes: new Uint8Array(1528) });
  const client = new ClientSession({
    randomBytes: new Uint8Array(1528),
    app: "live",
    tcUrl: "rtmp://localhost/live",
    streamName: "key",
  });
  const serverEvents: SessionEvent[] = [];
  const clientEvents: unknown[] = [];
  const exchange = (): void => {
    for (;;) {
      const toServer = client.takeOutput();
      if (toServer !== null) {
        for (const event of server.push(toServer, 0)) {
          serverEvents.push(event);
          if (event.type !== "publish-requested") continue;
          if (refusal === null) server.acceptPublish(event.request);
          else server.refusePublish(event.request, refusal, "not now");
        }
      }
      const toClient = server.takeOutput();
      if (toClient !== null) for (const event of client.push(toClient)) clientEvents.push(event);
      if (toServer === null && toClient === null) return;
    }
  };
  exchange();
  return { client, server, serverEvents, clientEvents, exchange };
}

test("publishes: the server is asked, and media arrives", () => {
  const { client, serverEvents, clientEvents, exchange } = connected();
  expect(clientEvents).toEqual([{ type: "publishing" }]);
  client.sendMedia({ kind: "video", timestampMs: 0x1234567, payload: new Uint8Array(100_000).fill(9) });
  client.sendMedia({ kind: "data", timestampMs: 0, payload: Uint8Array.of(2, 0, 1, 97) });
  exchange();
  expect(serverEvents.slice(1)).toEqual([
    {
      type: "media",
      message: { kind: "video", timestampMs: 0x1234567, payload: new Uint8Array(100_000).fill(9) },
    },
    { type: "media", message: { kind: "data", timestampMs: 0, payload: Uint8Array.of(2, 0, 1, 97) } },
  ]);
});

test("says goodbye", () => {
  const { client, serverEvents, exchange } = connected();
  client.unpublish();
  exchange();
  expect(serverEvents.at(-1)).toEqual({ type: "unpublished" });
});

test("hears why it is refused, and why it is cut", () => {
  expect(connected("NetStream.Publish.BadName").clientEvents).toEqual([
    { type: "refused", code: "NetStream.Publish.BadName", description: "not now" },
  ]);
  const { server, clientEvents, exchange } = connected();
  server.notifyUnpublish("the livestream was stopped");
  exchange();
  expect(clientEvents.at(-1)).toEqual({
    type: "refused",
    code: "NetStream.Unpublish.Success",
    description: "the livestream was stopped",
  });
});

test("media before there is a stream is the caller's mistake", () => {
  const client = new ClientSession({
    randomBytes: new Uint8Array(1528),
    app: "live",
    tcUrl: "",
    streamName: "key",
  });
  expect(() => client.sendMedia({ kind: "audio", timestampMs: 0, payload: new Uint8Array(1) })).toThrow();
});
