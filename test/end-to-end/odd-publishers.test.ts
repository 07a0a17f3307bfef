// Publishers that burst, dribble, or come all at once cost those who send as they should nothing.

import { expect, test } from "bun:test";
import { repeatClip } from "#server/command/demo/clip.ts";
import { type ClipMessage, readFlvFile } from "#server/command/demo/flv-file.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { caseEncoder } from "#test/support/case-encoder.ts";
import { ROOT } from "#test/support/imports.ts";
import { publishInPieces } from "#test/support/odd-publisher.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";
import { until } from "#test/support/until.ts";

const clip = readFlvFile(await Bun.file(`${ROOT}/server/command/demo/clip.flv`).bytes());

/** More than are read as they come. */
const STEADY = 6;
const COMING = 500;

function firstSeconds(seconds: number): ClipMessage[] {
  const taken: ClipMessage[] = [];
  for (const message of repeatClip(clip)) {
    if (message.timestampMs >= seconds * 1000) break;
    taken.push(message);
  }
  return taken;
}

test("ten seconds at once, a byte at a time, five hundred who only connect: nobody else notices, and all is taken", async () => {
  await using server = await TandemServer.start();
  const api = new ApiClient(server.url, ADMIN_TOKEN);
  const start = async (name: string): Promise<{ id: string; url: string }> => {
    const { id } = await api.create({ name });
    const { inputs } = await api.start(id);
    return { id, url: inputs[0]?.url ?? "" };
  };
  const steady = await Promise.all(Array.from({ length: STEADY }, (_, index) => start(`Steady ${index}`)));
  const encoders = steady.map(({ url }) => caseEncoder(url, repeatClip(clip)));
  for (const { id } of steady) {
    await api.when(id, "an active ingest", ({ inputs }) => inputs.some(({ active }) => active));
    await api.publish(id);
  }
  const burst = await start("Burst");
  const dribble = await start("Dribble");
  using _burst = await publishInPieces(burst.url, firstSeconds(10), Number.POSITIVE_INFINITY);
  using _dribble = await publishInPieces(dribble.url, firstSeconds(1.5), 1);
  const sockets = await Promise.all(
    Array.from({ length: COMING }, () =>
      Bun.connect({ hostname: "127.0.0.1", port: server.rtmpPort, socket: { data: () => {} } }),
    ),
  );
  for (const { id } of [burst, dribble])
    await api.when(id, "its ingest", ({ inputs }) => inputs.some(({ active }) => active));
  await Bun.sleep(3000);
  for (const { id } of steady) {
    const { inputs, onAir } = await api.get(id);
    expect([onAir, inputs[0]?.health]).toEqual(["primary", { score: 100, faults: [] }]);
  }
  for (const socket of sockets) socket.terminate();
  for (const encoder of encoders) encoder.kill();
  await until("the encoders to be gone", async () =>
    (await api.get(steady[0]?.id ?? "")).inputs.every(({ active }) => !active),
  );
  expect(server.logs).not.toContain('"level":"error"');
}, 60_000);
