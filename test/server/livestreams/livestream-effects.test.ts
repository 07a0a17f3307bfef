import { describe, expect, test } from "bun:test";
import { InTurn } from "#server/common/in-turn.ts";
import { LivestreamEffects } from "#server/livestreams/livestream-effects.ts";
import { LivestreamTurns } from "#server/livestreams/livestream-turns.ts";
import type { RemovalScope } from "#server/store/recording-removal-store.ts";
import { FakePlayouts } from "./fake-house.ts";

/** Effects that write down, in one list, what they do. */
class Watched {
  readonly playouts = new FakePlayouts();
  readonly done = this.playouts.calls;
  readonly graces: { milliseconds: number; pass: () => void }[] = [];
  scope: RemovalScope | null = "everything";
  removeRecording: () => Promise<void> = async () => {};
  readonly turns = new LivestreamTurns(new InTurn());
  readonly effects = new LivestreamEffects({
    turns: this.turns,
    playouts: this.playouts,
    recordings: {
      remove: async (id) => {
        await this.removeRecording();
        this.done.push(`recording of ${id}`);
      },
    },
    thumbnails: { remove: async (id) => void this.done.push(`thumbnail of ${id}`) },
    removals: {
      scopeOf: async () => this.scope,
      done: async (id, scope) => void this.done.push(`removed ${scope} of ${id}`),
    },
    delay: (milliseconds, signal) =>
      new Promise((resolve) => {
        this.graces.push({ milliseconds, pass: resolve });
        signal.addEventListener("abort", () => resolve());
      }),
  });
}

/** Lets everything run that waits for nothing. */
const breath = (): Promise<void> => Bun.sleep(0);

function failing(message: string): Promise<never> {
  const failure = Promise.reject(new Error(message));
  failure.catch(() => {});
  return failure;
}

describe("effects on one livestream", () => {
  test("happen in the order they were asked for, each once the one before is through", async () => {
    const { effects, playouts, done } = new Watched();
    const begun = Promise.withResolvers<void>();
    playouts.holds.set("publish", begun.promise);
    const asked = [effects.publish("a"), effects.stop("a"), effects.remove("a")];
    await breath();
    expect(done).toEqual(["publish a"]);
    begun.resolve();
    await Promise.all(asked);
    expect(done.slice(0, 3)).toEqual(["publish a", "stop a", "close a"]);
  });

  test("do not wait for those on another", async () => {
    const { effects, playouts, done } = new Watched();
    playouts.holds.set("publish", new Promise(() => {}));
    void effects.publish("a");
    await effects.stop("b");
    expect(done).toEqual(["publish a", "stop b"]);
  });

  test("fail for their caller alone", async () => {
    const { effects, playouts, done } = new Watched();
    playouts.holds.set("publish", failing("EMFILE"));
    const publish = effects.publish("a");
    const stop = effects.stop("a");
    await expect(publish).rejects.toThrow("EMFILE");
    await stop;
    expect(done).toEqual(["publish a", "stop a"]);
  });
});

describe("a removal", () => {
  test("closes the playout before it removes its files, and is through when they are gone", async () => {
    const { effects, done } = new Watched();
    await effects.remove("a");
    expect(done).toEqual(["close a", "recording of a", "thumbnail of a", "removed everything of a"]);
  });

  test("leaves a recording that a clip plays", async () => {
    const watched = new Watched();
    watched.scope = "pictures";
    await watched.effects.remove("a");
    expect(watched.done).toEqual(["close a", "thumbnail of a", "removed pictures of a"]);
  });

  test("of what is not to be removed takes nothing away", async () => {
    const watched = new Watched();
    watched.scope = null;
    await watched.effects.remove("a");
    expect(watched.done).toEqual(["close a"]);
  });

  test("that fails is not through", async () => {
    const watched = new Watched();
    watched.removeRecording = () => failing("EIO");
    await expect(watched.effects.remove("a")).rejects.toThrow("EIO");
    expect(watched.done).toEqual(["close a"]);
  });
});

describe("an ended playout", () => {
  test("answers for another minute, for those who still play its end", async () => {
    const { effects, done, graces } = new Watched();
    const closed = effects.closeAfterGrace("a", 0);
    expect(graces.map(({ milliseconds }) => milliseconds)).toEqual([60_000]);
    await breath();
    expect(done).toEqual([]);
    graces[0]?.pass();
    await closed;
    expect(done).toEqual(["close a"]);
  });

  test("in which viewers may go back answers for as long again", () => {
    const { effects, graces } = new Watched();
    void effects.closeAfterGrace("a", 12_500);
    expect(graces.map(({ milliseconds }) => milliseconds)).toEqual([72_500]);
  });

  test("is closed in its turn", async () => {
    const { effects, playouts, done, graces } = new Watched();
    const held = Promise.withResolvers<void>();
    playouts.holds.set("stop", held.promise);
    const stop = effects.stop("a");
    const closed = effects.closeAfterGrace("a", 0);
    graces[0]?.pass();
    await breath();
    expect(done).toEqual(["stop a"]);
    held.resolve();
    await Promise.all([stop, closed]);
    expect(done).toEqual(["stop a", "close a"]);
  });
});

describe("a shutdown", () => {
  test("cuts graces short, and closes nothing whose grace it cut short", async () => {
    const { effects, done } = new Watched();
    const closed = effects.closeAfterGrace("a", 0);
    effects.shutdown();
    await closed;
    expect(done).toEqual([]);
  });
});
