import { expect, test } from "bun:test";
import { type Command, parseCommandLine } from "#server/command/command-line.ts";
import { StartError } from "#server/common/start-error.ts";

function command(words: string, flags: Record<string, string> = {}, operands: string[] = []): Command {
  return { words: words.split(" "), summary: `Does ${words}.`, flags, operands, run: async () => 0 };
}

const COMMANDS = [
  command("serve"),
  command("version"),
  command("token create", { name: "NAME", scope: "admin|read" }),
  command("token revoke", {}, ["ID"]),
];

function parsed(...argv: string[]) {
  const invocation = parseCommandLine(COMMANDS, argv);
  return "help" in invocation ? invocation : { words: invocation.command.words, values: invocation.values };
}

function helpOf(...argv: string[]): string {
  const invocation = parseCommandLine(COMMANDS, argv);
  if ("help" in invocation) return invocation.help;
  throw new Error("That was no question for help.");
}

test("no argument means the first command", () => {
  expect(parsed()).toEqual({ words: ["serve"], values: {} });
  expect(parsed("serve")).toEqual({ words: ["serve"], values: {} });
});

test("flags take the next argument or what follows their equals sign", () => {
  const expected = { words: ["token", "create"], values: { name: "ci=1", scope: "read" } };
  expect(parsed("token", "create", "--name", "ci=1", "--scope=read")).toEqual(expected);
  expect(parsed("token", "create", "--scope", "read", "--name=ci=1")).toEqual(expected);
});

test("operands are taken in their order", () => {
  expect(parsed("token", "revoke", "42")).toEqual({ words: ["token", "revoke"], values: { ID: "42" } });
});

test("--help helps everywhere, and lists the settings", () => {
  const [commands, settings] = helpOf("--help").split("Settings are environment variables:\n\n");
  expect(commands).toBe(`Tandem, a live-streaming server: RTMP in, HLS out.

  tandem serve                                        Does serve.
  tandem version                                      Does version.
  tandem token create --name NAME --scope admin|read  Does token create.
  tandem token revoke ID                              Does token revoke.

`);
  expect(settings).toContain(
    "  TANDEM_HTTP_PORT                port for the API, the pages and HLS; 0 = any free one [8080]",
  );
  expect(parsed("serve", "--help")).toEqual({ help: "tandem serve\n\nDoes serve.\n" });
  expect(parsed("token", "revoke", "-h")).toEqual({ help: "tandem token revoke ID\n\nDoes token revoke.\n" });
  expect(helpOf("token", "--help")).not.toContain("tandem serve");
  expect(helpOf("token", "--help")).toContain("  tandem token revoke ID ");
});

test("other habits are understood", () => {
  expect(parsed("--version")).toEqual({ words: ["version"], values: {} });
  expect(parsed("help")).toEqual(parsed("--help"));
});

const REFUSALS: readonly [argv: string, line: string][] = [
  ["bogus", 'unknown command "bogus"; see tandem --help'],
  ["bogus --help", 'unknown command "bogus"; see tandem --help'],
  ["--bogus", "unknown flag --bogus; see tandem serve --help"],
  ["serve --bogus=1", "unknown flag --bogus; see tandem serve --help"],
  ["serve -x", "unknown flag -x; see tandem serve --help"],
  ["serve extra", 'unknown argument "extra"; see tandem serve --help'],
  ["token", '"token" is one of: token create, token revoke'],
  ["token bogus", 'unknown command "token bogus"; see tandem --help'],
  ["token create --name ci", "missing --scope: tandem token create --name NAME --scope admin|read"],
  ["token create --name", "--name needs a value: NAME"],
  ["token create --toString x", "unknown flag --toString; see tandem token create --help"],
  ["token revoke", "missing ID: tandem token revoke ID"],
  ["token revoke 1 2", 'unknown argument "2"; see tandem token revoke --help'],
];

test.each(REFUSALS)("tandem %s is refused in one line", (argv, line) => {
  expect(() => parsed(...argv.split(" "))).toThrow(new StartError(line));
});
