import { beforeEach, describe, expect, test } from "bun:test";
import { AUDIO_TRACK_ID } from "#media/flv/audio-demuxer.ts";
import type { DemuxedItem } from "#media/flv/demuxed-item.ts";
import { HoleFiller } from "#media/flv/hole-filler.ts";
import { RTMP_CLOCK } from "#media/flv/rtmp-clock.ts";
import { VIDEO_TRACK_ID } from "#media/flv/video-demuxer.ts";
import type { EncodedUnit } from "#media/track/track.ts";
import { videoTrack } from "#test/support/tracks.ts";

const FRAME_MS = 20;

function unitOf(trackId: number, sentDts: number, data: Uint8Array): EncodedUnit {
  return { trackId, clock: RTMP_CLOCK, sentDts, compositionTime: 0, isSync: true, data };
}

/** What was made, by kind and time. */
let made: string[];
let canMake: { still: boolean; silence: boolean; frameMs: number | null };
let filler: HoleFiller;

beforeEach(() => {
  made = [];
  canMake = { still: true, silence: true, frameMs: FRAME_MS };
  filler = new HoleFiller(
    {
      still: (timestampMs) => {
        made.push(`still ${timestampMs}`);
        return canMake.still ? unitOf(VIDEO_TRACK_ID, timestampMs, new Uint8Array(1)) : null;
      },
    },
    {
      silence: (timestampMs) => {
        made.push(`silence ${timestampMs}`);
        return canMake.silence ? unitOf(AUDIO_TRACK_ID, timestampMs, new Uint8Array(1)) : null;
      },
      get frameMs() {
        return canMake.frameMs;
      },
    },
  );
});

function described(items: readonly DemuxedItem[]): string[] {
  return items.map((item) => {
    if (item.type !== "unit") return item.type;
    const { trackId, sentDts, data } = item.unit;
    return `${trackId === VIDEO_TRACK_ID ? "video" : "audio"}${data.byteLength === 0 ? "" : " made"} ${sentDts}`;
  });
}

/** A unit that the encoder sent; says what goes on with it. */
function send(kind: "video" | "audio", sentMs: number): string[] {
  const before = filler.before(kind, sentMs);
  const trackId = kind === "video" ? VIDEO_TRACK_ID : AUDIO_TRACK_ID;
  return described([
    ...before,
    ...filler.fill([{ type: "unit", unit: unitOf(trackId, sentMs, new Uint8Array()) }]),
  ]);
}

function soundFrom(fromMs: number, toMs: number): void {
  for (let sentMs = fromMs; sentMs <= toMs; sentMs += FRAME_MS) send("audio", sentMs);
}

function pictures(sent: readonly string[]): string[] {
  return sent.filter((each) => each.startsWith("video"));
}

function times(kind: "still" | "silence"): number[] {
  return made.filter((each) => each.startsWith(kind)).map((each) => Number(each.split(" ")[1]));
}

