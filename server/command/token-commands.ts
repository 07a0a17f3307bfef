// `tandem token …`: making, listing and revoking API tokens, beside a running server or without one.

import type { Clock } from "#server/common/clock.ts";
import { StartError } from "#server/common/start-error.ts";
import { openDatabaseOf, openDataDirectory } from "#server/store/data-directory.ts";
import { type TokenScope, TokenStore } from "#server/store/token-store.ts";
import type { Command } from "./command-line.ts";

/** A name is for the person who reads the list. */
const MAX_NAME_LENGTH = 100;

export function tokenCommands(options: {
  dataDir: () => string;
  clock: Pick<Clock, "dateMs">;
  print: (text: string) => void;
}): readonly Command[] {
  const { clock, print } = options;
  const withTokens = async (work: (tokens: TokenStore) => number): Promise<number> => {
    const database = openDatabaseOf(openDataDirectory(options.dataDir()));
    try {
      return work(new TokenStore(database));
    } finally {
      database.close();
    }
  };
  return [
    {
      words: ["token", "create"],
      summary: "Makes an API token and prints it, this once; a token of scope read may only GET.",
      flags: { name: "NAME", scope: "admin|read" },
      operands: [],
      run: ({ name = "", scope = "" }) => {
        const checkedName = tokenName(name);
        const checkedScope = tokenScope(scope);
        return withTokens((tokens) => {
          print(`${tokens.create(checkedName, checkedScope, clock.dateMs()).token}\n`);
          return 0;
        });
      },
    },
    {
      words: ["token", "list"],
      summary: "Prints id, scope, time of creation and name of each API token.",
      flags: {},
      operands: [],
      run: () =>
        withTokens((tokens) => {
          for (const { id, scope, createdAtMs, name } of tokens.list()) {
            print(`${id}  ${scope.padEnd(5)}  ${new Date(createdAtMs).toISOString()}  ${name}\n`);
          }
          return 0;
        }),
    },
    {
      words: ["token", "revoke"],
      summary: "Revokes an API token; the next call with it is refused.",
      flags: {},
      operands: ["ID"],
      run: ({ ID: id = "" }) =>
        withTokens((tokens) => {
          if (!tokens.revoke(id))
            throw new StartError("there is no token with this id; see tandem token list");
          return 0;
        }),
    },
  ];
}

function tokenName(name: string): string {
  if (name.trim() !== "" && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name)) return name;
  throw new StartError(
    `--name takes 1 to ${MAX_NAME_LENGTH} characters, not all blank and none of them a control character`,
  );
}

function tokenScope(scope: string): TokenScope {
  if (scope === "admin" || scope === "read") return scope;
  throw new StartError(`--scope takes admin or read, not "${scope}"`);
}
