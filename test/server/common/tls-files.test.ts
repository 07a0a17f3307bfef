import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StartError } from "#server/common/start-error.ts";
import { readTls, type Tls, type TlsFiles, watchTls } from "#server/common/tls-files.ts";
import { makeCertificate } from "#test/support/certificate.ts";
import { areInstalled } from "#test/support/program.ts";
import { until } from "#test/support/until.ts";

describe.skipIf(!areInstalled("openssl"))("a certificate and its key", () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-tls-"));
  let first: TlsFiles = { certFile: "", keyFile: "" };
  let second = first;

  beforeAll(async () => {
    first = await makeCertificate(folder, "first");
    second = await makeCertificate(folder, "second");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("are read together", () => {
    const { cert, key } = readTls(first);
    expect(cert).toStartWith("-----BEGIN CERTIFICATE-----");
    expect(key).toStartWith("-----BEGIN PRIVATE KEY-----");
  });

  test("that cannot be used are refused in one line", () => {
    const rubbish = join(folder, "rubbish.pem");
    writeFileSync(rubbish, "no certificate");
    const missing = join(folder, "missing.pem");
    const refused = (files: TlsFiles): string => {
      try {
        readTls(files);
        return "";
      } catch (error) {
        expect(error).toBeInstanceOf(StartError);
        return error instanceof Error ? error.message : "";
      }
    };
    expect(refused({ ...first, certFile: missing })).toStartWith(
      `TANDEM_TLS_CERT names ${missing}, which cannot be read: ENOENT`,
    );
    expect(refused({ ...first, keyFile: folder })).toStartWith(
      `TANDEM_TLS_KEY names ${folder}, which cannot be read: EISDIR`,
    );
    expect(refused({ ...first, certFile: rubbish })).toBe(
      `TANDEM_TLS_CERT names ${rubbish}, which holds no PEM certificate`,
    );
    expect(refused({ ...first, keyFile: rubbish })).toBe(
      `TANDEM_TLS_KEY names ${rubbish}, which holds no unencrypted PEM private key`,
    );
    expect(refused({ ...first, keyFile: second.keyFile })).toBe(
      `TANDEM_TLS_KEY names ${second.keyFile}, which is not the key of the certificate in ${first.certFile}`,
    );
  });

  test("are read again when both changed, and half a change is reported once and changes nothing", async () => {
    const used = { certFile: join(folder, "used.pem"), keyFile: join(folder, "used.key") };
    copyFileSync(first.certFile, used.certFile);
    copyFileSync(first.keyFile, used.keyFile);
    const renewed: Tls[] = [];
    const failures: string[] = [];
    const watch = watchTls(used, readTls(used), {
      renewed: (tls) => renewed.push(tls),
      failed: (message) => failures.push(message),
    });
    try {
      copyFileSync(second.certFile, used.certFile);
      await until("the half change to be noticed", () => failures.length > 0);
      expect(renewed).toEqual([]);
      copyFileSync(second.keyFile, used.keyFile);
      await until("the whole change to be noticed", () => renewed.length > 0);
      expect(renewed).toEqual([readTls(second)]);
      expect(failures).toEqual([
        `TANDEM_TLS_KEY names ${used.keyFile}, which is not the key of the certificate in ${used.certFile}`,
      ]);
    } finally {
      watch.stop();
    }
  }, 20_000);
});
