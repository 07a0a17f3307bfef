// The command line: which command was asked for, with which flags, or what is wrong with it.

import { parseArgs } from "node:util";
import { StartError } from "#server/common/start-error.ts";
import { SETTINGS } from "./settings.ts";

export interface Command {
  /** As typed after `tandem`; none is the command that no argument means. */
  readonly words: readonly string[];
  /** What it does, in a line of the help. */
  readonly summary: string;
  /** Flags that each take a value and must be given, without their dashes → what the value is. */
  readonly flags: Readonly<Record<string, string>>;
  /** Flags that may be given and take no value, without their dashes; one that is given has the value `yes`. */
  readonly switches?: readonly string[];
  /** Names of the values that must follow. */
  readonly operands: readonly string[];
  /** Values of flags and operands by name; resolves to the exit code. */
  run(values: Readonly<Record<string, string>>): Promise<number>;
}

/** What to do: run a command, or print its help. */
export type Invocation =
  | { readonly command: Command; readonly values: Readonly<Record<string, string>> }
  | { readonly help: string };

/** How programs are asked in general → how this one is. */
const HABITS: Readonly<Record<string, readonly string[]>> = { "--version": ["version"], help: ["--help"] };

/** The first of `commands` is the default. Throws a {@link StartError} for what is none of them. */
export function parseCommandLine(commands: readonly Command[], typed: readonly string[]): Invocation {
  const [first = "", ...others] = typed;
  const argv = Object.hasOwn(HABITS, first) && others.length === 0 ? (HABITS[first] ?? typed) : typed;
  const isHelp = argv.some((argument) => argument === "--help" || argument === "-h");
  const firstFlag = argv.findIndex((argument) => argument.startsWith("-"));
  const words = firstFlag === -1 ? argv : argv.slice(0, firstFlag);
  const command =
    words.length === 0 ? commands[0] : commands.find((candidate) => isPrefix(candidate.words, words));
  if (isHelp && words.length === 0) return { help: overview(commands) };
  if (command !== undefined) {
    return isHelp
      ? { help: helpOf(command) }
      : { command, values: readValues(command, argv.slice(words.length === 0 ? 0 : command.words.length)) };
  }
  const family = commands.filter((candidate) => isPrefix(words, candidate.words));
  if (family.length > 0 && isHelp) return { help: overview(family) };
  if (family.length > 0) {
    const choices = family.map((candidate) => candidate.words.join(" ")).join(", ");
    throw new StartError(`"${words.join(" ")}" is one of: ${choices}`);
  }
  throw new StartError(`unknown command "${words.join(" ")}"; see tandem --help`);
}

function readValues(command: Command, argv: readonly string[]): Record<string, string> {
  const options = Object.fromEntries([
    ...Object.keys(command.flags).map((name) => [name, { type: "string" }] as const),
    ...switchesOf(command).map((name) => [name, { type: "boolean" }] as const),
  ]);
  // Not strict: what is wrong is said in our words, and in one line.
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values: Record<string, string> = {};
  const missingOperands = [...command.operands];
  for (const token of tokens) {
    if (token.kind === "option" && switchesOf(command).includes(token.name)) {
      if (token.value !== undefined) throw new StartError(`${token.rawName} takes no value`);
      values[token.name] = "yes";
    } else if (token.kind === "option") {
      if (!Object.hasOwn(command.flags, token.name)) throw unknown(command, `flag ${token.rawName}`);
      if (token.value === undefined || token.value === "")
        throw new StartError(`${token.rawName} needs a value: ${command.flags[token.name]}`);
      values[token.name] = token.value;
    } else if (token.kind === "positional") {
      const operand = missingOperands.shift();
      if (operand === undefined) throw unknown(command, `argument "${token.value}"`);
      values[operand] = token.value;
    }
  }
  const missing = [
    ...Object.keys(command.flags)
      .filter((name) => values[name] === undefined)
      .map((name) => `--${name}`),
    ...missingOperands,
  ];
  if (missing.length > 0) throw new StartError(`missing ${missing.join(", ")}: ${usageOf(command)}`);
  return values;
}

function unknown(command: Command, what: string): StartError {
  return new StartError(`unknown ${what}; see tandem ${[...command.words, "--help"].join(" ")}`);
}

function overview(commands: readonly Command[]): string {
  const lines = commands.map((command) => [usageOf(command), command.summary] as const);
  const width = Math.max(...lines.map(([usage]) => usage.length));
  return [
    "Tandem, a live-streaming server: RTMP in, HLS out.",
    "",
    ...lines.map(([usage, summary]) => `  ${usage.padEnd(width)}  ${summary}`),
    "",
    "Settings are environment variables:",
    "",
    ...Object.values(SETTINGS).map(
      ({ variable, shownDefault, meaning }) => `  ${variable.padEnd(30)}  ${meaning} [${shownDefault}]`,
    ),
    "",
  ].join("\n");
}

function helpOf(command: Command): string {
  return `${usageOf(command)}\n\n${command.summary}\n`;
}

function usageOf(command: Command): string {
  const { words, flags, operands } = command;
  const flagsWithValues = Object.entries(flags).map(([name, value]) => `--${name} ${value}`);
  const switches = switchesOf(command).map((name) => `[--${name}]`);
  return ["tandem", ...words, ...flagsWithValues, ...switches, ...operands].join(" ");
}

function switchesOf({ switches = [] }: Command): readonly string[] {
  return switches;
}

function isPrefix(prefix: readonly string[], words: readonly string[]): boolean {
  return prefix.length > 0 && prefix.every((word, index) => words[index] === word);
}
