// What real encoders send, tag by tag: recordings of encoders that lie, or send what a container does not ask for.

import { expect, test } from "bun:test";
import { join } from "node:path";
import { TagDemuxer } from "#media/flv/tag-demuxer.ts";
import { Timeline } from "#media/track/timeline.ts";
import type { AccessUnit, Track, VideoTrack } from "#media/track/track.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { ROOT } from "#test/support/imports.ts";

interface Demuxed {
  readonly pictures: readonly AccessUnit[];
  readonly sounds: readonly AccessUnit[];
  /** In the order they came. */
  readonly videoTracks: readonly VideoTrack[];
  /** The track that each picture was of. */
  readonly trackOf: ReadonlyMap<AccessUnit, Track>;
  readonly repairs: number;
}

async function demux(name: string): Promise<Demuxed> {
  const demuxer = new TagDemuxer();
  const timeline = new Timeline();
  const tracks = new Map<number, Track>();
  const videoTracks: VideoTrack[] = [];
  const trackOf = new Map<AccessUnit, Track>();
  const messages = readFlvFile(await Bun.file(join(ROOT, "test/fixtures/cases", `${name}.flv`)).bytes());
  for (const item of [...messages.flatMap((message) => [...demuxer.push(message)]), ...demuxer.flush()]) {
    if (item.type === "undecodable" && item.form === "no-frame") continue; // A leading picture that was left out.
    if (item.type === "undecodable") throw new Error(`${item.kind} cannot be decoded`);
    if (item.type === "unit") {
      const { unit } = timeline.place(item.unit);
      const track = tracks.get(unit.trackId);
      if (track !== undefined) trackOf.set(unit, track);
      continue;
    }
    timeline.addTrack(item.track);
    tracks.set(item.track.id, item.track);
    if (item.track.kind === "video") videoTracks.push(item.track);
  }
  const of = (kind: Track["kind"]) =>
    [...trackOf].filter(([, track]) => track.kind === kind).map(([unit]) => unit);
  return { pictures: of("video"), sounds: of("audio"), videoTracks, trackOf, repairs: timeline.repairs };
}

function stepsMs(units: readonly AccessUnit[], timescale: number): number[] {
  return units.slice(1).map(({ dts }, index) => ((dts - (units[index]?.dts ?? 0)) * 1000) / timescale);
}

function syncMs(pictures: readonly AccessUnit[]): number[] {
  return pictures.filter(({ isSync }) => isSync).map(({ dts }) => Math.round(dts / 90));
}

test("four slices, each a message of its own, are one picture: 25 a second, a key frame every two seconds", async () => {
  const { pictures, repairs } = await demux("one-slice-a-message");
  expect(pictures).toHaveLength(200);
  expect(new Set(stepsMs(pictures, 90_000))).toEqual(new Set([40]));
  expect(syncMs(pictures)).toEqual([21, 2021, 4021, 6021]);
  expect(repairs).toBe(0);
});

test("start codes where lengths belong are taken", async () => {
  const { pictures, videoTracks } = await demux("start-codes");
  expect(pictures).toHaveLength(200);
  expect(syncMs(pictures)).toEqual([21, 2021, 4021, 6021]);
  expect(videoTracks).toHaveLength(1);
});

test("parameter sets before key frames are a configuration, where no sequence header comes", async () => {
  const { pictures, videoTracks } = await demux("no-video-header");
  expect(pictures).toHaveLength(200);
  expect(videoTracks.map(({ configuration: { width, height } }) => [width, height])).toEqual([[320, 180]]);
});

test("a size that changes between pictures alone is a new configuration, told before its first picture", async () => {
  const { pictures, videoTracks, trackOf } = await demux("size-changes-in-band");
  expect(videoTracks.map(({ configuration: { width, height } }) => [width, height])).toEqual([
    [320, 180],
    [640, 360],
  ]);
  const first = pictures.find((picture) => trackOf.get(picture) === videoTracks[1]);
  expect(Math.round((first?.dts ?? 0) / 90)).toBe(6021);
  expect(first?.isSync).toBe(true);
  expect(pictures).toHaveLength(300);
});

test("of open groups of pictures, one every three seconds or more becomes one to begin with, without its leading picture", async () => {
  const { pictures } = await demux("open-gop");
  expect(syncMs(pictures)).toEqual([0, 3960]);
  expect(pictures).toHaveLength(199);
  const open = pictures.filter(({ hints }) => hints?.isOpenGop === true);
  expect(open.map(({ dts }) => Math.round(dts / 90))).toEqual([1960, 3960, 5960]);
});

test("a rolling refresh has one picture to begin with, and recovery points after it", async () => {
  const { pictures } = await demux("intra-refresh");
  expect(syncMs(pictures)).toEqual([21]);
  const recovery = pictures.filter(({ hints }) => hints?.isRecoveryPoint === true);
  expect(recovery.map(({ dts }) => Math.round(dts / 90))).toEqual([2021, 4021, 6021]);
});

test("slides every five seconds are shown on in between: no hole of a second, neither in picture nor in sound", async () => {
  const { pictures, sounds, repairs } = await demux("slide-every-5-s");
  expect(Math.max(...stepsMs(pictures, 90_000))).toBeLessThanOrEqual(1000);
  expect(Math.max(...stepsMs(sounds, 48_000))).toBeLessThan(30);
  const sent = pictures.filter(({ hints }) => hints?.isFiller !== true);
  expect(sent.map(({ dts }) => Math.round(dts / 90))).toEqual([21, 5021, 10_021, 15_021]);
  const [pictureEnd = 0, soundEnd = 0] = [pictures.at(-1)?.dts, sounds.at(-1)?.dts];
  expect(soundEnd / 48_000 - pictureEnd / 90_000).toBeLessThan(1.1);
  expect(repairs).toBe(0);
});
