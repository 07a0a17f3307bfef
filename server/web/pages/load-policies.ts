// How long hls.js goes on asking for what it plays: a server that is started again is away for some seconds, and whoever waits
// for it on the playlist that they have sees one stall instead of a beginning.

import type { HlsConfig, LoadPolicy, RetryConfig } from "hls.js";

/** About ten seconds; then the page asks again what there is to play. */
const TRIES = 20;
const DELAY_MS = 500;

/** An answer of nobody. */
const NO_STATUS = 0;

const PATIENCE: RetryConfig = {
  maxNumRetry: TRIES,
  retryDelayMs: DELAY_MS,
  maxRetryDelayMs: DELAY_MS,
  // On its own hls.js gives up on what nobody answers, unless the browser knows that it is offline.
  shouldRetry: (_config, count, _isTimeout, response, isUsual) =>
    isUsual || (response?.code === NO_STATUS && count < TRIES),
};

/** Of media playlists and what they list; a multivariant playlist is asked for anew by the page. */
export function patientPolicies(
  usual: Pick<HlsConfig, "playlistLoadPolicy" | "fragLoadPolicy">,
): Pick<HlsConfig, "playlistLoadPolicy" | "fragLoadPolicy"> {
  return {
    playlistLoadPolicy: patient(usual.playlistLoadPolicy),
    fragLoadPolicy: patient(usual.fragLoadPolicy),
  };
}

function patient(policy: LoadPolicy): LoadPolicy {
  return { default: { ...policy.default, errorRetry: PATIENCE } };
}
