import { expect, test } from "bun:test";
import { PlaybackSessions, viewerSessionIn } from "#server/delivery/playback-sessions.ts";
import { SecretFolders } from "#server/delivery/secret-folders.ts";
import { SessionKeys } from "#server/stats/session-key.ts";

const SECRET = new Uint8Array(32).fill(7);
const keys = new SessionKeys(new Uint8Array(32));
let nowMs = 1000;
const sessions = new PlaybackSessions({ secret: SECRET, dateMs: () => nowMs });

test("a session lets its viewer watch what it was granted for, until then, also after a restart", () => {
  nowMs = 1000;
  const viewer = keys.issue();
  const granted = sessions.grant(viewer, "show", 60_999);
  for (const each of [sessions, new PlaybackSessions({ secret: SECRET, dateMs: () => nowMs })]) {
    nowMs = 59_999;
    expect([each.expiryOf(granted, "show"), each.expiryOf(granted, "other")]).toEqual([60_000, null]);
    nowMs = 60_000;
    expect(each.expiryOf(granted, "show")).toBeNull();
  }
  expect(viewerSessionIn(granted)).toBe(viewer);
});

test("nobody makes one, makes it longer or takes it to another livestream", () => {
  nowMs = 1000;
  const viewer = keys.issue();
  const granted = sessions.grant(viewer, "show", 60_000);
  const other = new PlaybackSessions({ secret: new Uint8Array(32), dateMs: () => nowMs });
  const [id = "", signature = "", , last = ""] = granted.split(".");
  for (const forged of [
    viewer,
    `${id}.${signature}.zzzz.${last}`,
    `${id}.${signature}.1o.${"A".repeat(22)}`,
    other.grant(viewer, "show", 60_000),
    `${granted}.`,
    "",
  ]) {
    expect(sessions.expiryOf(forged, "show")).toBeNull();
  }
  expect(sessions.expiryOf(granted, "show")).toBe(60_000);
});

test("it is the same viewer's as without what was granted", () => {
  const viewer = keys.issue();
  const keyOf = (session: string) =>
    keys.keyOf({ headers: new Headers(), url: `http://x/y?session=${session}`, address: () => "" });
  expect(keyOf(sessions.grant(viewer, "show", 60_000))).toBe(keyOf(viewer));
  expect(keyOf(viewer)).toStartWith("session:");
  expect(viewerSessionIn(viewer)).toBeNull();
});

test("a folder has 128 bits, is the same after a restart, and another for everything else", () => {
  const folders = new SecretFolders(SECRET);
  const folder = folders.of("show");
  expect(folder).toMatch(/^[0-9a-f]{32}$/);
  expect(new SecretFolders(SECRET).of("show")).toBe(folder);
  expect([folders.opens(folder, "show"), folders.opens(folder, "other")]).toEqual([true, false]);
  expect(folders.opens("0".repeat(32), "show")).toBe(false);
  expect(new SecretFolders(new Uint8Array(32)).of("show")).not.toBe(folder);
});
