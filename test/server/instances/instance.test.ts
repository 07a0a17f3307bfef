import { beforeEach, describe, expect, test } from "bun:test";
import type { EncodedUnit } from "#media/track/track.ts";
import { Instance, type Publisher } from "#server/instances/instance.ts";
import { TARGETS } from "#test/support/targets.ts";
import { audioTrack, videoTrack } from "#test/support/tracks.ts";

const INGEST_TIMEOUT_MS = 5000;

let nowMs = 0;
let lines: string[] = [];
let instance = openInstance();

beforeEach(() => {
  nowMs = 1_000_000;
  lines = [];
  instance = openInstance();
});

function openInstance(): Instance {
  return new Instance({
    name: "primary",
    monotonicMs: () => nowMs,
    ingestTimeoutMs: INGEST_TIMEOUT_MS,
    targets: TARGETS,
    hasOther: true,
    listener: {
      publishActive: () => lines.push("active"),
      publishInactive: (_, cause) => lines.push(`inactive: ${cause}`),
      publishUnit: (_, { unit }) => lines.push(`unit of track ${unit.trackId}`),
    },
    reports: {
      connected: () => lines.push("connected"),
      refused: (reason) => lines.push(`refused: ${reason}`),
      disconnected: (reason) => lines.push(`disconnected: ${reason}`),
      dropped: (reason) => lines.push(`dropped: ${reason}`),
      problem: (problem) => lines.push(`problem: ${problem}`),
      repaired: () => lines.push("repaired"),
      positionSeconds: () => null,
      fault: ({ fault, state, score, lastedMs }) =>
        lines.push(
          `fault ${fault} ${state}, score ${score}${lastedMs === null ? "" : `, after ${lastedMs} ms`}`,
        ),
      advice: ({ advice, state }) => lines.push(`advice ${state}: ${advice}`),
      formatChanged: ({ tracks }) => lines.push(`format of ${tracks.length} tracks`),
    },
  });
}

/** An encoder of this name comes with the key. */
function attach(name = "encoder"): Publisher | null {
  return instance.attach({ cut: (reason) => lines.push(`${name} is cut: ${reason}`) });
}

function attached(name?: string): Publisher {
  const publisher = attach(name);
  if (publisher === null) throw new Error("refused");
  publisher.setTrack(videoTrack);
  publisher.setTrack(audioTrack);
  return publisher;
}

function unit(trackId: number, ms: number, isSync = true): EncodedUnit {
  const clock = { timescale: 1000, wrapBits: [32] } as const;
  return { trackId, clock, sentDts: ms, compositionTime: 0, isSync, data: new Uint8Array(10) };
}

/** Lines since the last call. */
function told(): string[] {
  return lines.splice(0);
}

describe("a second encoder with the key", () => {
  test("is refused while the first was silent for less than two seconds, and takes over from then on", () => {
    const first = attached("the first");
    nowMs += 1000;
    first.push(unit(1, 0));
    told();
    nowMs += 1999;
    expect(attach()).toBeNull();
    expect(told()).toEqual(["refused: another encoder publishes with this stream key"]);
    nowMs += 1;
    expect(attach()).not.toBeNull();
    expect(told()).toEqual([
      "inactive: taken-over",
      "disconnected: another encoder with this key took over after 2 s of silence",
      "the first is cut: another encoder with this key took over after 2 s of silence",
      "connected",
    ]);
  });

  test("is refused for two seconds from the first one's connection on, whenever media came before", () => {
    attached().push(unit(1, 0));
    instance.cut("for the test");
    nowMs += 60_000;
    attached();
    nowMs += 1999;
    expect(attach()).toBeNull();
    nowMs += 1;
    expect(attach()).not.toBeNull();
  });

  test("hears nothing of what the first still sends, nor of its end", () => {
    const first = attached();
    nowMs += 2000;
    const second = attached();
    second.push(unit(1, 0));
    told();
    first.push(unit(1, 40));
    first.end();
    expect(told()).toEqual([]);
    expect(instance.isActive).toBe(true);
    second.push(unit(1, 40));
    expect(told()).toEqual(["unit of track 1"]);
  });

  test("comes at once where the first has left", () => {
    attached().end();
    expect(attach()).not.toBeNull();
  });
});