describe("pictures stop while the sound goes on", () => {
  test("for less than a second, nothing is made", () => {
    send("video", 0);
    soundFrom(0, 980);
    expect(made).toEqual([]);
    expect(send("audio", 999)).toEqual(["audio 999"]);
  });

  test("for a second, the last picture is shown on, half a second behind the sound, and before it", () => {
    send("video", 0);
    soundFrom(0, 980);
    expect(send("audio", 1000)).toEqual(["video made 500", "audio 1000"]);
  });

  test("every half second from then on, when the sound is a whole second further", () => {
    send("video", 0);
    soundFrom(0, 1480);
    expect(times("still")).toEqual([500]);
    expect(send("audio", 1500)).toEqual(["video made 1000", "audio 1500"]);
    soundFrom(1520, 3000);
    expect(times("still")).toEqual([500, 1000, 1500, 2000, 2500]);
  });

  test("for as long as it lasts, also above ten seconds", () => {
    send("video", 0);
    soundFrom(0, 30_000);
    expect(times("still")).toEqual(Array.from({ length: 59 }, (_, index) => (index + 1) * 500));
  });

  test("up to the picture that comes then: all but the last millisecond is filled", () => {
    send("video", 0);
    soundFrom(0, 1000);
    expect(pictures(send("video", 2501))).toEqual([
      ...["video made 1000", "video made 1500", "video made 2000", "video made 2500", "video 2501"],
    ]);
    expect(pictures(send("video", 4001))).toEqual(["video made 3001", "video made 3501", "video 4001"]);
  });

  test("a picture that comes where it is shown on already ends the hole", () => {
    send("video", 0);
    soundFrom(0, 1500);
    expect(send("video", 1400)).toEqual(["video 1400"]);
    soundFrom(1520, 2380);
    expect(times("still")).toEqual([500, 1000]);
    soundFrom(2400, 2520);
    expect(times("still")).toEqual([500, 1000, 1900]);
  });

  test("nothing is made before there was a picture", () => {
    soundFrom(0, 5000);
    expect(made).toEqual([]);
  });

  test("where none can be made, the time of it passes all the same", () => {
    canMake.still = false;
    send("video", 0);
    soundFrom(0, 980);
    expect(send("audio", 1000)).toEqual(["audio 1000"]);
    soundFrom(1020, 1500);
    expect(times("still")).toEqual([500, 1000]);
  });
});

describe("the sound stops while pictures go on", () => {
  function picturesFrom(fromMs: number, toMs: number): void {
    for (let sentMs = fromMs; sentMs <= toMs; sentMs += 40) send("video", sentMs);
  }

  test("for a second, there is silence up to half a second before the picture", () => {
    send("audio", 0);
    picturesFrom(0, 960);
    expect(made).toEqual([]);
    send("video", 1000);
    expect(times("silence")).toEqual(Array.from({ length: 25 }, (_, index) => (index + 1) * 20));
  });

  test("frames have the time that is nearest to where they are heard", () => {
    canMake.frameMs = 1024 / 48;
    send("audio", 0);
    picturesFrom(0, 1000);
    expect(times("silence")).toEqual(
      Array.from({ length: 23 }, (_, index) => Math.round(((index + 1) * 1024) / 48)),
    );
  });

  test("up to the sound that comes then: the last frame begins a millisecond before it or more", () => {
    send("audio", 0);
    expect(send("audio", 1041).at(-2)).toBe("audio made 1040");
    expect(times("silence")).toHaveLength(52);
    expect(send("audio", 2081).at(-2)).toBe("audio made 2061");
  });

  test("nothing is made before there was sound, or where frames have no duration yet", () => {
    picturesFrom(0, 2000);
    canMake.frameMs = null;
    send("audio", 2000);
    picturesFrom(2040, 4000);
    send("audio", 4000);
    expect(made).toEqual([]);
  });

  test("where none can be made, nothing is", () => {
    canMake.silence = false;
    send("audio", 0);
    picturesFrom(0, 960);
    expect(send("video", 1000)).toEqual(["video 1000"]);
  });
});

describe("a hole in both", () => {
  test("is filled up to what comes next where it is longer than a second", () => {
    send("video", 0);
    expect(send("video", 1000)).toEqual(["video 1000"]);
    expect(send("video", 2001)).toEqual(["video made 1500", "video made 2000", "video 2001"]);
  });

  test("of up to ten seconds; a longer one is a pause", () => {
    send("video", 0);
    expect(send("video", 10_000)).toHaveLength(20);
    expect(send("video", 20_001)).toEqual(["video 20001"]);
  });

  test("counts from what was made, not from what was sent", () => {
    send("video", 0);
    soundFrom(0, 4000);
    expect(times("still").at(-1)).toBe(3500);
    expect(send("video", 4500)).toEqual(["video 4500"]);
    send("video", 4500);
    soundFrom(4020, 8500);
    expect(times("still").at(-1)).toBe(8000);
    expect(send("video", 9001).slice(0, 2)).toEqual(["video made 8500", "video made 9000"]);
  });

  test("of which ten seconds are not filled yet", () => {
    send("video", 0);
    soundFrom(0, 1000);
    expect(pictures(send("video", 10_500))).toHaveLength(20);
    send("video", 20_000);
    made = [];
    soundFrom(20_000, 21_000);
    expect(pictures(send("video", 30_501))).toEqual(["video 30501"]);
  });

  test("a step of the other track counts for a second at most", () => {
    send("video", 0);
    send("audio", 0);
    expect(pictures(send("audio", 9000))).toEqual(["video made 500"]);
    expect(pictures(send("audio", 18_999))).toEqual(["video made 1000", "video made 1500"]);
  });

  test("a clock that goes back makes none, and takes nothing back", () => {
    send("video", 5000);
    soundFrom(5000, 5980);
    expect(send("audio", 0)).toEqual(["audio 0"]);
    expect(send("video", 20)).toEqual(["video 20"]);
    expect(made).toEqual([]);
  });
});

