import { expect, test } from "bun:test";
import { rememberDelay, rememberedDelay } from "#server/web/pages/delay-choice.ts";

test("the delay is remembered, and short before there is anything to remember", () => {
  const kept = new Map<string, string>();
  const memory = () => ({
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
  expect(rememberedDelay(memory)).toBe("short");
  rememberDelay(memory, "steady");
  expect(rememberedDelay(memory)).toBe("steady");
  rememberDelay(memory, "short");
  expect(rememberedDelay(memory)).toBe("short");
});

test("a frame that is denied its storage plays all the same", () => {
  const denied = () => {
    throw new Error("SecurityError");
  };
  rememberDelay(denied, "steady");
  expect(rememberedDelay(denied)).toBe("short");
});
