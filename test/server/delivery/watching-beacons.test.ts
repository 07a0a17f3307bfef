import { expect, test } from "bun:test";
import { parsePlaybackUrl } from "#server/delivery/playback-path.ts";
import { PlaybackSessions } from "#server/delivery/playback-sessions.ts";
import { WatchingBeacons } from "#server/delivery/watching-beacons.ts";
import { SessionKeys } from "#server/stats/session-key.ts";
import { Viewers } from "#server/stats/viewers.ts";

const SHOW = "http://localhost/live/show";

class House {
  nowMs = 0;
  targetDurationSeconds: number | null = 2;
  readonly viewers = new Viewers({
    keys: new SessionKeys(new Uint8Array(32)),
    monotonicMs: () => this.nowMs,
  });
  readonly #beacons = new WatchingBeacons({
    programme: (id) => (id === "show" ? { leadWindow: this.#window() } : null),
    viewers: this.viewers,
  });

  async ask(url: string, init: RequestInit = { method: "POST" }): Promise<Response> {
    const path = parsePlaybackUrl(url);
    if (path === null) throw new Error(`${url} is no playback's.`);
    return this.#beacons.answer(new Request(url, init), path);
  }

  get counts(): readonly number[] {
    return (["auto", "primary", "secondary"] as const).map((playout) => this.viewers.count("show", playout));
  }

  #window() {
    const { targetDurationSeconds } = this;
    return targetDurationSeconds === null ? null : { targetDurationSeconds };
  }
}

/** A body whose length is said, as browsers say it. */
function form(text: string): RequestInit {
  const headers = { "Content-Length": String(text.length) };
  return { method: "POST", body: text, headers };
}

test("who says it is counted, on the playout it names, once however often, and until the window is over", async () => {
  const house = new House();
  const [one, two] = [house.viewers.newSession(), house.viewers.newSession()];
  for (let times = 0; times < 3; times += 1)
    expect((await house.ask(`${SHOW}/watching?session=${one}`)).status).toBe(204);
  expect((await house.ask(`${SHOW}/watching`, form(`session=${two}`))).status).toBe(204);
  expect((await house.ask(`${SHOW}/primary/watching?session=${two}`)).status).toBe(204);
  expect(house.counts).toEqual([2, 1, 0]);
  house.nowMs += 15_000;
  expect(house.counts).toEqual([2, 1, 0]);
  house.nowMs += 1;
  expect(house.counts).toEqual([0, 0, 0]);
});

test("a playlist and a beacon of one session are one viewer", async () => {
  const house = new House();
  const session = house.viewers.newSession();
  const url = `${SHOW}/v0-360/media.m3u8?session=${session}`;
  house.viewers.watched("show", "auto", { headers: new Headers(), url, address: () => "" }, 2);
  await house.ask(`${SHOW}/watching?session=${session}`);
  expect(house.counts).toEqual([1, 0, 0]);
});

test("a session that a token was exchanged for is the viewer's own", async () => {
  const house = new House();
  const session = house.viewers.newSession();
  const sessions = new PlaybackSessions({ secret: new Uint8Array(32), dateMs: () => 0 });
  const granted = sessions.grant(session, "show", 60_000);
  expect((await house.ask(`${SHOW}/watching?session=${granted}`)).status).toBe(204);
  await house.ask(`${SHOW}/watching?session=${session}`);
  expect(house.counts).toEqual([1, 0, 0]);
});

test("a session that is missing, forged, or in a body too long to be one is nobody", async () => {
  const house = new House();
  const session = house.viewers.newSession();
  const forged = new Viewers({ keys: new SessionKeys(new Uint8Array(32).fill(1)), monotonicMs: () => 0 });
  const asked = [
    house.ask(`${SHOW}/watching`),
    house.ask(`${SHOW}/watching?session=${forged.newSession()}`),
    house.ask(`${SHOW}/watching?session=`),
    house.ask(`${SHOW}/watching`, form(`session=${forged.newSession()}`)),
    house.ask(`${SHOW}/watching`, form(`session=${session}&${"a".repeat(1024)}`)),
  ];
  expect((await Promise.all(asked)).map(({ status }) => status)).toEqual([400, 400, 400, 400, 400]);
  expect(house.counts).toEqual([0, 0, 0]);
});

test("a body is read up to 1 kB", async () => {
  const house = new House();
  const session = `session=${house.viewers.newSession()}&rest=`;
  const longest = session.padEnd(1024, "a");
  expect((await house.ask(`${SHOW}/watching`, form(longest))).status).toBe(204);
  expect((await house.ask(`${SHOW}/watching`, form(`${longest}a`))).status).toBe(400);
});

test("where nothing is to be watched nobody does", async () => {
  const house = new House();
  const session = house.viewers.newSession();
  expect((await house.ask(`http://localhost/live/other/watching?session=${session}`)).status).toBe(404);
  house.targetDurationSeconds = null;
  expect((await house.ask(`${SHOW}/watching?session=${session}`)).status).toBe(404);
  expect(house.counts).toEqual([0, 0, 0]);
});

test("pages of every origin may send it, and nothing else is taken or kept", async () => {
  const house = new House();
  const preflight = await house.ask(`${SHOW}/watching`, { method: "OPTIONS" });
  expect([preflight.status, preflight.headers.get("Access-Control-Allow-Methods")]).toEqual([
    204,
    "POST, OPTIONS",
  ]);
  const got = await house.ask(`${SHOW}/watching?session=${house.viewers.newSession()}`, { method: "GET" });
  expect([got.status, got.headers.get("Allow")]).toEqual([405, "POST, OPTIONS"]);
  expect(house.counts).toEqual([0, 0, 0]);
  const sent = await house.ask(`${SHOW}/watching?session=${house.viewers.newSession()}`);
  expect(sent.headers.get("Access-Control-Allow-Origin")).toBe("*");
  expect(sent.headers.get("Cache-Control")).toBe("no-store");
});
