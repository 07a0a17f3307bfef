// hls.js, loaded when the first player is shown.

import type Hls from "hls.js";

let loading: Promise<typeof Hls> | null = null;

/** Rejects when it cannot be loaded; the next call tries again. */
export function loadHls(): Promise<typeof Hls> {
  loading ??= load().catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

/** The page says what the file is called. */
async function load(): Promise<typeof Hls> {
  const address = document.querySelector<HTMLElement>("#console")?.dataset.hls ?? "";
  const module: { readonly HlsPlayer: typeof Hls } = await import(new URL(address, location.href).href);
  return module.HlsPlayer;
}
