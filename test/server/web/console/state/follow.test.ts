import { expect, test } from "bun:test";
import { TandemRefusal } from "#openapi/client.ts";
import type { ServerSentEvent } from "#openapi/server-sent-events.ts";
import { Connection } from "#server/web/console/state/connection.ts";
import { follow } from "#server/web/console/state/follow.ts";

type Stream = (signal: AbortSignal) => AsyncGenerator<ServerSentEvent>;

/** Follows a server whose answers are given, one a connection; when there are no more, nobody wants to know more. */
async function followed(streams: readonly Stream[]) {
  const connection = new Connection();
  const states: string[] = [];
  const events: string[] = [];
  const asked: (string | null)[] = [];
  const abort = new AbortController();
  let isGone = false;
  connection.onChange((state) => states.push(state));
  const rest = [...streams];
  await follow({
    client: {
      streamLivestreamEvents: (_id, { lastEventId = null, signal } = {}) => {
        asked.push(lastEventId);
        const next = rest.shift();
        if (rest.length === 0) queueMicrotask(() => next === undefined && abort.abort());
        return (next ?? nothing)(signal ?? abort.signal);
      },
    },
    connection,
    livestreamId: "show",
    signal: abort.signal,
    onEvent: ({ id }) => events.push(id),
    onGone: () => {
      isGone = true;
    },
  });
  return { states, events, asked, isGone };
}

async function* nothing(): AsyncGenerator<ServerSentEvent> {}

function broken(ids: readonly string[]): Stream {
  return async function* () {
    for (const id of ids) yield { id, event: "inputs", data: [] };
    throw new TypeError("network error");
  };
}

const refused = (status: number): Stream =>
  // biome-ignore lint/correctness/useYield: it is refused before there is anything
  async function* () {
    throw new TandemRefusal(status, "No.", null);
  };

test("a connection that breaks is said, begun again behind the last event, and said to be well again", async () => {
  const { states, events, asked } = await followed([broken(["a", "b"]), broken(["c"])]);
  expect(events).toEqual(["a", "b", "c"]);
  expect(asked).toEqual([null, "b", "c"]);
  expect(states).toEqual(["lost", "well", "lost"]);
});

test("a livestream that is not there is gone, and a token that is not known ends it", async () => {
  expect(await followed([refused(404)])).toMatchObject({ isGone: true, asked: [null], states: [] });
  expect(await followed([refused(401)])).toMatchObject({ isGone: false, asked: [null], states: [] });
});

test("another refusal is no lost connection, and is tried again", async () => {
  expect(await followed([refused(429)])).toMatchObject({ asked: [null, null], states: [] });
});

test("a connection on which nothing is heard is given up", async () => {
  const silent: Stream = async function* (signal) {
    await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    yield { id: "", event: "", data: null };
  };
  expect(await followed([silent])).toMatchObject({ states: ["lost"], asked: [null, null] });
}, 20_000);
