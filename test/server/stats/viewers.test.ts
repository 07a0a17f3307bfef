import { expect, test } from "bun:test";
import { SessionKeys } from "#server/stats/session-key.ts";
import { Viewers } from "#server/stats/viewers.ts";

class House {
  nowMs = 1_000_000;
  readonly viewers = new Viewers({
    keys: new SessionKeys(new Uint8Array(32)),
    monotonicMs: () => this.nowMs,
  });

  watch(session: string, playout: "auto" | "primary" = "auto", targetDurationSeconds = 2): void {
    const url = `http://localhost/media.m3u8?session=${session}`;
    const request = { headers: new Headers(), url, address: () => "192.0.2.1" };
    this.viewers.watched("show", playout, request, targetDurationSeconds);
  }
}

test("N viewers are N, and all gone is 0 (V1)", () => {
  const house = new House();
  const sessions = Array.from({ length: 500 }, () => house.viewers.newSession());
  for (const session of [...sessions, ...sessions]) house.watch(session);
  expect(house.viewers.count("show", "auto")).toBe(500);
  house.nowMs += 15_001;
  expect(house.viewers.count("show", "auto")).toBe(0);
});

test("a preview of the operator is no viewer", () => {
  const { viewers } = new House();
  const url = `http://localhost/media.m3u8?session=${viewers.newSession()}`;
  const headers = new Headers({ "X-Tandem-Preview": "1" });
  viewers.watched("show", "auto", { headers, url, address: () => "192.0.2.1" }, 2);
  expect(viewers.count("show", "auto")).toBe(0);
});

test("playouts and livestreams count apart", () => {
  const house = new House();
  house.watch(house.viewers.newSession());
  house.watch(house.viewers.newSession(), "primary");
  house.watch(house.viewers.newSession(), "primary");
  expect(house.viewers.count("show", "auto")).toBe(1);
  expect(house.viewers.count("show", "primary")).toBe(2);
  expect(house.viewers.count("show", "secondary")).toBe(0);
  expect(house.viewers.count("other", "auto")).toBe(0);
});

test("where segments are long the window is three of them", () => {
  const house = new House();
  house.watch(house.viewers.newSession(), "auto", 10);
  house.nowMs += 30_000;
  expect(house.viewers.count("show", "auto")).toBe(1);
  house.nowMs += 1;
  expect(house.viewers.count("show", "auto")).toBe(0);
});

test("a sweep changes no count", () => {
  const house = new House();
  house.watch(house.viewers.newSession());
  house.viewers.sweep();
  expect(house.viewers.count("show", "auto")).toBe(1);
  house.nowMs += 15_001;
  house.viewers.sweep();
  expect(house.viewers.count("show", "auto")).toBe(0);
});
