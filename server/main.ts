// The command line of Tandem: `tandem serve`, `demo`, `token …`, `openapi`, `healthcheck`, `verify`, `version`, `licences`.

import { SQLiteError } from "bun:sqlite";
import { renderDocument } from "#openapi/document.ts";
import { type Command, parseCommandLine } from "./command/command-line.ts";
import { readConfig } from "./command/config.ts";
import { runDemo } from "./command/demo/demo.ts";
import { checkHealth } from "./command/healthcheck.ts";
import { migrateDatabase } from "./command/migrate-database.ts";
import { tokenCommands } from "./command/token-commands.ts";
import { describeVersion } from "./command/version.ts";
import { SystemClock } from "./common/clock.ts";
import { messageOf } from "./common/failure.ts";
import { createLog } from "./common/log.ts";
import { StartError } from "./common/start-error.ts";
import type { RunningServer } from "./running-server.ts";
import { diskTroubleOf } from "./store/disk-trouble.ts";

/** What cannot be started as it was asked for: a bad flag, a bad setting, a port in use. */
const EXIT_CANNOT_START = 2;

const clock = new SystemClock();
/** What was printed, on its way to whoever reads it. */
const printed: Promise<void>[] = [];

const commands: readonly Command[] = [
  {
    words: ["serve"],
    summary: "Serves until SIGTERM or SIGINT; also what no argument means.",
    flags: {},
    operands: [],
    run: () => serveUntilSignal(async () => undefined),
  },
  {
    words: ["demo"],
    summary: "Serves, publishes a bundled clip to both inputs of a new livestream, and cuts one every 30 s.",
    flags: {},
    operands: [],
    run: () => serveUntilSignal(broadcastDemo),
  },
  ...tokenCommands({ config: () => readConfig(process.env), clock, print }),
  {
    words: ["openapi"],
    summary: "Prints the OpenAPI document of the HTTP API.",
    flags: {},
    operands: [],
    run: async () => {
      print(renderDocument());
      return 0;
    },
  },
  {
    words: ["healthcheck"],
    summary: "Asks the server of this machine whether it is up: exit code 0, or 1 and why.",
    flags: {},
    operands: [],
    run: async () => {
      const problem = await checkHealth(readConfig(process.env));
      if (problem === null) return 0;
      process.stderr.write(`tandem: ${problem}\n`);
      return 1;
    },
  },
  {
    words: ["verify"],
    summary:
      "Checks the data directory, also beside a server: a line of JSON for each finding, exit code 1 if any.",
    flags: {},
    switches: ["repair"],
    operands: [],
    run: async ({ repair }) => {
      const { dataDir, databaseUrl, objectStore } = readConfig(process.env);
      const { runVerify } = await import("./verify/verify-command.ts");
      return runVerify({ dataDir, databaseUrl, objectStore, isRepair: repair === "yes", print });
    },
  },
  {
    words: ["migrate-database"],
    summary: "Copies the rows of the data directory to the PostgreSQL database of TANDEM_DATABASE_URL.",
    flags: {},
    operands: [],
    run: async () => {
      await migrateDatabase(readConfig(process.env), print);
      return 0;
    },
  },
  {
    words: ["migrate-recordings"],
    summary: "Moves recordings and pictures to the object store of TANDEM_OBJECT_STORE_URL, or back from it.",
    flags: {},
    switches: ["back"],
    operands: [],
    run: async ({ back }) => {
      const config = readConfig(process.env);
      const { migrateRecordings } = await import("./migrate/migrate-recordings.ts");
      const log = createLog({ level: config.logLevel, write: (line) => process.stderr.write(line), clock });
      const { dataDir, databaseUrl, objectStore } = config;
      await migrateRecordings({ dataDir, databaseUrl, objectStore, isBack: back === "yes", log, print });
      return 0;
    },
  },
  {
    words: ["version"],
    summary: "Prints the version and the commit it was made from.",
    flags: {},
    operands: [],
    run: async () => {
      print(`${describeVersion()}\n`);
      return 0;
    },
  },
  {
    words: ["licences"],
    summary: "Prints the licences of Tandem and of everything that it carries.",
    flags: {},
    operands: [],
    run: async () => {
      // In a checkout they are gathered from the packages: no other command waits for that.
      const { LICENCES } = await import("./licences/licences.ts");
      print(LICENCES);
      return 0;
    },
  },
];

const exitCode = await run(process.argv.slice(2));
// A pipe takes what was printed when its reader is ready; a process that is gone prints no more.
await Promise.all(printed);
process.exit(exitCode);

async function run(argv: readonly string[]): Promise<number> {
  try {
    const invocation = parseCommandLine(commands, argv);
    if (!("help" in invocation)) return await invocation.command.run(invocation.values);
    print(invocation.help);
    return 0;
  } catch (error) {
    const isOfRows = error instanceof SQLiteError || diskTroubleOf(error) !== null;
    if (!isOfRows && !(error instanceof StartError)) throw error;
    const problem = isOfRows ? `the data cannot be used: ${messageOf(error)}` : messageOf(error);
    process.stderr.write(`tandem: ${problem}\n`);
    return EXIT_CANNOT_START;
  }
}

/** `beside` runs while the server does, and is told when that ends. */
async function serveUntilSignal(
  beside: (server: RunningServer, signal: AbortSignal) => Promise<void>,
): Promise<number> {
  const ending = new AbortController();
  // Not `once`: a terminal and the program that started this one both pass on a Ctrl-C, and the second must not cut it short.
  process.on("SIGTERM", () => ending.abort());
  process.on("SIGINT", () => ending.abort());
  const config = readConfig(process.env);
  // Not before it is needed: the server brings the image library, which no other command waits for.
  const { startServer } = await import("./running-server.ts");
  const server = await startServer(config, clock);
  const isEnding = new Promise<void>((resolve) => {
    if (ending.signal.aborted) resolve();
    ending.signal.addEventListener("abort", () => resolve());
  });
  const besides = beside(server, ending.signal);
  await Promise.race([isEnding, besides.then(() => isEnding)]);
  await server.stop();
  await besides;
  return 0;
}

function broadcastDemo(server: RunningServer, signal: AbortSignal): Promise<void> {
  return runDemo({
    httpUrl: server.localHttpUrl,
    rtmp: { host: server.localHost, port: server.rtmpPort },
    token: server.adminToken,
    pageUrl: (path) => server.urls.http(path),
    write: (line) => print(`${line}\n`),
    signal,
  });
}

function print(text: string): void {
  printed.push(new Promise((resolve) => process.stdout.write(text, () => resolve())));
}
