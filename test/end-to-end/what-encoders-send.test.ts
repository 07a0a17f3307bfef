// What real encoders send, as viewers see and hear it in Chromium, and as producers are told of it.

import { expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import type { ClipMessage } from "#server/command/demo/flv-file.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { launchBrowser } from "#test/support/browser.ts";
import { caseEncoder, caseMessages, repeated } from "#test/support/case-encoder.ts";
import { fetchVariantUrl } from "#test/support/judges.ts";
import { ObsSession } from "#test/support/obs-session.ts";
import { areInstalled, Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";
import { missingIn } from "#test/support/watching.ts";

const CASES = [
  "one-slice-a-message",
  "start-codes",
  "no-video-header",
  "size-changes-in-band",
  "open-gop",
  "intra-refresh",
  "slide-every-5-s",
] as const;

/** A livestream on the air, with what publishes to its two inputs. */
interface OnAir {
  readonly name: string;
  readonly id: string;
  readonly encoders: readonly { kill(): unknown }[];
}

async function onAir(
  api: ApiClient,
  name: string,
  encoderFor: (url: string) => { kill(): unknown },
): Promise<OnAir> {
  const { id } = await api.create({ name });
  const { inputs } = await api.start(id);
  const encoders = inputs.map(({ url }) => encoderFor(url));
  await api.when(id, `both inputs of ${name}`, (each) => each.inputs.every(({ active }) => active));
  await api.publish(id);
  return { name, id, encoders };
}

async function watch(
  browser: Browser,
  server: TandemServer,
  { id }: OnAir,
  prepare: (page: Page) => Promise<void> = async () => undefined,
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 320, height: 240 } });
  await steadily(page);
  await prepare(page);
  await page.goto(`${server.url}/watch/${id}`);
  await until(
    "the video to play",
    () => page.evaluate<boolean>(`document.querySelector("video").currentTime > 0.5`),
    40,
  );
  return page;
}

/**
 * Behind live by as much as interruptions take. By parts a viewer has a second: where a camera is plugged out it goes into making
 * sure that no picture comes, and what is played is slow, or stands still once, until it is there again.
 */
function steadily(page: Page): Promise<unknown> {
  return page.addInitScript(`localStorage.setItem("tandem-delay", "steady")`);
}

/** Goes on once the segment that this media playlist was to begin with, behind its lead-in, has left the playlist. */
async function comeTooLate(url: string, goOn: () => Promise<void>): Promise<void> {
  const msn = Number(new URL(url).searchParams.get("lead-in"));
  await until("its segment's leaving", async () => {
    const first = /#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(
      await (await fetch(url.replace("lead-in", "no"))).text(),
    )?.[1];
    return Number(first) > msn;
  });
  await goOn();
}

/** x264 over FFmpeg, for as long as it is asked to. */
function x264(url: string, options: readonly string[], frameRate = "25"): Program {
  const command = [
    ...["ffmpeg", "-hide_banner", "-loglevel", "warning", "-re"],
    ...["-f", "lavfi", "-i", `testsrc2=size=320x180:rate=${frameRate}`],
    ...["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000"],
    ...["-max_interleave_delta", "100000", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"],
    ...[...options, "-c:a", "aac", "-b:a", "96k", "-f", "flv", url],
  ];
  return new Program(command, 120);
}

test.skipIf(!areInstalled("ffmpeg", "chromium"))(
  "whoever comes late sees and hears each of the cases, and so does who watches while the primary is killed",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const livestreams: OnAir[] = [];
    for (const name of CASES) {
      const messages = await caseMessages(name);
      livestreams.push(await onAir(api, name, (url) => caseEncoder(url, repeated(messages))));
    }
    await using browser = await launchBrowser();
    const there = new Map<string, Page>();
    for (const each of livestreams) there.set(each.name, await watch(browser, server, each));
    expect(await missingIn(there, 6)).toEqual([]);
    const late = new Map<string, Page>();
    for (const each of livestreams) late.set(`${each.name}, late`, await watch(browser, server, each));
    expect(await missingIn(late, 6)).toEqual([]);
    for (const { id, encoders } of livestreams) {
      const before = (await api.get(id)).onAir;
      await encoders[before === "primary" ? 0 : 1]?.kill();
    }
    await Bun.sleep(8000); // Viewers are some seconds behind.
    expect(await missingIn(new Map([...there, ...late]), 6)).toEqual([]);
    for (const { encoders } of livestreams) for (const encoder of encoders) await encoder.kill();
  },
  240_000,
);