describe("no hole is", () => {
  test("a track that is shifted against the other for good", () => {
    for (let sentMs = 0; sentMs < 8000; sentMs += 40) {
      send("video", sentMs + 3000);
      send("audio", sentMs);
      send("audio", sentMs + 20);
    }
    expect(made).toEqual([]);
  });

  test("a track that was late and catches up", () => {
    send("video", 0);
    send("audio", 0);
    for (let sentMs = 40; sentMs <= 960; sentMs += 40) send("video", sentMs);
    for (let sentMs = 20; sentMs <= 900; sentMs += 20) send("audio", sentMs);
    for (let sentMs = 1000; sentMs <= 1840; sentMs += 40) send("video", sentMs);
    expect(made).toEqual([]);
  });

  test("sound that was ahead before and goes on, as long as its time is not a second after the picture's", () => {
    send("audio", 0);
    send("video", 900);
    soundFrom(20, 1880);
    expect(made).toEqual([]);
    soundFrom(1900, 1900);
    expect(times("still")).toEqual([1400]);
  });
});

describe("what is no unit", () => {
  test("goes on where it stands, and changes nothing", () => {
    const items: DemuxedItem[] = [{ type: "track", track: videoTrack }];
    expect(filler.fill(items)).toBe(items);
    send("video", 0);
    soundFrom(0, 980);
    const unit = unitOf(AUDIO_TRACK_ID, 1000, new Uint8Array());
    expect(
      described(
        filler.fill([
          ...items,
          { type: "unit", unit },
          { type: "undecodable", kind: "audio", form: "no-configuration" },
        ]),
      ),
    ).toEqual([...["track", "video made 500", "audio 1000", "undecodable"]]);
  });
});

describe("nothing follows", () => {
  test("and the picture is shown on up to where the sound has come, to within a step", () => {
    send("video", 0);
    soundFrom(0, 900);
    expect(described(filler.end())).toEqual(["video made 500"]);
    expect(described(filler.end())).toEqual([]);
  });

  test("and the last picture comes where there is a millisecond of sound behind it", () => {
    send("video", 0);
    soundFrom(0, 480);
    send("audio", 501);
    expect(described(filler.end())).toEqual(["video made 500"]);
  });

  test("and there is none where the sound ends with it", () => {
    send("video", 0);
    soundFrom(0, 500);
    expect(described(filler.end())).toEqual([]);
  });

  test("and there is silence up to the last picture", () => {
    send("audio", 0);
    for (const sentMs of [0, 40, 81]) send("video", sentMs);
    expect(described(filler.end())).toEqual([
      "audio made 20",
      "audio made 40",
      "audio made 60",
      "audio made 80",
    ]);
  });

  test("and nothing is made of one track alone", () => {
    soundFrom(0, 3000);
    expect(filler.end()).toEqual([]);
  });

  test("and a track that is shifted against the other is filled no further than the other went on without it", () => {
    send("video", 0);
    soundFrom(5000, 5600);
    expect(described(filler.end())).toEqual(["video made 500"]);
  });
});

