import { heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import { renderMediaPlaylist } from "#media/hls/media-playlist.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import type { Cut } from "#media/hls/segment.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { EventText } from "#server/programme/event-text.ts";
import { Programme, type ProgrammeRecorder } from "#server/programme/programme.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { HeldBytes } from "#server/recording/held-bytes.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { pushSegment, segment } from "#test/support/listed-segments.ts";
import { videoUnits } from "#test/support/programme-units.ts";
import { videoTrack } from "#test/support/tracks.ts";

test("there is none before the first segment; after it, it is what a playlist rendered whole would be", async () => {
  const [window, whole] = [new PlaylistWindow({ isEvent: true }), new PlaylistWindow({ isEvent: true })];
  const text = new EventText(window);
  expect([text.gzipped(), await (await text.plain()).text()]).toEqual([null, ""]);
  for (let msn = 0; msn < 1000; msn += 1) {
    for (const each of [window, whole]) pushSegment(each, segment(msn, { discontinuity: msn % 300 === 299 }));
    window.settle(() => "recorded");
    text.takeSettled();
    if (msn % 50 !== 0) continue;
    const expected = renderMediaPlaylist(whole) ?? "";
    expect(gunzipSync((await text.gzipped()?.bytes()) ?? "").toString()).toBe(expected);
    expect(await (await text.plain()).text()).toBe(expected);
  }
});

/** A disk that takes everything at once. */
class QuickRecorder implements ProgrammeRecorder {
  readonly held = new HeldBytes("media.mp4");
  #length = 0;

  write(cut: Cut): void {
    this.held.push(cut, this.#length);
    if (cut.type === "part") this.#length += cut.part.bytes.byteLength;
    if (cut.type === "initialization") this.#length += cut.initialization.bytes.byteLength;
    this.held.written(this.#length);
  }

  async end(): Promise<void> {}
}

test("a day of it takes less than 24 bytes of memory for each of its segments", () => {
  const clock = new FakeClock();
  const recorder = new QuickRecorder();
  const programme = new Programme({
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 }),
    openWindow: () => new PlaylistWindow({ isEvent: true }),
    recorder,
    fanOut: new RtmpFanOut(0),
    clock,
  });
  programme.setTracks([videoTrack], false);
  const heldAfter = (fromSeconds: number, seconds: number): number => {
    for (const unit of videoUnits({ fromSeconds, seconds, framesPerSecond: 0.5, gopFrames: 1 })) {
      clock.pass(2000);
      programme.push(unit);
    }
    Bun.gc(true);
    return heapStats().heapSize;
  };
  const tenMinutes = heldAfter(0, 600);
  const day = heldAfter(600, 85_800);
  expect(recorder.held.placeOf("v0-360", 0)).toBe("recorded");
  expect(recorder.held.placeOf("v0-360", 43_198)).toBe("recorded");
  expect(programme.leadWindow?.segments).toHaveLength(6);
  expect(day - tenMinutes).toBeLessThan(43_200 * 24);
}, 60_000);