describe("an ingest is active", () => {
  test("with the first key frame, and hands on every unit after it", () => {
    const publisher = attached();
    told();
    publisher.push(unit(2, 0));
    publisher.push(unit(1, 0, false));
    expect(instance.isActive).toBe(false);
    publisher.push(unit(1, 40));
    expect(instance.isActive).toBe(true);
    publisher.push(unit(2, 40));
    expect(told()).toEqual(["active", "unit of track 2"]);
  });

  test("until nothing came for longer than the ingest timeout, and again with the next unit", () => {
    const publisher = attached();
    publisher.push(unit(1, 0));
    told();
    nowMs += INGEST_TIMEOUT_MS;
    instance.tick();
    expect(instance.isActive).toBe(true);
    nowMs += 1;
    instance.tick();
    instance.tick();
    expect(told()).toEqual([
      "fault silent began, score 0",
      "fault silent ended, score null, after 1001 ms",
      "inactive: silent",
    ]);
    expect(instance.isActive).toBe(false);
    expect(instance.isConnected).toBe(true);
    publisher.push(unit(1, 5001));
    expect(told()).toEqual(["active"]);
  });

  test("until its encoder leaves", () => {
    const publisher = attached();
    publisher.push(unit(1, 0));
    told();
    publisher.end();
    publisher.end();
    expect(told()).toEqual(["inactive: closed", "disconnected: null"]);
    expect(instance.publish).toBeNull();
    publisher.push(unit(1, 40));
    expect(told()).toEqual([]);
  });
});

test("an encoder that is cut while it is active has closed", () => {
  attached().push(unit(1, 0));
  told();
  instance.cut("for the test");
  expect(told()).toEqual(["inactive: closed", "disconnected: for the test", "encoder is cut: for the test"]);
});

describe("a connection that is silent", () => {
  test("is cut when it was for ten seconds longer than the ingest timeout", () => {
    attached().push(unit(1, 0));
    nowMs += INGEST_TIMEOUT_MS + 10_000;
    instance.tick();
    expect(instance.isConnected).toBe(true);
    told();
    nowMs += 1;
    instance.tick();
    expect(told()).toEqual(["disconnected: no media received", "encoder is cut: no media received"]);
    expect(instance.isConnected).toBe(false);
  });

  test("is cut, too, where it never sent anything", () => {
    attached();
    nowMs += INGEST_TIMEOUT_MS + 10_000;
    instance.tick();
    expect(instance.isConnected).toBe(true);
    nowMs += 1;
    instance.tick();
    expect(instance.isConnected).toBe(false);
  });

  test("of nobody is nothing to see", () => {
    nowMs += 1_000_000;
    instance.tick();
    instance.cut("for the test");
    expect(told()).toEqual([]);
  });
});

test("it is known who is connected since when, and when media last came", () => {
  expect([instance.isConnected, instance.connectedAtMs, instance.lastMediaAtMs]).toEqual([false, null, null]);
  const publisher = attached();
  nowMs += 100;
  publisher.push(unit(1, 0));
  expect([instance.isConnected, instance.connectedAtMs, instance.lastMediaAtMs]).toEqual([
    true,
    1_000_000,
    1_000_100,
  ]);
  nowMs += 100;
  publisher.end();
  expect([instance.isConnected, instance.connectedAtMs, instance.lastMediaAtMs]).toEqual([
    false,
    null,
    1_000_100,
  ]);
});

test("repairs are those of all publishes together", () => {
  for (const repairs of [1, 2]) {
    const publisher = attached();
    publisher.push(unit(1, 1000));
    publisher.push(unit(1, 1000, false));
    expect(instance.timestampRepairs).toBe(repairs);
    publisher.end();
    expect(instance.timestampRepairs).toBe(repairs);
  }
});

test("what cannot be used is told", () => {
  attached().dropped("of no use");
  expect(told()).toEqual(["connected", "dropped: of no use"]);
});

test("what is wrong with each kind is told when it changes, not each time that it is seen", () => {
  const publisher = attached();
  told();
  publisher.unusable("audio", "Sound is wrong.");
  publisher.unusable("audio", "Sound is wrong.");
  publisher.unusable("video", "The picture is wrong.");
  publisher.unusable("video", null);
  publisher.unusable("video", null);
  publisher.unusable("audio", "Sound is wrong otherwise.");
  publisher.unusable("audio", null);
  expect(told()).toEqual([
    "problem: Sound is wrong.",
    "problem: The picture is wrong. Sound is wrong.",
    "problem: Sound is wrong.",
    "problem: Sound is wrong otherwise.",
    "problem: null",
  ]);
});

test("a new publisher begins without what was wrong with the one before, which has no more to say", () => {
  const first = attached();
  first.unusable("video", "The picture is wrong.");
  first.end();
  attached("another");
  told();
  first.unusable("audio", "Sound is wrong.");
  expect(told()).toEqual([]);
  expect(instance.publish?.problem).toBeNull();
});

