// Low latency as players use it: real encoders in, blocked reloads and hinted parts out, over each kind of connection.

import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiClient } from "#test/support/api-client.ts";
import { launchBrowser } from "#test/support/browser.ts";
import { makeCertificate, tlsEnvironment } from "#test/support/certificate.ts";
import { ffmpegEncoder } from "#test/support/encoders.ts";
import { decodeAll, fetchVariantUrl } from "#test/support/judges.ts";
import { LiveHlsPage } from "#test/support/live-hls-page.ts";
import { areInstalled, run } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const HINT = /PRELOAD-HINT:TYPE=PART,URI="(segment-(\d+)\.part-(\d+)\.m4s)"/;
const PROMISES = /^#EXT-X-(?:TARGETDURATION|SERVER-CONTROL|PART-INF):.*$/gm;

/** Live, with an encoder that has sent two key frames before the publish. */
async function goLive(server: TandemServer, withDvr = false) {
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Low latency", withDvr });
  const { inputs } = await api.start(id);
  const encoder = ffmpegEncoder({ url: inputs[0]?.url ?? "", maxSeconds: 110 });
  await api.when(id, "a measured key frame interval", (livestream) =>
    livestream.inputs.some(({ active, video }) => active && video?.keyFrameIntervalSeconds != null),
  );
  await api.publish(id);
  const url = `${server.url}/live/${id}/index.m3u8`;
  await until("a playlist", async () => (await fetch(url)).ok);
  return { id, api, encoder, url };
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  expect(response.status).toBe(200);
  return response.text();
}

function hintOf(text: string): { file: string; msn: string; part: string } {
  const [, file = "", msn = "", part = ""] = HINT.exec(text) ?? [];
  return { file, msn, part };
}

describe.skipIf(!areInstalled("ffmpeg", "ffprobe"))("a live playlist", () => {
  test("is blocked on, part by part; parts make up segments; its promises outlive a kill of the server", async () => {
    await using server = await TandemServer.start();
    const { api, id, encoder, url } = await goLive(server, true);
    await using _encoder = encoder;
    const media = await fetchVariantUrl(url);
    let text = await textOf(media);
    expect(text).toContain("#EXT-X-PART:");
    const promises = text.match(PROMISES);
    const parts = new Map<string, Uint8Array>();
    const listed = new Set<string>();
    for (let reload = 0; reload < 25; reload += 1) {
      const { file, msn, part } = hintOf(text);
      const [next, bytes] = await Promise.all([
        textOf(`${media}&_HLS_msn=${msn}&_HLS_part=${part}`),
        fetch(new URL(file, media)),
      ]);
      // A segment may end instead: then the next playlist hints at another.
      if (bytes.ok) parts.set(file, await bytes.bytes());
      expect(next.includes(`URI="${file}"`)).toBe(bytes.ok);
      for (const [, name = ""] of next.matchAll(/#EXT-X-PART:.*URI="(.*)"/g)) listed.add(name);
      text = next;
    }
    expect(text.match(PROMISES)).toEqual(promises);
    const [, complete = ""] = /part-0.*(?:\n#.*)*\n(segment-\d+)\.m4s\n(?:#.*\n)*$/.exec(text) ?? [];
    const whole = await (await fetch(new URL(`${complete}.m4s`, media))).bytes();
    const names = [...listed].filter((name) => name.startsWith(`${complete}.`));
    const bytes = await Promise.all(
      names.map(async (name) => parts.get(name) ?? (await fetch(new URL(name, media))).bytes()),
    );
    expect(Buffer.compare(Buffer.concat(bytes), whole)).toBe(0);

    const clients = Array.from({ length: 1000 }, () => new AbortController());
    const { msn } = hintOf(text);
    const vanished = clients.map(({ signal }) =>
      fetch(`${media}&_HLS_msn=${msn}&_HLS_part=999`, { signal }).catch(() => null),
    );
    await encoder.kill();
    for (const client of clients) client.abort();
    await Promise.all(vanished);
    expect((await fetch(`${media}&_HLS_msn=${msn}&_HLS_part=0`)).status).toBe(200);

    await server.kill();
    await server.startAgain();
    const after = await until("the playlist again", async () => {
      const response = await fetch(media).catch(() => null);
      return response?.ok === true ? response.text() : null;
    });
    expect(after.match(PROMISES)).toEqual(promises);
    await api.stop(id);
    const ended = await textOf(`${media}&_HLS_msn=9999`);
    expect(ended).toEndWith("#EXT-X-ENDLIST\n");
    expect(ended).not.toContain("PRELOAD-HINT");
  }, 60_000);

  test("is blocked on over HTTP/2 and HTTP/1.1 with TLS alike", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tandem-low-latency-"));
    try {
      const files = await makeCertificate(folder, "low.example");
      await using server = await TandemServer.start({ environment: tlsEnvironment(files) });
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
      const { encoder, url } = await goLive(server);
      await using _encoder = encoder;
      const media = await fetchVariantUrl(url);
      for (const version of ["--http2", "--http1.1"]) {
        const { file, msn, part } = hintOf(await textOf(media));
        const curl = [
          "curl",
          "--silent",
          "--show-error",
          "--insecure",
          version,
          "--write-out",
          "\n%{http_version} %{http_code}",
        ];
        const blocked = await Promise.all([
          run([...curl, `${media}&_HLS_msn=${msn}&_HLS_part=${part}`]),
          run([...curl, "--output", "/dev/null", new URL(file, media).href]),
        ]);
        const expected = `${version === "--http2" ? "2" : "1.1"} 200`;
        expect(blocked.map((answer) => answer.split("\n").at(-1))).toEqual([expected, expected]);
        expect(blocked[0]).toContain(`URI="${file}"`);
      }
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      rmSync(folder, { recursive: true });
    }
  }, 60_000);

  test("is played from its first part on, by hls.js with and without low latency and by ffmpeg", async () => {
    await using server = await TandemServer.start();
    await using browser = await launchBrowser();
    const { encoder, url } = await goLive(server);
    await using _encoder = encoder;
    expect(await textOf(await fetchVariantUrl(url))).toContain("#EXT-X-GAP\n");
    await using low = await LiveHlsPage.open(browser, url, { lowLatencyMode: true });
    await using plain = await LiveHlsPage.open(browser, url, { lowLatencyMode: false });
    await decodeAll(url, ["-t", "3"]);
    for (const page of [low, plain]) {
      await page.hasPlayed(3);
      expect(await page.errors()).toEqual([]);
    }
    expect(await low.loadedParts()).toBeGreaterThan(0);
    expect(await plain.loadedParts()).toBe(0);
  }, 60_000);
});
