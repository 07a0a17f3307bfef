import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseCommandLine } from "#server/command/command-line.ts";
import { tokenCommands } from "#server/command/token-commands.ts";
import { StartError } from "#server/common/start-error.ts";
import { openDataDirectory } from "#server/store/data-directory.ts";
import { openSqliteTokens } from "#server/store/sqlite/stores.ts";

let folder = "";
let printed = "";

const NOW_MS = Date.UTC(2026, 0, 1);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tandem-token-commands-"));
  printed = "";
});

afterEach(() => rmSync(folder, { recursive: true }));

async function run(...argv: string[]): Promise<string> {
  const commands = tokenCommands({
    config: () => ({ dataDir: folder, databaseUrl: null }),
    clock: { dateMs: () => NOW_MS },
    print: (text) => {
      printed += text;
    },
  });
  const invocation = parseCommandLine(commands, ["token", ...argv]);
  if ("help" in invocation) return invocation.help;
  printed = "";
  expect(await invocation.command.run(invocation.values)).toBe(0);
  return printed;
}

async function scopeOf(token: string): Promise<string | undefined> {
  const { tokens, close } = openSqliteTokens(openDataDirectory(folder));
  const row = await tokens.findByToken(token);
  close();
  return row?.scope;
}

test("a new playback key signs beside a running server, and the one before is believed for a week and a minute", async () => {
  const first = (await run("rotate-playback-key")).trim();
  const second = (await run("rotate-playback-key")).trim();
  const { playbackKeys, close } = openSqliteTokens(openDataDirectory(folder));
  expect((await playbackKeys.believed(NOW_MS)).map(({ id }) => id)).toEqual([second, first]);
  const untilMs = NOW_MS + 7 * 86_400_000 + 60_000;
  expect((await playbackKeys.believed(untilMs - 1)).map(({ id }) => id)).toEqual([second, first]);
  expect((await playbackKeys.believed(untilMs)).map(({ id }) => id)).toEqual([second]);
  close();
});

test("a token is made, listed and revoked", async () => {
  const token = (await run("create", "--name", "ci", "--scope", "read")).trim();
  expect(await scopeOf(token)).toBe("read");
  const list = await run("list");
  expect(list).toMatch(/^[0-9a-f-]{36} {2}read {3}2026-01-01T00:00:00.000Z {2}ci\n$/);
  expect(await run("revoke", list.slice(0, 36))).toBe("");
  expect(await scopeOf(token)).toBeUndefined();
  expect(await run("list")).toBe("");
});

test("an unknown scope, a name that would spoil the list and an unknown id are refused", async () => {
  await expect(run("create", "--name", "ci", "--scope", "write")).rejects.toThrow(
    new StartError('--scope takes admin or read, not "write"'),
  );
  for (const name of ["a\nb", "  ", "a".repeat(101)]) {
    await expect(run("create", "--name", name, "--scope", "read")).rejects.toThrow(
      new StartError("--name takes 1 to 100 characters, not all blank and none of them a control character"),
    );
  }
  await expect(run("revoke", "42")).rejects.toThrow(
    new StartError("there is no token with this id; see tandem token list"),
  );
});
