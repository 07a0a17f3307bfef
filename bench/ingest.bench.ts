// What a message of a publisher costs on the media thread without sockets and disk: received bytes of many publishers in turn, as
// they come in reality, through session, demuxer, instance, switcher and programme. `--publishers N`: 50.

import { parseArgs } from "node:util";
import { megabitClip } from "#bench/support/megabit-clip.ts";
import { PlaylistWindow } from "#media/hls/playlist-window.ts";
import { Segmenter } from "#media/hls/segmenter.ts";
import { ClientSession } from "#media/rtmp/client-session.ts";
import { ServerSession } from "#media/rtmp/server-session.ts";
import { repeatClip } from "#server/command/demo/clip.ts";
import { readFlvFile } from "#server/command/demo/flv-file.ts";
import { RtmpSource } from "#server/ingest/rtmp-source.ts";
import { Instance } from "#server/instances/instance.ts";
import { Programme } from "#server/programme/programme.ts";
import { RtmpFanOut } from "#server/programme/rtmp-fan-out.ts";
import { Unrecorded } from "#server/recording/unrecorded.ts";
import { Switcher } from "#server/switching/switcher.ts";
import { FakeClock } from "#test/support/fake-clock.ts";
import { TARGETS } from "#test/support/targets.ts";

/** As often as a socket of a busy server is read. */
const READ_MS = 20;

const WARM_UP_SECONDS = 20;
const MEASURED_SECONDS = 60;

const { values } = parseArgs({ options: { publishers: { type: "string", default: "50" } } });
const clip = readFlvFile(await Bun.file(await megabitClip()).bytes());
const clock = new FakeClock();
const publishers = Array.from({ length: Number(values.publishers) }, (_, index) => publisher(index * 7));

run(WARM_UP_SECONDS);
const before = process.cpuUsage();
const messages = run(MEASURED_SECONDS);
const { user, system } = process.cpuUsage(before);
const microseconds = user + system;
print(
  `CPU a message ${(microseconds / messages).toFixed(2)} µs, CPU s a publisher-minute ${(microseconds / 1e6 / publishers.length / (MEASURED_SECONDS / 60)).toFixed(4)}`,
);

/** Of media time; gives the messages that were received in it. */
function run(seconds: number): number {
  let count = 0;
  for (let ms = 0; ms < seconds * 1000; ms += READ_MS) {
    clock.pass(READ_MS);
    for (const { receive } of publishers) count += receive();
  }
  return count;
}

/** One that began so many milliseconds ago, with a livestream of its own. */
function publisher(sinceMs: number): { receive: () => number } {
  const { monotonicMs } = clock;
  let switcher: Switcher | null = null;
  const instance = new Instance({
    name: "primary",
    monotonicMs,
    ingestTimeoutMs: 5000,
    targets: TARGETS,
    listener: {
      publishActive: (publish) => switcher?.sourceActive(publish),
      publishInactive: () => {},
      publishUnit: (publish, timed) => switcher?.sourceUnit(publish, timed),
    },
  });
  switcher = new Switcher({ monotonicMs, isRevertive: false, onSwitch: () => {} });
  switcher.begin(programme(), null);
  const publisherOfInstance = instance.attach({ cut: () => {} });
  if (publisherOfInstance === null) throw new Error("a new instance is taken");
  const source = new RtmpSource(publisherOfInstance, monotonicMs);
  const session = new ServerSession({ randomBytes: new Uint8Array(1528) });
  const client = new ClientSession({
    randomBytes: new Uint8Array(1528),
    app: "live",
    tcUrl: "rtmp://a/live",
    streamName: "key",
  });
  const exchange = (): void => {
    for (let bytes = client.takeOutput(); bytes !== null; bytes = client.takeOutput()) {
      for (const event of session.push(bytes, monotonicMs())) {
        if (event.type === "publish-requested") session.acceptPublish(event.request);
      }
      const answer = session.takeOutput();
      if (answer !== null) for (const _event of client.push(answer));
    }
  };
  exchange();
  const startedAtMs = monotonicMs() - sinceMs;
  const pending = repeatClip(clip);
  let next = pending.next().value;
  const receive = (): number => {
    let count = 0;
    while (next !== undefined && next.timestampMs <= monotonicMs() - startedAtMs) {
      client.sendMedia(next);
      next = pending.next().value;
      count += 1;
    }
    const bytes = client.takeOutput();
    if (bytes === null) return count;
    for (const event of session.push(bytes, monotonicMs())) {
      if (event.type === "media") source.receive(event.message);
    }
    return count;
  };
  return { receive };
}

function programme(): Programme {
  return new Programme({
    segmenter: new Segmenter({ segmentTargetSeconds: 2, partTargetSeconds: 0.2 }),
    openWindow: () => new PlaylistWindow({ isEvent: false }),
    recorder: new Unrecorded(),
    fanOut: new RtmpFanOut(0),
    clock,
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
