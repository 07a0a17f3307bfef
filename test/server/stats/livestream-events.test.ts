import { describe, expect, test } from "bun:test";
import { createLog } from "#server/common/log.ts";
import type { EventSubscription } from "#server/stats/event-subscription.ts";
import { LivestreamEvents } from "#server/stats/livestream-events.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

function eventsOf(run = "run"): LivestreamEvents {
  return new LivestreamEvents({
    snapshot: async (id) => ({ status: { status: "live" }, statistics: { of: id }, inputs: [] }),
    run,
    log: createLog({ level: "error", write: () => {}, clock: new FakeClock() }),
  });
}

/** What waits, as `event data`. */
async function taken(subscription: EventSubscription | null, count: number): Promise<string[]> {
  const texts: string[] = [];
  for (let each = 0; each < count; each += 1) {
    const event = await subscription?.next();
    texts.push(`${event?.event} ${event?.data}`);
  }
  return texts;
}

const FIGURES = ['statistics {"of":"show"}', "inputs []"];

test("a new reader is told the status and the figures, then the figures once a second, and changes at once", async () => {
  const events = eventsOf();
  const subscription = await events.subscribe("show", null);
  expect(await taken(subscription, 3)).toEqual(['status {"status":"live"}', ...FIGURES]);
  events.changed("show", "switch", { to: "secondary" });
  events.changed("other", "switch", { to: "primary" });
  await events.tick();
  expect(await taken(subscription, 3)).toEqual(['switch {"to":"secondary"}', ...FIGURES]);
  subscription?.close();
});

test("a reader that comes back is told what happened since", async () => {
  const events = eventsOf();
  const first = await events.subscribe("show", null);
  await taken(first, 2);
  const last = (await first?.next())?.id ?? "";
  first?.close();
  events.changed("show", "switch", 1);
  events.changed("show", "status", 2);
  const again = await events.subscribe("show", last);
  expect(await taken(again, 4)).toEqual(["switch 1", "status 2", ...FIGURES]);
  again?.close();
});

test.each([
  ["of another run", "old-1"],
  ["forged", "run-1x"],
  ["empty", ""],
])("with an id %s it is a new reader", async (_, lastEventId) => {
  const events = eventsOf();
  events.changed("show", "switch", 1);
  const subscription = await events.subscribe("show", lastEventId);
  expect(await taken(subscription, 1)).toEqual(['status {"status":"live"}']);
  subscription?.close();
});

test("a livestream that is no more ends its readers, after the last change", async () => {
  const events = eventsOf();
  const subscription = await events.subscribe("show", null);
  await taken(subscription, 3);
  events.changed("show", "status", "deleted");
  events.forget("show");
  expect(await taken(subscription, 1)).toEqual(['status "deleted"']);
  expect(await subscription?.next()).toBeNull();
  expect(events.subscribers).toBe(0);
});

test("readers are bounded, and one that leaves makes room", async () => {
  const events = eventsOf();
  const subscriptions = await Promise.all(Array.from({ length: 1000 }, () => events.subscribe("show", null)));
  expect(subscriptions).not.toContain(null);
  expect(await events.subscribe("show", null)).toBeNull();
  subscriptions[0]?.close();
  const next = await events.subscribe("show", null);
  expect(next).not.toBeNull();
  events.close();
  expect(events.subscribers).toBe(0);
});

test("changes that are kept are bounded, and who may have missed one that is not is told the status", async () => {
  const events = eventsOf();
  const first = await events.subscribe("show", null);
  const start = (await first?.next())?.id ?? "";
  first?.close();
  for (let each = 0; each < 50; each += 1) events.changed("show", "switch", each);
  const inTime = await events.subscribe("show", start);
  const all = Array.from({ length: 50 }, (_, each) => `switch ${each}`);
  expect(await taken(inTime, 52)).toEqual([...all, ...FIGURES]);
  inTime?.close();
  events.changed("show", "switch", 50);
  const tooLate = await events.subscribe("show", start);
  expect(await taken(tooLate, 3)).toEqual(['status {"status":"live"}', ...FIGURES]);
  tooLate?.close();
});

