// A text that a macro makes, or why it could not: of what a macro throws, Bun tells only that it "cannot coerce Exception".

import { messageOf } from "./failure.ts";
import { StartError } from "./start-error.ts";

export type MacroText = { readonly text: string } | { readonly problem: string };

/** In the macro. The problem is one line: what cannot be done, and the first error that was told. */
export function macroText(cannot: string, make: () => string): MacroText {
  try {
    return { text: make() };
  } catch (error) {
    const said = messageOf(error);
    const lines = said.split("\n").filter((line) => line.trim() !== "");
    const first = lines.find((line) => line.startsWith("error:")) ?? lines[0] ?? "";
    return { problem: `${cannot}: ${first.replace("error:", "").trim()}` };
  }
}

/** In the module that calls the macro. Throws a {@link StartError} that says the problem. */
export function textOf(made: MacroText): string {
  if ("problem" in made) throw new StartError(made.problem);
  return made.text;
}
