// What is asked for before it is there: the answer comes with it, and for no longer than that is waited.

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { ListedAnswers } from "#server/delivery/listed-answers.ts";
import { LivePlayback } from "#server/delivery/live-playback.ts";
import { parsePlaybackUrl } from "#server/delivery/playback-path.ts";
import { StretchCache } from "#server/delivery/stretch-cache.ts";
import { Programme } from "#server/programme/programme.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { Unrecorded } from "#server/recording/unrecorded.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { FakeGuard } from "#test/support/fake-guard.ts";
import { videoUnits } from "#test/support/programme-units.ts";
import { videoTrack } from "#test/support/tracks.ts";

const FOLDER = "http://localhost/live/0190b8e8-0000-7000-8000-000000000001/v0-360";
const HINT = /PRELOAD-HINT:TYPE=PART,URI="(segment-(\d+)\.part-(\d+)\.m4s)"/;

let programme: Programme;
let playback: LivePlayback;
let watched: number;
let waits: number[];
let seconds: number;

beforeEach(() => {
  programme = new Programme({
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 }),
    openWindow: () => new PlaylistWindow({ isEvent: false, keepsRemoved: true }),
    recorder: new Unrecorded(),
    fanOut: new RtmpFanOut(0),
    clock: new FakeClock(),
  });
  [watched, waits, seconds] = [0, [], 0];
  playback = new LivePlayback({
    programme: () => programme,
    opening: () => null,
    livestream: async () => ({ status: "live", mediaId: null, withBackup: true, playbackPolicy: "public" }),
    listed: new ListedAnswers(new StretchCache(() => 0)),
    isSigned: () => false,
    guard: new FakeGuard(() => "session").guard,
    viewers: {
      watched: () => {
        watched += 1;
      },
    },
    addressOf: () => "192.0.2.1",
    mayWait: (_, most) => void waits.push(most),
  });
  programme.setTracks([videoTrack], false);
  goOn(5);
});

afterEach(() => programme.end());

/** 25 pictures a second, a key frame every two. */
function goOn(forSeconds: number): void {
  for (const unit of videoUnits({ seconds: seconds + forSeconds }))
    if (unit.dts >= seconds * videoTrack.timescale) programme.push(unit);
  seconds += forSeconds;
}

async function ask(file: string, init: RequestInit = {}): Promise<Response> {
  const request = new Request(`${FOLDER}/${file}`, init);
  const path = parsePlaybackUrl(request.url) ?? expect.unreachable();
  return await playback.answer(request, path);
}

const playlist = (query = "", init: RequestInit = {}) => ask(`media.m3u8?session=x${query}`, init);

async function hinted() {
  const [, file = "", msn = "", part = ""] = HINT.exec(await (await playlist()).text()) ?? [];
  return { file, msn: Number(msn), part: Number(part) };
}

