// `tandem healthcheck`: asks the server of this machine whether its process is up, for container engines and monitors.

import { messageOf } from "#server/common/failure.ts";
import { hostInUrl, localHost } from "#server/common/local-host.ts";
import type { Config } from "./config.ts";

/** Below the time that container engines give a check. */
const DEADLINE_MS = 3000;

/** Null when it is healthy, else what is wrong, in a line. */
export async function checkHealth(config: Config): Promise<string | null> {
  if (config.httpPort === 0) return "a health check needs a TANDEM_HTTP_PORT that is not 0";
  const host = hostInUrl(localHost(config.host));
  const url = `${config.tls === null ? "http" : "https"}://${host}:${config.httpPort}/healthz`;
  try {
    const response = await fetch(url, {
      signal: AbortSignal.timeout(DEADLINE_MS),
      // The certificate names the host that viewers use, not this address.
      tls: { rejectUnauthorized: false },
    });
    return response.ok ? null : `${url} answered with ${response.status}`;
  } catch (error) {
    return `${url} did not answer: ${messageOf(error)}`;
  }
}
