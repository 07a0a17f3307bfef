// Self-signed certificates, made by openssl when a test needs one.

import { join } from "node:path";
import type { TlsFiles } from "#server/common/tls-files.ts";
import { run } from "./program.ts";

/** For 127.0.0.1 and localhost; `name` becomes the common name and begins the file names. */
export async function makeCertificate(folder: string, name: string): Promise<TlsFiles> {
  const files = { certFile: join(folder, `${name}.pem`), keyFile: join(folder, `${name}.key`) };
  await run([
    ...["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
    ...["-keyout", files.keyFile, "-out", files.certFile, "-days", "2", "-subj", `/CN=${name}`],
    ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
  ]);
  return files;
}

/** The environment of a server that uses it. */
export function tlsEnvironment({ certFile, keyFile }: TlsFiles): Record<string, string> {
  return { TANDEM_TLS_CERT: certFile, TANDEM_TLS_KEY: keyFile };
}
