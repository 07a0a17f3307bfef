// What every page of the console has at hand: the API, what the token allows, and a way to say how it went.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { TandemClient } from "#openapi/client.ts";
import type { Connection } from "./state/connection.ts";

export interface Console {
  readonly client: TandemClient;
  readonly connection: Connection;
  /** False for a token of scope `read`. */
  readonly mayChange: boolean;
  tell(tone: "well" | "bad", text: string): void;
}

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console {
  const found = useContext(ConsoleContext);
  if (found === null) throw new Error("There is no console around this component.");
  return found;
}