/** The same without what is of this kind in a stretch of its time, ended by the next of what decoding begins with. */
function* without(
  messages: Iterable<ClipMessage>,
  lost: ClipMessage["kind"],
  fromMs: number,
  untilMs: number,
): Generator<ClipMessage> {
  for (const message of messages) {
    const isHeader = message.payload[1] === 0;
    const isLost = message.timestampMs >= fromMs && message.timestampMs < untilMs;
    if (message.kind !== lost || isHeader || !isLost) yield message;
  }
}

test.skipIf(!areInstalled("chromium"))(
  "a camera that is plugged out and in, sound that dies and sound that comes late stop nobody",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const messages = await caseMessages("no-video-header");
    const lose = (lost: "audio" | "video", fromMs: number, untilMs: number) => (url: string) =>
      caseEncoder(url, without(repeated(messages), lost, fromMs, untilMs));
    const camera = await onAir(api, "camera", lose("video", 14_000, 24_000));
    const microphone = await onAir(api, "microphone", lose("audio", 14_000, Number.POSITIVE_INFINITY));
    const late = await onAir(api, "late sound", lose("audio", 0, 6000));
    await using browser = await launchBrowser();
    const pages = new Map<string, Page>();
    for (const each of [camera, microphone, late]) pages.set(each.name, await watch(browser, server, each));
    const silent = new Map([["microphone", pages.get("microphone") as Page]]);
    pages.delete("microphone");
    await Bun.sleep(5000); // The sound of the last one is to come.
    // The camera is gone from 14 to 24 s of its time, and viewers are some seconds behind.
    for (let round = 0; round < 4; round += 1) {
      expect(await missingIn(pages, 5)).toEqual([]);
      const missing = await missingIn(silent, 2);
      expect(missing.filter((each) => !each.includes("bytes of sound"))).toEqual([]);
    }
    for (const { encoders } of [camera, microphone, late]) for (const encoder of encoders) encoder.kill();
  },
  180_000,
);

test.skipIf(!areInstalled("ffmpeg", "chromium"))(
  "a rolling refresh is told as a fault, nothing of it is called independent, and who comes late gets a picture that heals",
  async () => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const livestream = await onAir(api, "Rolling", (url) =>
      x264(url, ["-x264-params", "intra-refresh=1:keyint=50:bframes=0"]),
    );
    const faulty = await api.when(livestream.id, "the fault", ({ inputs }) =>
      inputs.every(({ health }) => health?.faults.includes("no-join-point") === true),
    );
    expect(faulty.inputs.map(({ health }) => health?.score)).toEqual([55, 55]);
    const masterUrl = `${server.url}/live/${livestream.id}/index.m3u8`;
    const mediaUrl = await until(
      "a playlist that begins with a lead-in",
      async () => {
        const url = await fetchVariantUrl(masterUrl);
        return url.includes("lead-in=") ? url : null;
      },
      60,
    );
    const text = await (await fetch(mediaUrl)).text();
    expect(text).not.toContain("INDEPENDENT-SEGMENTS");
    expect(text).toMatch(/\nlead-in-\d+\.m4s\n/);
    await using browser = await launchBrowser();
    const slow = watch(browser, server, livestream, async (page) => {
      await page.route(/media\.m3u8/, (route) => comeTooLate(route.request().url(), () => route.continue()), {
        times: 1,
      });
    });
    const pages = new Map([["late", await watch(browser, server, livestream)]]);
    expect(await missingIn(pages, 6)).toEqual([]);
    pages.set("too late for its lead-in at first", await slow);
    await livestream.encoders[0]?.kill();
    await Bun.sleep(8000);
    expect(await missingIn(pages, 6)).toEqual([]);
    await livestream.encoders[1]?.kill();
  },
  180_000,
);

test("a size that changes between pictures alone is said by the API, by RESOLUTION and by another initialization", async () => {
  await using server = await TandemServer.start();
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const messages = await caseMessages("size-changes-in-band");
  const { id, encoders } = await onAir(api, "Sizes", (url) => caseEncoder(url, repeated(messages)));
  const masterUrl = `${server.url}/live/${id}/index.m3u8`;
  const master = (size: string) => async () => {
    const answer = await fetch(masterUrl);
    return answer.ok && (await answer.text()).includes(`RESOLUTION=${size}`);
  };
  expect((await api.get(id)).inputs[0]?.video).toMatchObject({ width: 320, height: 180 });
  await until("the first size in the playlist", master("320x180"));
  await api.when(id, "the other size", ({ inputs }) => inputs[0]?.video?.width === 640);
  expect((await api.get(id)).inputs[0]?.video).toMatchObject({ width: 640, height: 360 });
  await until("the other size in the playlist", master("640x360"));
  const mediaUrl = await fetchVariantUrl(masterUrl);
  const text = await until("another initialization", async () => {
    const listed = await (await fetch(mediaUrl)).text();
    return listed.includes("init-1.mp4") ? listed : null;
  });
  expect(text).toContain('#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="init-1.mp4"\n');
  for (const encoder of encoders) encoder.kill();
}, 60_000);

