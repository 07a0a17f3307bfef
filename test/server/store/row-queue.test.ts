import { expect, test } from "bun:test";
import { RowQueue } from "#server/store/row-queue.ts";

function queueOf(...numbers: readonly number[]) {
  const queue = new RowQueue<{ livestreamId: string; number: number }>({ maxWaiting: 5, maxBatch: 2 });
  const dropped = queue.add(numbers.map((number) => rowOf(number)));
  return { queue, dropped };
}

function rowOf(number: number, livestreamId = "show") {
  return { livestreamId, number };
}

const numbersOf = (rows: readonly { number: number }[]) => rows.map(({ number }) => number);

test("rows are taken in order, a batch at a time, and are written once they are settled", () => {
  const { queue } = queueOf(1, 2, 3);
  expect(numbersOf(queue.take())).toEqual([1, 2]);
  expect(queue.figures).toEqual({ waiting: 3, written: 0, dropped: 0 });
  expect(numbersOf(queue.settle())).toEqual([1, 2]);
  expect(queue.figures).toEqual({ waiting: 1, written: 2, dropped: 0 });
  expect(queue.isEmpty).toBe(false);
  queue.take();
  expect(queue.isEmpty).toBe(true);
});

test("there is room for so many and no more; the oldest stay", () => {
  const { queue, dropped } = queueOf(1, 2, 3, 4, 5, 6, 7);
  expect([dropped, queue.figures]).toEqual([2, { waiting: 5, written: 0, dropped: 2 }]);
  expect(numbersOf(queue.take())).toEqual([1, 2]);
});

test("a batch that was not written comes first again, but for rows that are not kept", () => {
  const { queue } = queueOf(1, 2, 3);
  queue.take();
  queue.add([rowOf(4)]);
  queue.putBack(({ number }) => number !== 1);
  expect([numbersOf(queue.take()), queue.figures.waiting]).toEqual([[2, 3], 3]);
});

test("a livestream that is forgotten waits no more, the others do", () => {
  const { queue } = queueOf(1);
  queue.add([rowOf(2, "other")]);
  queue.forget(({ livestreamId }) => livestreamId !== "show");
  expect(numbersOf(queue.take())).toEqual([2]);
});