test("livestreams whose changes are kept are bounded: the oldest go", async () => {
  const events = eventsOf();
  events.changed("show", "switch", 1);
  for (let each = 0; each < 10_000; each += 1) events.changed(`livestream ${each}`, "status", each);
  const forgotten = await events.subscribe("show", "run-0");
  expect(await taken(forgotten, 3)).toEqual(['status {"status":"live"}', ...FIGURES]);
  forgotten?.close();
});

describe("while the livestream is looked up for a new reader", () => {
  const LIVE = { status: { status: "live" }, statistics: { of: "show" }, inputs: [] };

  /** Events of a livestream that is looked up when the test says so. */
  function lookedUp() {
    const found = Promise.withResolvers<typeof LIVE | null>();
    const log = createLog({ level: "error", write: () => {}, clock: new FakeClock() });
    const events = new LivestreamEvents({ snapshot: () => found.promise, run: "run", log });
    return { events, found };
  }

  test("what happens comes behind what it begins with, under a later id", async () => {
    const { events, found } = lookedUp();
    const subscribing = events.subscribe("show", null);
    events.changed("show", "switch", 1);
    found.resolve(LIVE);
    const subscription = await subscribing;
    const ids: number[] = [];
    const told: string[] = [];
    for (let each = 0; each < 4; each += 1) {
      const event = await subscription?.next();
      told.push(`${event?.event}`);
      ids.push(Number(event?.id.slice("run-".length)));
    }
    expect(told).toEqual(["status", "statistics", "inputs", "switch"]);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
    subscription?.close();
  });

  test("one that comes back is told once what happens, behind what it missed", async () => {
    const { events, found } = lookedUp();
    events.changed("show", "switch", 1);
    const subscribing = events.subscribe("show", "run-0");
    events.changed("show", "switch", 2);
    found.resolve(LIVE);
    const subscription = await subscribing;
    expect(await taken(subscription, 4)).toEqual(["switch 1", ...FIGURES, "switch 2"]);
    subscription?.close();
  });

  test("its end ends the reader", async () => {
    const { events, found } = lookedUp();
    const subscribing = events.subscribe("show", null);
    events.changed("show", "status", "deleted");
    events.forget("show");
    found.resolve(LIVE);
    const subscription = await subscribing;
    expect(await taken(subscription, 4)).toEqual([
      'status {"status":"live"}',
      ...FIGURES,
      'status "deleted"',
    ]);
    expect(await subscription?.next()).toBeNull();
  });

  test("a livestream that is not there leaves no reader, and neither does a look-up that fails", async () => {
    const gone = lookedUp();
    gone.found.resolve(null);
    expect(await (await gone.events.subscribe("show", null))?.next()).toBeNull();
    expect(gone.events.subscribers).toBe(0);
    const failing = lookedUp();
    const subscribing = failing.events.subscribe("show", null);
    failing.found.reject(new Error("EIO"));
    await expect(subscribing).rejects.toThrow("EIO");
    expect(failing.events.subscribers).toBe(0);
  });
});

test("figures that cannot be read are left out for that second, and a slow store is asked one second at a time", async () => {
  const logged: string[] = [];
  const log = createLog({ level: "warn", write: (line) => logged.push(line), clock: new FakeClock() });
  const held = Promise.withResolvers<null>();
  let asked = 0;
  const events = new LivestreamEvents({
    snapshot: async () => {
      asked += 1;
      if (asked === 2) throw new Error("EIO");
      if (asked === 3) await held.promise;
      return { status: 1, statistics: asked, inputs: [] };
    },
    run: "run",
    log,
  });
  const subscription = await events.subscribe("show", null);
  await taken(subscription, 3);
  await events.tick();
  expect(logged.join()).toContain("figures_not_told");
  const slow = events.tick();
  await events.tick();
  expect(asked).toBe(3);
  held.resolve(null);
  await slow;
  await events.tick();
  expect(await taken(subscription, 4)).toEqual(["statistics 3", "inputs []", "statistics 4", "inputs []"]);
  subscription?.close();
});
