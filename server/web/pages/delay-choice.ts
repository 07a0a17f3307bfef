// How far behind live a viewer wants to be: as short as the livestream allows, or where interruptions of the line are not seen.
// The browser remembers it where it lets us.

export type DelayChoice = "short" | "steady";

const KEY = "tandem-delay";

type Memory = Pick<Storage, "getItem" | "setItem">;

/** `memory` may throw: a page in a frame may be denied its storage. */
export function rememberedDelay(memory: () => Memory): DelayChoice {
  try {
    return memory().getItem(KEY) === "steady" ? "steady" : "short";
  } catch {
    return "short";
  }
}

/** Where it cannot be remembered it holds for as long as the page is open. */
export function rememberDelay(memory: () => Memory, choice: DelayChoice): void {
  try {
    memory().setItem(KEY, choice);
  } catch {}
}
