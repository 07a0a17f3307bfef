// `tandem demo`: a broadcast of the bundled clip, made the way any producer would make one, against the running server.

import { delay } from "#server/common/delay.ts";
import type { LivestreamView } from "#server/livestreams/livestream-view.ts";
import clipPath from "./clip.flv" with { type: "file" };
import { DemoEncoder } from "./demo-encoder.ts";
import { readFlvFile } from "./flv-file.ts";
import { publishInRealTime } from "./publisher.ts";

export interface DemoOptions {
  /** Where the API is reached from here, without a trailing slash. */
  readonly httpUrl: string;
  /** Where RTMP is reached from here. */
  readonly rtmp: { readonly host: string; readonly port: number };
  /** With scope `admin`. */
  readonly token: string;
  /** The address of a page, as a person would open it: of its path without the leading slash. */
  pageUrl(path: string): string;
  /** Takes a line for the person at the terminal. */
  write(line: string): void;
  /** Ends the broadcast's encoders; the livestream stays as it is. */
  readonly signal: AbortSignal;
}

const POLL_INTERVAL_MS = 200;

/** So often a failover is to be seen. */
const CUT_INTERVAL_MS = 30_000;

/** What an encoder needs to start again, or a cable to be plugged in again. */
const AWAY_MS = 8000;

/** Resolves when the encoders were disconnected, by the stop of the livestream or by the signal. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { signal, token, pageUrl, write } = options;
  const clip = readFlvFile(await Bun.file(clipPath).bytes());
  const { id } = await call(options, "POST", "livestreams", { name: "Tandem demo" });
  const { inputs } = await call(options, "POST", `livestreams/${id}/start`);
  const startedAtMs = performance.now();
  const encoders = inputs.map(({ serverUrl, streamKey }) => {
    if (streamKey === null) throw new Error("The demo's token does not see stream keys.");
    return new DemoEncoder({
      clip,
      publish: (messages, cut) =>
        publishInRealTime({ ...options.rtmp, serverUrl, streamKey, messages, signal, cut }),
      isWanted: async () => (await call(options, "GET", `livestreams/${id}`)).status === "live",
      elapsedMs: () => performance.now() - startedAtMs,
      away: () => delay(AWAY_MS, signal),
      signal,
    });
  });
  const over = Promise.all(encoders.map((encoder) => encoder.run()));
  const isPublished = publishWhenActive(options, id);
  await Promise.race([isPublished, over]);
  if (await isPublished) {
    write(`Watch it:  ${pageUrl(`watch/${id}`)}`);
    write(`Direct it: ${pageUrl("console")} with the token ${token}`);
    write(`Every ${CUT_INTERVAL_MS / 1000} s one of its two encoders is cut: the other goes on.`);
    const ending = new AbortController();
    const cuts = cutInTurn(encoders, AbortSignal.any([signal, ending.signal]));
    await over;
    ending.abort();
    await cuts;
  }
  await over;
  if (!signal.aborted) write("The broadcast has ended. The same page shows the recording.");
}

/** The one on air is always the next: the other took over when it was cut the last time. */
async function cutInTurn(encoders: readonly DemoEncoder[], signal: AbortSignal): Promise<void> {
  for (let turn = 0; ; turn += 1) {
    await delay(CUT_INTERVAL_MS, signal);
    if (signal.aborted) return;
    encoders[turn % encoders.length]?.cut();
  }
}

/** False when the signal came first. */
async function publishWhenActive(options: DemoOptions, id: string): Promise<boolean> {
  while (!options.signal.aborted) {
    const { inputs } = await call(options, "GET", `livestreams/${id}`);
    if (inputs.length > 0 && inputs.every((input) => input.active)) {
      await call(options, "POST", `livestreams/${id}/publish`);
      return true;
    }
    await delay(POLL_INTERVAL_MS, options.signal);
  }
  return false;
}

async function call(
  { httpUrl, token }: DemoOptions,
  method: "GET" | "POST",
  path: string,
  body: object = {},
): Promise<LivestreamView> {
  const response = await fetch(`${httpUrl}/v2/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
    // It is this process that answers; its certificate names the host that viewers use.
    tls: { rejectUnauthorized: false },
  });
  if (!response.ok) throw new Error(`The demo's ${method} of ${path} was answered with ${response.status}.`);
  const { data } = (await response.json()) as { data: LivestreamView };
  return data;
}
