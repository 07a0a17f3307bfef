import { expect, test } from "bun:test";
import { InTurn } from "#server/common/in-turn.ts";

test("an effect begins when the one before it on the same subject is through", async () => {
  const inTurn = new InTurn();
  const happened: string[] = [];
  const first = Promise.withResolvers<void>();
  const running = inTurn.run("a", async () => {
    happened.push("first begins");
    await first.promise;
    happened.push("first ends");
  });
  const waiting = inTurn.run("a", async () => void happened.push("second"));
  await inTurn.run("b", async () => void happened.push("another subject"));
  expect(happened).toEqual(["first begins", "another subject"]);
  first.resolve();
  await Promise.all([running, waiting]);
  expect(happened).toEqual(["first begins", "another subject", "first ends", "second"]);
});

test("a failure is its caller's and stops nobody behind it", async () => {
  const inTurn = new InTurn();
  const failing = inTurn.run("a", async () => {
    throw new Error("disk full");
  });
  const next = inTurn.run("a", async () => "done");
  await expect(failing).rejects.toThrow("disk full");
  expect(await next).toBe("done");
});

test("settled waits for all there is, also for what was added meanwhile", async () => {
  const inTurn = new InTurn();
  const happened: string[] = [];
  void inTurn.run("a", async () => {
    void inTurn.run("b", async () => void happened.push("b"));
    happened.push("a");
  });
  await inTurn.settled();
  expect(happened).toEqual(["a", "b"]);
  await inTurn.settled();
});