describe("a playlist", () => {
  test("is answered when it lists what is asked for, with the same text for all, and may be kept for a second", async () => {
    const { msn, part } = await hinted();
    const asked = [1, 2, 3].map(() => playlist(`&_HLS_msn=${msn}&_HLS_part=${part}`));
    expect(programme.waiters.count).toBe(3);
    goOn(0.2);
    const answers = await Promise.all(asked);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain(`segment-${msn}.part-${part}.m4s"\n#EXT-X-PRELOAD-HINT`);
    expect(texts[0]).toBe(await (await playlist()).text());
    expect(answers.map(({ status, headers }) => [status, headers.get("Cache-Control")])).toEqual(
      [1, 2, 3].map(() => [200, "public, max-age=1"]),
    );
    expect((await playlist()).headers.get("Cache-Control")).toBe("no-cache");
    expect(waits).toEqual([12, 12, 12]);
  });

  test("whole segments, and parts past the end of one, are waited for, too (P2)", async () => {
    const { msn } = await hinted();
    const whole = playlist(`&_HLS_msn=${msn}`);
    const past = playlist(`&_HLS_msn=${msn}&_HLS_part=99&_HLS_skip=YES`);
    goOn(0.8);
    expect(programme.waiters.count).toBe(2);
    goOn(0.6);
    expect(await (await whole).text()).toContain(`\nsegment-${msn}.m4s\n`);
    expect(await (await past).text()).toContain(`segment-${msn + 1}.part-0.m4s",INDEPENDENT=YES\n`);
  });

  test("what it lists already is no reason to wait", async () => {
    const { msn, part } = await hinted();
    for (const query of [`_HLS_msn=${msn}&_HLS_part=${part - 1}`, `_HLS_msn=${msn - 1}`, "_HLS_skip=v2"])
      expect((await playlist(`&${query}`)).status).toBe(200);
    expect(programme.waiters.count).toBe(0);
  });

  test.each(["_HLS_part=1", "_HLS_msn=-1", "_HLS_msn=x", "_HLS_skip=NO", "_HLS_msn=1&_HLS_part=-1"])(
    "%p is refused, and makes nobody a viewer",
    async (query) => {
      const answer = await playlist(`&${query}`);
      expect([answer.status, answer.headers.get("Cache-Control"), watched]).toEqual([400, "no-store", 0]);
      expect(await answer.json()).toMatchObject({
        status: "fail",
        data: { code: "invalid_delivery_directive" },
      });
    },
  );

  test("two segments beyond the last are waited for, three are refused", async () => {
    const last = programme.leadWindow?.segments.at(-1)?.msn ?? 0;
    expect((await playlist(`&_HLS_msn=${last + 3}`)).status).toBe(400);
    const client = new AbortController();
    void playlist(`&_HLS_msn=${last + 2}`, { signal: client.signal });
    expect(programme.waiters.count).toBe(1);
    client.abort();
    expect(programme.waiters.count).toBe(0);
  });

  test("whoever waits is a viewer from the beginning on, a HEAD is none", async () => {
    const { msn, part } = await hinted();
    watched = 0;
    const asked = playlist(`&_HLS_msn=${msn}&_HLS_part=${part}`);
    const head = playlist(`&_HLS_msn=${msn}&_HLS_part=${part}`, { method: "HEAD" });
    expect([watched, programme.waiters.count]).toEqual([1, 2]);
    goOn(0.2);
    expect((await asked).status).toBe(200);
    expect((await head).status).toBe(200);
    expect(await (await head).text()).toBe("");
  });

  test("its end wakes everybody; behind it nobody waits, whatever is asked for", async () => {
    const { msn } = await hinted();
    const asked = playlist(`&_HLS_msn=${msn + 1}`);
    const part = ask(`segment-${msn}.part-6.m4s`);
    await programme.end();
    expect(await (await asked).text()).toEndWith("#EXT-X-ENDLIST\n");
    expect((await part).status).toBe(404);
    for (const query of ["_HLS_msn=99", "_HLS_part=1"])
      expect((await playlist(`&${query}`)).status).toBe(200);
  });

  test("a process that ends sends those who wait to the next one", async () => {
    const { msn } = await hinted();
    const asked = playlist(`&_HLS_msn=${msn + 1}`);
    await programme.suspend();
    const answer = await asked;
    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([503, "no-store"]);
  });

  test("what does not come is answered with 503 by the deadline of the wait", async () => {
    const { msn, part } = await hinted();
    programme.waiters.wait = async () => "late";
    const answer = await playlist(`&_HLS_msn=${msn}&_HLS_part=${part}`);
    expect([answer.status, answer.headers.get("Retry-After")]).toEqual([503, "1"]);
    expect((await ask(`segment-${msn}.part-${part}.m4s`)).status).toBe(503);
  });
});

describe("a part", () => {
  test("that is hinted at comes when it is cut; the parts of a segment are its bytes, in order", async () => {
    const { file, msn, part } = await hinted();
    expect(part).toBe(4);
    const asked = ask(file);
    expect(programme.waiters.count).toBe(1);
    goOn(1.2);
    const answer = await asked;
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "video/iso.segment"]);
    expect(answer.headers.get("Cache-Control")).toContain("immutable");
    const bytes = Buffer.from(await answer.arrayBuffer());
    const parts = await Promise.all(
      Array.from({ length: 10 }, async (_, index) =>
        Buffer.from(await (await ask(`segment-${msn}.part-${index}.m4s`)).arrayBuffer()),
      ),
    );
    expect(Buffer.compare(parts[4] ?? Buffer.alloc(0), bytes)).toBe(0);
    const whole = Buffer.from(await (await ask(`segment-${msn}.m4s`)).arrayBuffer());
    expect(Buffer.compare(Buffer.concat(parts), whole)).toBe(0);
    const range = await ask(`segment-${msn}.part-0.m4s`, { headers: { Range: "bytes=4-7" } });
    expect([range.status, await range.text()]).toEqual([206, "moof"]);
  });

  test("that is hinted at and never comes, as its segment ends, is not there; the next playlist hints at another", async () => {
    goOn(0.8);
    const { msn } = await hinted();
    goOn(0.16); // The tenth part is open.
    const asked = ask(`segment-${msn}.part-9.m4s`);
    programme.discontinuity();
    expect((await asked).status).toBe(200);
    const never = await hinted();
    const gone = ask(never.file);
    await programme.end();
    expect((await gone).status).toBe(404);
  });

  test.each(["segment-99.part-0.m4s", "segment-1.part-99.m4s", "segment-1.part-01.m4s"])(
    "%p, which nobody hinted at, is not there, and not waited for",
    async (file) => {
      const answer = await ask(file);
      expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
    },
  );
});
