import { expect, test } from "bun:test";
import { createLog, type LogLevel } from "#server/common/log.ts";
import { FakeClock } from "#test/support/fake-clock.ts";

function logAt(level: LogLevel) {
  const lines: string[] = [];
  const clock = new FakeClock(1_700_000_000_000);
  const log = createLog({ level, write: (line) => lines.push(line), clock });
  return { lines, clock, log };
}

test("a line is one JSON object with time, level and event in front", () => {
  const { log, lines } = logAt("info");
  log.info("ready", { httpPort: 8080, note: "two\nlines" });
  expect(lines).toEqual([
    '{"atUtc":"2023-11-14T22:13:20.000Z","level":"info","event":"ready","httpPort":8080,"note":"two\\nlines"}\n',
  ]);
});

test("lines lighter than the level are left out", () => {
  const { log, lines } = logAt("warn");
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  expect(lines.map((line) => JSON.parse(line).event)).toEqual(["c", "d"]);
});

test("one bad encoder does not fill the disk: the same warning ten times a minute, then how many there were", () => {
  const { log, lines, clock } = logAt("info");
  for (let count = 0; count < 1_000_000; count++)
    log.warn("malformed_tag", { livestreamId: "a", timestampMs: count });
  expect(lines).toHaveLength(10);
  clock.pass(59_999);
  log.info("something_else");
  expect(lines).toHaveLength(11);
  clock.pass(1);
  log.info("something_else");
  expect(lines.slice(11).map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: "warn",
      event: "repeats_suppressed",
      of: "malformed_tag",
      count: 999_990,
    }),
    expect.objectContaining({ event: "something_else" }),
  ]);
});

test("a warning about another livestream is another warning", () => {
  const { log, lines } = logAt("info");
  for (let count = 0; count < 50; count++) log.warn("malformed_tag", { livestreamId: "a" });
  log.warn("malformed_tag", { livestreamId: "b" });
  expect(lines).toHaveLength(11);
});

test("information is written as often as it happens", () => {
  const { log, lines } = logAt("info");
  for (let count = 0; count < 50; count++) log.info("publisher_connected");
  expect(lines).toHaveLength(50);
});

test("warnings about ever new livestreams share a count once a thousand are told apart", () => {
  const { log, lines } = logAt("info");
  for (let id = 0; id < 5000; id++) log.warn("publish_refused", { livestreamId: String(id) });
  expect(lines).toHaveLength(1010);
});

test("repeats are counted by the minute that passes, lines dated by the calendar: a clock that is set ends no minute", () => {
  const { log, lines, clock } = logAt("info");
  for (let count = 0; count < 11; count++) log.warn("malformed_tag");
  clock.set(200 * 86_400_000);
  log.warn("malformed_tag");
  expect(lines).toHaveLength(10);
  clock.set(-201 * 86_400_000);
  clock.pass(60_000);
  log.info("something_else");
  expect(lines.slice(10).map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ event: "repeats_suppressed", count: 2, atUtc: "2023-11-13T22:14:20.000Z" }),
    expect.objectContaining({ event: "something_else", atUtc: "2023-11-13T22:14:20.000Z" }),
  ]);
});