/** A tag of Enhanced RTMP with its FourCC, whose body nobody looks into. */
function tagOf(kind: "audio" | "video", fourCc: string, timestampMs: number): ClipMessage {
  return { kind, timestampMs, payload: Uint8Array.of(0x91, ...new TextEncoder().encode(fourCc), 0, 0, 0, 1) };
}

/** Only the tags that `isWanted`, of a case and over and over. */
async function partOf(
  name: string,
  isWanted: (message: ClipMessage) => boolean,
): Promise<Generator<ClipMessage>> {
  return repeated((await caseMessages(name)).filter(isWanted));
}

test("a publish of which nothing can be carried is refused by the name of its codec", async () => {
  await using server = await TandemServer.start();
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "HEVC" });
  const { inputs } = await api.start(id);
  const [{ serverUrl, streamKey } = { serverUrl: "", streamKey: "" }] = inputs;
  await using session = await ObsSession.publish(serverUrl, streamKey);
  session.sendAtOnce(Array.from({ length: 31 }, (_, index) => tagOf("video", "hvc1", index * 40)));
  await until("the connection to be closed", () => session.isClosed);
  expect(session.said).toContain("NetStream.Publish.Rejected");
  expect(session.said).toContain(
    "The video is HEVC, which cannot be carried here: set the encoder to H.264.",
  );
  await api.when(id, "nobody", (each) => each.inputs.every(({ connectedAtUtc }) => connectedAtUtc === null));
});

async function soundWithHevc(): Promise<Generator<ClipMessage>> {
  const sounds = (await caseMessages("start-codes")).filter(({ kind }) => kind === "audio");
  return repeated(sounds.flatMap((sound) => [sound, tagOf("video", "hvc1", sound.timestampMs)]));
}

/** What comes, and what the producer reads of it within three seconds. */
const UNUSABLE: readonly [what: string, messages: () => Promise<Iterable<ClipMessage>>, problem: RegExp][] = [
  ["video of another codec", soundWithHevc, /^The video is HEVC, .* set the encoder to H\.264\.$/],
  [
    "sound without its header",
    () => partOf("start-codes", ({ kind, payload }) => kind !== "audio" || payload[1] === 1),
    /^The sound comes without its AAC sequence header/,
  ],
  [
    "pictures without parameter sets",
    () => partOf("open-gop", ({ kind, payload }) => kind !== "video" || payload[1] === 1),
    /^The video comes without its parameter sets \(SPS and PPS\)/,
  ],
  [
    "no picture that decoding can begin with",
    () =>
      partOf("open-gop", ({ kind, payload }) => kind !== "video" || payload[1] === 0 || payload[0] === 0x27),
    /^The video has had no picture that decoding can begin with/,
  ],
];

test.each(UNUSABLE)(
  "%s is told within three seconds, with what to change",
  async (_, messages, problem) => {
    await using server = await TandemServer.start();
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    const { id } = await api.create({ name: "Unusable" });
    const { inputs } = await api.start(id);
    await using _encoder = caseEncoder(inputs[0]?.url ?? "", await messages());
    await api.when(id, "a publisher", (each) => each.inputs[0]?.connectedAtUtc !== null);
    const told = await until("the problem", async () => (await api.get(id)).inputs[0]?.problem ?? null, 3);
    expect(told).toMatch(problem);
  },
  30_000,
);

test("of a publish of which one half cannot be used, the other is published", async () => {
  await using server = await TandemServer.start();
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const { id } = await api.create({ name: "Half" });
  const { inputs } = await api.start(id);
  await using _encoder = caseEncoder(inputs[0]?.url ?? "", await soundWithHevc());
  await api.when(id, "an active ingest", (each) => each.inputs[0]?.active === true);
  await api.publish(id);
  const { inputs: live } = await api.get(id);
  expect(live[0]).toMatchObject({ video: null, audio: { codec: "aac" } });
  expect(live[0]?.problem).toContain("HEVC");
});
