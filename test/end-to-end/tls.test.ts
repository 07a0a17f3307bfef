// HTTPS with HTTP/2 and RTMPS, judged by curl and ffmpeg, also while the certificate is exchanged.

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsFiles } from "#server/common/tls-files.ts";
import { makeCertificate, tlsEnvironment } from "#test/support/certificate.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { areInstalled, Program, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TANDEM, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

describe.skipIf(!areInstalled("openssl", "curl", "ffmpeg", "ffprobe"))("with a certificate", () => {
  const folder = mkdtempSync(join(tmpdir(), "tandem-tls-"));
  const files: TlsFiles = { certFile: join(folder, "used.pem"), keyFile: join(folder, "used.key") };
  let second: TlsFiles = files;

  beforeAll(async () => {
    const first = await makeCertificate(folder, "first.example");
    second = await makeCertificate(folder, "second.example");
    copyFileSync(first.certFile, files.certFile);
    copyFileSync(first.keyFile, files.keyFile);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What curl says, and under which certificate. */
  async function curl(server: TandemServer, path: string, ...rest: string[]): Promise<string> {
    const authorization = `Authorization: Bearer ${ADMIN_TOKEN}`;
    return run([
      ...["curl", "--silent", "--show-error", "--fail", "--cacert", files.certFile, "-H", authorization],
      ...["-H", "Content-Type: application/json", ...rest, `${server.url}${path}`],
    ]);
  }

  test("HTTP/2 and HTTP/1.1 are spoken, encoders publish by RTMPS, and the programme is played", async () => {
    await using server = await TandemServer.start({ environment: tlsEnvironment(files) });
    const version = ["--output", "/dev/null", "--write-out", "%{http_version}"];
    expect(await curl(server, "/healthz", "--http2", ...version)).toBe("2");
    expect(await curl(server, "/healthz", "--http1.1", ...version)).toBe("1.1");

    const created = JSON.parse(await curl(server, "/v2/livestreams", "--data", '{"name":"TLS"}'));
    const id: string = created.data.id;
    const started = JSON.parse(await curl(server, `/v2/livestreams/${id}/start`, "-X", "POST"));
    const { streamKey, serverUrl } = started.data.inputs[0];
    expect(serverUrl).toStartWith("rtmp://localhost:");
    await using _encoder = ffmpegEncoder({
      url: `rtmps://127.0.0.1:${server.rtmpsPort}/live/${streamKey}`,
    });
    await until("an active ingest", async () => {
      const { data } = JSON.parse(await curl(server, `/v2/livestreams/${id}`));
      return data.inputs[0].active;
    });
    const published = JSON.parse(await curl(server, `/v2/livestreams/${id}/publish`, "-X", "POST"));
    expect(published.data.playouts[0].url).toStartWith("https://localhost:");
    const playlist = await until("a playlist", () => curl(server, `/live/${id}/index.m3u8`));
    expect(playlist).toStartWith("#EXTM3U");
    const played = ["ffprobe", "-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0"];
    await until("a picture over HTTPS", async () => {
      const codecs = await run([...played, "-tls_verify", "0", `${server.url}/live/${id}/index.m3u8`]);
      return codecs.includes("h264") && codecs.includes("aac");
    });
    const codecs = await run([...played, `rtmps://127.0.0.1:${server.rtmpsPort}/play/${id}`]);
    expect(codecs).toContain("h264");
    expect(codecs).toContain("aac");
  }, 60_000);

  test("a new certificate is used from the next connection on, and what is open stays open", async () => {
    await using server = await TandemServer.start({ environment: tlsEnvironment(files) });
    const created = JSON.parse(await curl(server, "/v2/livestreams", "--data", '{"name":"TLS"}'));
    const id: string = created.data.id;
    const started = JSON.parse(await curl(server, `/v2/livestreams/${id}/start`, "-X", "POST"));
    const { streamKey } = started.data.inputs[0];
    await using encoder = ffmpegEncoder({
      url: `rtmps://127.0.0.1:${server.rtmpsPort}/live/${streamKey}`,
    });
    const input = async () => JSON.parse(await curl(server, `/v2/livestreams/${id}`)).data.inputs[0];
    const { connectedAtUtc } = await until("an active ingest", async () => {
      const found = await input();
      return found.active ? found : null;
    });
    await using events = new Program([
      ...["curl", "--silent", "--no-buffer", "--insecure", "-H", `Authorization: Bearer ${ADMIN_TOKEN}`],
      `${server.url}/v2/livestreams/${id}/events`,
    ]);
    expect(await subjectOf(server.httpPort)).toContain("first.example");

    copyFileSync(second.certFile, files.certFile);
    copyFileSync(second.keyFile, files.keyFile);
    await until("the new certificate", () => server.logs.includes("certificate_renewed"));
    expect(await subjectOf(server.httpPort)).toContain("second.example");
    expect(await subjectOf(server.rtmpsPort)).toContain("second.example");
    expect(await input()).toMatchObject({ active: true, connectedAtUtc });
    expect([encoder.hasExited, events.hasExited]).toEqual([false, false]);
    expect(await server.stop()).toBe(0);
  }, 60_000);

  test("a health check asks over TLS, whomever the certificate names", async () => {
    await using server = await TandemServer.start({ environment: tlsEnvironment(files) });
    const healthcheck = Bun.spawn([...TANDEM, "healthcheck"], {
      env: {
        ...process.env,
        ...tlsEnvironment(files),
        TANDEM_HOST: "127.0.0.1",
        TANDEM_HTTP_PORT: String(server.httpPort),
      },
      stderr: "inherit",
    });
    expect(await healthcheck.exited).toBe(0);
  }, 20_000);

  test("RTMPS needs the port above RTMP", async () => {
    using holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const environment = { ...tlsEnvironment(files), TANDEM_RTMP_PORT: String(holder.port - 1) };
    await expect(TandemServer.start({ environment })).rejects.toThrow(
      `RTMPS port ${holder.port} on 127.0.0.1 is in use by another process`,
    );
    await expect(
      TandemServer.start({ environment: { ...environment, TANDEM_RTMP_PORT: "65535" } }),
    ).rejects.toThrow("TANDEM_RTMP_PORT holds 65535, which leaves no port above it for RTMPS");
  }, 20_000);
});

/** Whom the certificate at this port is made out to. */
async function subjectOf(port: number): Promise<string> {
  return run([
    "sh",
    "-c",
    `openssl s_client -connect 127.0.0.1:${port} </dev/null 2>/dev/null | grep subject`,
  ]);
}
