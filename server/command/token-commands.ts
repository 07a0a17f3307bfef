// `tandem token …`: making, listing and revoking API tokens, and a new key for playback tokens, beside a running server or
// without one.

import type { Clock } from "#server/common/clock.ts";
import { StartError } from "#server/common/start-error.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import { openTokens } from "#server/store/open-stores.ts";
import type { PlaybackKeyStore } from "#server/store/playback-key-store.ts";
import type { TokenScope, TokenStore } from "#server/store/token-store.ts";
import type { Command } from "./command-line.ts";
import type { Config } from "./config.ts";

/** The longest playback token (seven days), and a minute for one that is being made. */
const KEY_BELIEVED_MS = 7 * 24 * 60 * 60 * 1000 + 60_000;

/** A name is for the person who reads the list. */
const MAX_NAME_LENGTH = 100;

export function tokenCommands(options: {
  /** Read when a command is run. */
  config: () => Pick<Config, "dataDir" | "databaseUrl">;
  clock: Pick<Clock, "dateMs">;
  print: (text: string) => void;
}): readonly Command[] {
  const { clock, print } = options;
  const withTokens = async (
    work: (tokens: TokenStore, playbackKeys: PlaybackKeyStore) => Promise<void>,
  ): Promise<number> => {
    const { dataDir, databaseUrl } = options.config();
    const directory = openDataDirectory(dataDir);
    const { tokens, playbackKeys, close } = await openTokens({ directory, databaseUrl });
    try {
      await work(tokens, playbackKeys);
      return 0;
    } finally {
      await close();
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
        return withTokens(async (tokens) => {
          print(`${(await tokens.create(checkedName, checkedScope, clock.dateMs())).token}\n`);
        });
      },
    },
    {
      words: ["token", "list"],
      summary: "Prints id, scope, time of creation and name of each API token.",
      flags: {},
      operands: [],
      run: () =>
        withTokens(async (tokens) => {
          for (const { id, scope, createdAtMs, name } of await tokens.list()) {
            print(`${id}  ${scope.padEnd(5)}  ${new Date(createdAtMs).toISOString()}  ${name}\n`);
          }
        }),
    },
    {
      words: ["token", "revoke"],
      summary: "Revokes an API token; the next call with it is refused.",
      flags: {},
      operands: ["ID"],
      run: ({ ID: id = "" }) =>
        withTokens(async (tokens) => {
          if (await tokens.revoke(id)) return;
          throw new StartError("there is no token with this id; see tandem token list");
        }),
    },
    {
      words: ["token", "rotate-playback-key"],
      summary:
        "Makes a new key for playback tokens and prints its id; tokens of the one before stay valid until they run out.",
      flags: {},
      operands: [],
      run: () =>
        withTokens(async (_tokens, playbackKeys) => {
          const nowMs = clock.dateMs();
          print(`${(await playbackKeys.rotate(nowMs, nowMs + KEY_BELIEVED_MS)).id}\n`);
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
