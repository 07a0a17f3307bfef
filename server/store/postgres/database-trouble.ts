// What a failure of PostgreSQL says: that it is away, or what it cannot do now; everything else is a fault of ours.

import { codeOf } from "#server/common/failure.ts";

/** A code of what passes, as `diskTroubleOf` knows it. */
export type DatabaseTroubleCode =
  | "DATABASE_AWAY"
  | "DATABASE_SILENT"
  | "DATABASE_READ_ONLY"
  | "DATABASE_FULL"
  | "DATABASE_REFUSES";

/** The database cannot do now what it was asked for. What it was asked for may have been done all the same. */
export class DatabaseTroubleError extends Error {
  readonly code: DatabaseTroubleCode;

  constructor(code: DatabaseTroubleCode, message: string) {
    super(message);
    this.name = "DatabaseTroubleError";
    this.code = code;
  }
}

/** Classes of SQLSTATE, or whole codes, of what passes (PostgreSQL, appendix A). */
const STATES: readonly (readonly [prefix: string, code: DatabaseTroubleCode])[] = [
  ["08", "DATABASE_AWAY"], // connection exception
  ["57P", "DATABASE_AWAY"], // the server stops, crashed, or is starting
  ["53300", "DATABASE_AWAY"], // too many connections
  ["57014", "DATABASE_SILENT"], // the statement timeout
  ["55P03", "DATABASE_SILENT"], // the lock timeout
  ["25006", "DATABASE_READ_ONLY"],
  ["53100", "DATABASE_FULL"],
  ["53200", "DATABASE_FULL"], // out of memory
  ["58030", "DATABASE_FULL"], // it cannot write a file
  ["28", "DATABASE_REFUSES"], // the password, the role
  ["3D000", "DATABASE_REFUSES"], // there is no such database
  ["42501", "DATABASE_REFUSES"], // a privilege is missing
];

/** Codes of Bun's client that are about the connection; `…_CLOSED`, `…_REFUSED`, `…_FAILED`, `…_TIMEOUT`. */
const CONNECTION =
  /^(ERR_POSTGRES_(CONNECTION|IDLE|LIFETIME)_|ECONN|ENOTFOUND|EHOST|ENET|ETIMEDOUT|EPIPE|ERR_POSTGRES_(TLS|SSL|AUTHENTICATION|PASSWORD))/;

/** The failure as a {@link DatabaseTroubleError} where it passes, else as it is. */
export function troubleOrFault(error: unknown): unknown {
  if (error instanceof DatabaseTroubleError) return error;
  const code = codeOf(error);
  if (code === null || !(error instanceof Error)) return error;
  if (code === "ERR_POSTGRES_CONNECTION_TIMEOUT")
    return new DatabaseTroubleError("DATABASE_SILENT", error.message);
  if (CONNECTION.test(code)) return new DatabaseTroubleError("DATABASE_AWAY", error.message);
  const state = "errno" in error && typeof error.errno === "string" ? error.errno : "";
  const known = STATES.find(([prefix]) => state.startsWith(prefix));
  return known === undefined ? error : new DatabaseTroubleError(known[1], error.message);
}
