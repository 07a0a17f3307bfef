import { expect, test } from "bun:test";
import { WorkQueue } from "#server/thumbnails/work-queue.ts";

test("one piece of work runs at a time, in the order they came", async () => {
  const queue = new WorkQueue(8);
  const steps: string[] = [];
  const work = (name: string) => async () => {
    steps.push(`${name} begins`);
    await Promise.resolve();
    steps.push(`${name} ends`);
    return name;
  };
  const results = [queue.run(work("a")), queue.run(work("b"))];
  expect(await Promise.all(results)).toEqual(["a", "b"]);
  expect(steps).toEqual(["a begins", "a ends", "b begins", "b ends"]);
});

test("beyond its room work is refused, and taken again when there is room", async () => {
  const queue = new WorkQueue(2);
  const hold = Promise.withResolvers<void>();
  const taken = Array.from({ length: 3 }, () => queue.run(() => hold.promise));
  expect(taken).not.toContain(null);
  expect(queue.run(async () => {})).toBeNull();
  hold.resolve();
  await queue.settled();
  expect(queue.run(async () => {})).not.toBeNull();
});

test("a failure is its caller's alone", async () => {
  const queue = new WorkQueue(2);
  const failing = queue.run(() => Promise.reject(new Error("no")));
  const next = queue.run(async () => "yes");
  expect(await failing?.catch(String)).toBe("Error: no");
  expect(await next).toBe("yes");
});
