import { expect, test } from "bun:test";
import { EventSubscription, type LivestreamEvent } from "#server/stats/event-subscription.ts";

const event = (id: number): LivestreamEvent => ({ id: String(id), event: "status", data: "{}" });

test("events are taken in order, also by who waited for them", async () => {
  const subscription = new EventSubscription(() => {});
  subscription.push(event(1));
  subscription.push(event(2));
  expect((await subscription.next())?.id).toBe("1");
  expect((await subscription.next())?.id).toBe("2");
  const next = subscription.next();
  subscription.push(event(3));
  expect((await next)?.id).toBe("3");
});

test("an end lets the reader take what waits, a close does not", async () => {
  let closed = 0;
  const ended = new EventSubscription(() => ++closed);
  ended.push(event(1));
  ended.end();
  ended.push(event(2));
  expect([(await ended.next())?.id, await ended.next()]).toEqual(["1", null]);
  const left = new EventSubscription(() => ++closed);
  left.push(event(1));
  left.close();
  left.close();
  expect(await left.next()).toBeNull();
  expect(closed).toBe(2);
});

test("whoever waits is told of the end", async () => {
  const subscription = new EventSubscription(() => {});
  const next = subscription.next();
  subscription.close();
  expect(await next).toBeNull();
});

test("a reader that does not read loses its subscription", async () => {
  let closed = 0;
  const subscription = new EventSubscription(() => ++closed);
  for (let id = 0; id < 65; id += 1) subscription.push(event(id));
  expect([closed, await subscription.next()]).toEqual([1, null]);
});
