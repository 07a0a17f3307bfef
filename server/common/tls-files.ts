// The certificate and its key as files: read, checked against each other, and read again when they change.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { messageOf } from "./failure.ts";
import { StartError } from "./start-error.ts";

/** Paths of PEM files. */
export interface TlsFiles {
  /** The server's own certificate first, then those that vouch for it. */
  readonly certFile: string;
  readonly keyFile: string;
}

/** Contents of PEM files that belong together. */
export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** Files are looked at this often: certificates come by rename, by symlink and over networks, and all can be seen so. */
const LOOK_INTERVAL_MS = 1000;

/** Throws a {@link StartError} for what cannot be read or used, or does not belong together. */
export function readTls({ certFile, keyFile }: TlsFiles): Tls {
  const cert = read("TANDEM_TLS_CERT", certFile);
  const key = read("TANDEM_TLS_KEY", keyFile);
  const certificate = parse("TANDEM_TLS_CERT", certFile, "PEM certificate", () => new X509Certificate(cert));
  const privateKey = parse("TANDEM_TLS_KEY", keyFile, "unencrypted PEM private key", () =>
    createPrivateKey(key),
  );
  if (certificate.checkPrivateKey(privateKey)) return { cert, key };
  throw new StartError(
    `TANDEM_TLS_KEY names ${keyFile}, which is not the key of the certificate in ${certFile}`,
  );
}

export interface TlsWatch {
  stop(): void;
}

/**
 * `renewed` gets every new pair, and is called again a little later when it throws. `failed` is told once what is wrong
 * with files that changed and cannot be used: what is in use stays in use.
 */
export function watchTls(
  files: TlsFiles,
  inUse: Tls,
  report: { renewed(tls: Tls): void; failed(message: string): void },
): TlsWatch {
  let current = inUse;
  let settledMarks = "";
  let lastMarks = "";
  let lastFailure = "";
  const look = async (): Promise<void> => {
    const marks = await marksOf(files);
    const isAtRest = marks === lastMarks;
    lastMarks = marks;
    // The two are seldom written in the same moment: they are read when neither changed since the last look.
    if (!isAtRest || marks === settledMarks) return;
    try {
      const tls = readTls(files);
      if (tls.cert !== current.cert || tls.key !== current.key) report.renewed(tls);
      current = tls;
      settledMarks = marks;
      lastFailure = "";
    } catch (error) {
      const message = messageOf(error);
      if (message !== lastFailure) report.failed(message);
      lastFailure = message;
    }
  };
  const timer = setInterval(() => void look(), LOOK_INTERVAL_MS); // Whatever it throws, it reports.
  timer.unref();
  return { stop: () => clearInterval(timer) };
}

/** Changes when a file does, also to another one behind the same symlink. */
async function marksOf({ certFile, keyFile }: TlsFiles): Promise<string> {
  const marks = [certFile, keyFile].map(async (file) => {
    try {
      const { ino, size, mtimeMs } = await stat(file);
      return `${ino}:${size}:${mtimeMs}`;
    } catch {
      return "missing"; // Reading it says why.
    }
  });
  return (await Promise.all(marks)).join(" ");
}

function read(variable: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new StartError(`${variable} names ${file}, which cannot be read: ${messageOf(error)}`);
  }
}

function parse<Result>(variable: string, file: string, what: string, work: () => Result): Result {
  try {
    return work();
  } catch {
    throw new StartError(`${variable} names ${file}, which holds no ${what}`);
  }
}
