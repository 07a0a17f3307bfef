// The start page's moving parts: whether the server is ready, and what is live by now.

const REFRESH_MS = 10_000;

await showHealth();
setInterval(() => void refresh(), REFRESH_MS); // Each round stands for itself: what fails is shown, or tried again.

async function refresh(): Promise<void> {
  if (!document.hidden) await Promise.all([showHealth(), showLiveNow()]);
}

async function showHealth(): Promise<void> {
  const isReady = await fetch("readyz", { cache: "no-store" }).then(
    (response) => response.ok,
    () => false,
  );
  const health = document.querySelector<HTMLElement>("#health");
  if (health === null) return;
  const words = isReady ? "Up and ready" : "Not ready";
  health.dataset.state = isReady ? "ready" : "not-ready";
  if (health.textContent !== words) health.textContent = words;
}

/** The list is the server's own: the page is asked for again, and its part put into the place of the old one. */
async function showLiveNow(): Promise<void> {
  const html = await fetch("./", { cache: "no-store" }).then(
    (response) => (response.ok ? response.text() : ""),
    () => "",
  );
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("#live-now");
  const shown = document.querySelector("#live-now");
  if (fresh === null || shown === null || fresh.innerHTML === shown.innerHTML) return;
  const focused = document.activeElement?.getAttribute("href") ?? "";
  shown.replaceChildren(...fresh.childNodes);
  shown.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
}