describe("what comes behind that which was made in its place", () => {
  /** The picture is shown on up to 9.5 s. */
  function tenSecondsAlone(): void {
    send("video", 0);
    soundFrom(0, 10_000);
  }

  test("is seen after that at once, where it is pictures: their clock did not jump, they are late", () => {
    tenSecondsAlone();
    expect(send("video", 40)).toEqual(["video 9501"]);
    expect(send("video", 5000)).toEqual(["video 9502"]);
    expect(send("video", 9502)).toEqual(["video 9503"]);
    expect(send("video", 9504)).toEqual(["video 9504"]);
  });

  test("is what is shown on from then, when the sound has gone on without it for a second", () => {
    tenSecondsAlone();
    send("video", 40);
    made = [];
    soundFrom(10_020, 10_980);
    expect(times("still")).toEqual([]);
    soundFrom(11_000, 11_600);
    expect(times("still")).toEqual([10_001, 10_501]);
  });

  test("is a clock that jumped where it is more than a second before the last one that was sent", () => {
    for (const [sentMs, seenMs] of [
      [1000, 11_501],
      [999, 999],
    ] as const) {
      filler = new HoleFiller(
        { still: (timestampMs) => unitOf(VIDEO_TRACK_ID, timestampMs, new Uint8Array(1)) },
        { silence: () => null, frameMs: FRAME_MS },
      );
      send("video", 2000);
      soundFrom(2000, 12_000);
      expect(send("video", sentMs)).toEqual([`video ${seenMs}`]);
    }
  });

  test("is left out where it is sound, and heard from where its silence ends", () => {
    send("audio", 0);
    for (let sentMs = 0; sentMs <= 3000; sentMs += 40) send("video", sentMs);
    expect(times("silence").at(-1)).toBe(2060);
    expect(send("audio", 2040)).toEqual([]);
    expect(send("audio", 2060)).toEqual([]);
    expect(send("audio", 2080)).toEqual(["audio 2080"]);
  });

  test("keeps its place among what is not late", () => {
    tenSecondsAlone();
    const items = [
      { type: "undecodable", kind: "video", form: "no-configuration" },
      { type: "unit", unit: unitOf(VIDEO_TRACK_ID, 5000, new Uint8Array()) },
      { type: "unit", unit: unitOf(VIDEO_TRACK_ID, 9600, new Uint8Array()) },
    ] as const;
    expect(described(filler.fill(items))).toEqual(["undecodable", "video 9501", "video 9600"]);
  });

  test("is nothing that only goes back, where nothing was made", () => {
    send("video", 1000);
    expect(send("video", 900)).toEqual(["video 900"]);
    expect(send("video", 950)).toEqual(["video 950"]);
  });
});

test("what was made counts: the next still comes when the sound is a whole second past it", () => {
  send("video", 0);
  soundFrom(0, 1000);
  expect(times("still")).toEqual([500]);
  soundFrom(1020, 1480);
  expect(times("still")).toEqual([500]);
  send("audio", 1500);
  expect(times("still")).toEqual([500, 1000]);
});

test("several units of one message each have before them what fills the other track", () => {
  const units = [0, 1000, 2000].map((sentMs) => unitOf(VIDEO_TRACK_ID, sentMs, new Uint8Array()));
  send("audio", 0);
  const items = units.map((unit) => ({ type: "unit", unit }) as const);
  const all = described(filler.fill(items));
  expect(all[0]).toBe("video 0");
  expect(all.filter((each) => !each.includes("made"))).toEqual(["video 0", "video 1000", "video 2000"]);
  expect(all.indexOf("audio made 20")).toBe(1);
  expect(all.at(-1)).toBe("video 2000");
  expect(all.filter((each) => each.includes("made"))).toHaveLength(75);
});

test("what is made where the clock starts over, after 31 bits, is of the clock that comes then", () => {
  const lastMs = 2 ** 31 - 500;
  send("video", lastMs);
  for (let sentMs = lastMs; sentMs <= lastMs + 1000; sentMs += FRAME_MS) send("audio", sentMs);
  expect(times("still")).toEqual([0]);
});

test("a clock that is past 31 bits goes on", () => {
  send("video", 2 ** 31);
  for (let sentMs = 2 ** 31; sentMs <= 2 ** 31 + 1000; sentMs += FRAME_MS) send("audio", sentMs);
  expect(times("still")).toEqual([2 ** 31 + 500]);
});