describe("while it is active, an instance", () => {
  /** Two seconds of pictures and sound, and the encoder's clock at their end. */
  function sending(publisher: Publisher, fromMs: number): number {
    for (let ms = fromMs; ms < fromMs + 2000; ms += 100) {
      publisher.push(unit(1, ms));
      publisher.push(unit(2, ms));
      nowMs += 100;
      instance.tick();
    }
    return fromMs + 2000;
  }

  test("tells at once that its encoder fell silent, and of nothing else that is missing then", () => {
    const publisher = attached();
    const ms = sending(publisher, 0);
    told();
    nowMs += 899;
    instance.tick();
    expect(told()).toEqual([]);
    nowMs += 1;
    instance.tick();
    expect(told()).toEqual(["fault silent began, score 0"]);
    for (let tick = 0; tick < 35; tick += 1) {
      nowMs += 100;
      instance.tick();
    }
    expect(told()).toEqual([]);
    publisher.push(unit(1, ms));
    publisher.push(unit(2, ms));
    instance.tick();
    const fromMs = sending(publisher, ms + 100);
    sending(publisher, fromMs);
    const faults = told().filter((line) => line.startsWith("fault silent"));
    expect(faults).toEqual([expect.stringMatching(/^fault silent ended, score \d+, after 4500 ms$/)]);
  });

  test("tells of a fault once a second at most, and that it went with its encoder", () => {
    const publisher = attached();
    sending(publisher, 0);
    told();
    for (let ms = 2000; ms < 3900; ms += 100) {
      publisher.push(unit(1, ms));
      nowMs += 100;
      instance.tick();
    }
    expect(told().filter((line) => line.startsWith("fault"))).toEqual([
      "fault audio-missing began, score 65",
    ]);
    publisher.end();
    expect(told()).toEqual([
      expect.stringMatching(/^fault audio-missing ended, score null, after \d+ ms$/),
      "inactive: closed",
      "disconnected: null",
    ]);
    nowMs += 10_000;
    instance.tick();
    expect(told()).toEqual([]);
  });

  test("tells of a track that came or changed, and not of one that is the same", () => {
    const publisher = attached();
    publisher.setTrack({ ...videoTrack, configuration: { ...videoTrack.configuration, width: 320 } });
    expect(told()).toEqual(["connected"]);
    publisher.push(unit(1, 0));
    publisher.push(unit(2, 0));
    told();
    publisher.setTrack({ ...videoTrack, configuration: { ...videoTrack.configuration, width: 320 } });
    expect(told()).toEqual([]);
    publisher.setTrack(videoTrack);
    publisher.setTrack({ ...audioTrack, configuration: { ...audioTrack.configuration, channels: 1 } });
    expect(told()).toEqual(["format of 2 tracks", "format of 2 tracks"]);
  });

  test("tells of each timestamp that was put right", () => {
    const publisher = attached();
    for (const ms of [1000, 1000, 1040, 1020]) publisher.push(unit(1, ms));
    expect(told().filter((line) => line === "repaired")).toHaveLength(2);
  });
});

test("an encoder of which nothing can be carried is refused, and disconnected for that", () => {
  const publisher = attached();
  publisher.refused("The sound is MP3.");
  publisher.end("The sound is MP3.");
  expect(told()).toEqual(["connected", "refused: The sound is MP3.", "disconnected: The sound is MP3."]);
});

test("an instance that reports to nobody works as well", () => {
  const quiet = new Instance({
    name: "secondary",
    monotonicMs: () => nowMs,
    ingestTimeoutMs: INGEST_TIMEOUT_MS,
    targets: TARGETS,
    hasOther: true,
    listener: { publishActive: () => {}, publishInactive: () => {}, publishUnit: () => {} },
  });
  const publisher = quiet.attach({ cut: () => {} });
  publisher?.dropped("of no use");
  publisher?.unusable("video", "The picture is wrong.");
  publisher?.setTrack(videoTrack);
  publisher?.setTrack(audioTrack);
  for (const ms of [0, 0, 40]) publisher?.push(unit(1, ms));
  publisher?.push(unit(2, 0));
  publisher?.setTrack({ ...videoTrack, configuration: { ...videoTrack.configuration, width: 320 } });
  nowMs += 1000;
  quiet.tick();
  expect(quiet.attach({ cut: () => {} })).toBeNull();
  publisher?.end();
  expect(quiet.isConnected).toBe(false);
});
