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

const READS_PER_SECOND = 1000 / READ_MS;

const WARM_UP_SECONDS = 20;
const MEASURED_SECONDS = 60;

const { values } = parseArgs({ options: { publishers: { type: "string", default: "50" } } });
const clip = readFlvFile(await Bun.file(await megabitClip()).bytes());
const clock = new FakeClock();
const publishers = Array.from({ length: Number(values.publishers) }, (_, index) => publisher(index * 7));

run(WARM_UP_SECONDS);
const { messages, microseconds } = run(MEASURED_SECONDS);
print(
  `CPU a message ${(microseconds / messages).toFixed(2)} µs, CPU s a publisher-minute ${(microseconds / 1e6 / publishers.length / (MEASURED_SECONDS / 60)).toFixed(4)}`,
);

/** Of media time, a second of it after another: what the publishers send in it is made before, and is not measured. */
function run(seconds: number): { messages: number; microseconds: number } {
  let messages = 0;
  let microseconds = 0;
  for (let second = 0; second < seconds; second += 1) {
    const sent = publishers.map(({ send }) => send());
    const before = process.cpuUsage();
    for (let read = 0; read < READS_PER_SECOND; read += 1) {
      clock.pass(READ_MS);
      for (const [index, { receive }] of publishers.entries()) receive(sent[index]?.reads[read] ?? null);
    }
    const { user, system } = process.cpuUsage(before);
    microseconds += user + system;
    for (const { count } of sent) messages += count;
  }
  return { messages, microseconds };
}

/** What a publisher sends in a second. */
interface Sent {
  readonly count: number;
  /** What each read finds. */
  readonly reads: readonly (Uint8Array | null)[];
}

/** One that began so many milliseconds ago, with a livestream of its own. */
function publisher(sinceMs: number): { send: () => Sent; receive: (bytes: Uint8Array | null) => void } {
  const { monotonicMs } = clock;
  let switcher: Switcher | null = null;
  const instance = new Instance({
    name: "primary",
    monotonicMs,
    ingestTimeoutMs: 5000,
    targets: TARGETS,
    hasOther: false,
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
  let sentUntilMs = sinceMs;
  const pending = repeatClip(clip);
  let next = pending.next().value;
  const send = (): Sent => {
    let count = 0;
    const reads = Array.from({ length: READS_PER_SECOND }, () => {
      sentUntilMs += READ_MS;
      while (next !== undefined && next.timestampMs <= sentUntilMs) {
        client.sendMedia(next);
        next = pending.next().value;
        count += 1;
      }
      return client.takeOutput();
    });
    return { count, reads };
  };
  const receive = (bytes: Uint8Array | null): void => {
    if (bytes === null) return;
    for (const event of session.push(bytes, monotonicMs())) {
      if (event.type === "media") source.receive(event.message);
    }
  };
  return { send, receive };
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
