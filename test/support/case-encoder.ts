// An encoder that sends a recording tag by tag as it stands, over and over, its clock going on.

import { join } from "node:path";
import { type ClipMessage, readFlvFile } from "#server/command/demo/flv-file.ts";
import { publishInRealTime } from "#server/command/demo/publisher.ts";
import { ROOT } from "./imports.ts";

/** Between two rounds, as long as a picture. */
const STEP_MS = 40;

export interface CaseEncoder extends AsyncDisposable {
  /** Ends it as a cable that is pulled, or an encoder that is killed, does: the connection is closed. */
  kill(): void;
  /** Rejects with the server's refusal; resolves when it was ended, or the server disconnected it. */
  readonly ended: Promise<void>;
}

/** The messages of a file in test/fixtures/cases. */
export async function caseMessages(name: string): Promise<ClipMessage[]> {
  return readFlvFile(await Bun.file(join(ROOT, "test/fixtures/cases", `${name}.flv`)).bytes());
}

/** `url`: the whole address, stream key included. */
export function caseEncoder(url: string, messages: Iterable<ClipMessage>): CaseEncoder {
  const { hostname: host, port, pathname } = new URL(url);
  const [, app = "", streamKey = ""] = pathname.split("/");
  const stop = new AbortController();
  const serverUrl = `rtmp://${host}:${port}/${app}`;
  const ended = publishInRealTime({
    ...{ host, port: Number(port), serverUrl, streamKey, messages },
    signal: stop.signal,
  });
  ended.catch(() => undefined); // Whoever waits for it is told.
  return {
    kill: () => stop.abort(),
    ended,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended.catch(() => undefined);
    },
  };
}

/** All of it again and again; what is at its end is sent each time. */
export function* repeated(messages: readonly ClipMessage[]): Generator<ClipMessage> {
  const lengthMs = Math.max(...messages.map(({ timestampMs }) => timestampMs)) + STEP_MS;
  for (let offsetMs = 0; ; offsetMs += lengthMs)
    for (const message of messages) yield { ...message, timestampMs: message.timestampMs + offsetMs };
}
