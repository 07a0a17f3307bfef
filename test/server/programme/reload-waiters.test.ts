import { expect, test } from "bun:test";
import { ReloadWaiters } from "#server/programme/reload-waiters.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

const never = () => new AbortController().signal;

test("who waits for what is there does not wait", async () => {
  const waiters = new ReloadWaiters(new FakeClock());
  expect(await waiters.wait(() => true, 1000, never())).toBe("woken");
  expect(waiters.count).toBe(0);
});

test("whose wait is over is woken, in the order they came; the others wait on", async () => {
  const waiters = new ReloadWaiters(new FakeClock());
  const order: number[] = [];
  let version = 0;
  const waits = [1, 2, 1, 1].map((needed, index) =>
    waiters.wait(() => version >= needed, 60_000, never()).then(() => order.push(index)),
  );
  version = 1;
  waiters.wake();
  await Promise.all([waits[0], waits[2], waits[3]]);
  expect([order, waiters.count]).toEqual([[0, 2, 3], 1]);
  version = 2;
  waiters.wake();
  await waits[1];
  expect([order, waiters.count]).toEqual([[0, 2, 3, 1], 0]);
});

test("a client that goes away waits no more, at once", async () => {
  const waiters = new ReloadWaiters(new FakeClock());
  const clients = Array.from({ length: 1000 }, () => new AbortController());
  const waits = clients.map(({ signal }) => waiters.wait(() => false, 60_000, signal));
  expect(waiters.count).toBe(1000);
  for (const client of clients) client.abort();
  expect(waiters.count).toBe(0);
  expect(new Set(await Promise.all(waits))).toEqual(new Set(["woken"]));
});

test("nobody waits longer than they were told, and whoever came later has the rest of their time", async () => {
  const clock = new FakeClock();
  const waiters = new ReloadWaiters(clock);
  const first = waiters.wait(() => false, 20, never());
  clock.pass(20);
  const second = waiters.wait(() => false, 60_000, never());
  expect(await first).toBe("late");
  expect(waiters.count).toBe(1);
  waiters.close();
  expect(await second).toBe("woken");
});

test("20,000 wait, and one more is told so", async () => {
  const waiters = new ReloadWaiters(new FakeClock());
  for (let count = 0; count < 20_000; count += 1) void waiters.wait(() => false, 60_000, never());
  expect(await waiters.wait(() => false, 60_000, never())).toBe("full");
  waiters.close();
  expect(waiters.count).toBe(0);
});

test("when nothing more will be listed everybody is woken, and nobody waits any more", async () => {
  const waiters = new ReloadWaiters(new FakeClock());
  const waits = [1, 2, 3].map(() => waiters.wait(() => false, 60_000, never()));
  waiters.close();
  expect(await Promise.all(waits)).toEqual(["woken", "woken", "woken"]);
  expect(await waiters.wait(() => false, 60_000, never())).toBe("woken");
});
