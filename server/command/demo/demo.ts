// `tandem demo`: a broadcast of the bundled clip, made the way any producer would make one, against the running server.

import { delay } from "#server/common/delay.ts";
import type { LivestreamView } from "#server/livestreams/livestream-view.ts";
import clipPath from "./clip.flv" with { type: "file" };
import { repeatClip } from "./clip.ts";
import { readFlvFile } from "./flv-file.ts";
import { publishInRealTime } from "./publisher.ts";

export interface DemoOptions {
  /** Where the API is reached from here, without a trailing slash. */
  readonly httpUrl: string;
  /** Where RTMP is reached from here. */
  readonly rtmp: { readonly host: string; readonly port: number };
  /** With scope `admin`. */
  readonly token: string;
  /** The page of a livestream, as a viewer would open it. */
  watchUrl(livestreamId: string): string;
  /** Takes a line for the person at the terminal. */
  write(line: string): void;
  /** Ends the broadcast's encoders; the livestream stays as it is. */
  readonly signal: AbortSignal;
}

const POLL_INTERVAL_MS = 200;

/** Resolves when the encoders were disconnected, by the stop of the livestream or by the signal. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const { signal, write } = options;
  const clip = readFlvFile(await Bun.file(clipPath).bytes());
  const { id } = await call(options, "POST", "livestreams", { name: "Tandem demo" });
  const { inputs } = await call(options, "POST", `livestreams/${id}/start`);
  const encoders = inputs.map(({ serverUrl, streamKey }) => {
    if (streamKey === null) throw new Error("The demo's token does not see stream keys.");
    return publishInRealTime({ ...options.rtmp, serverUrl, streamKey, messages: repeatClip(clip), signal });
  });
  const isPublished = publishWhenActive(options, id);
  await Promise.race([isPublished, Promise.all(encoders)]);
  if (await isPublished) write(`Watch it:  ${options.watchUrl(id)}`);
  await Promise.all(encoders);
  if (!signal.aborted) write("The broadcast has ended. The same page shows the recording.");
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
