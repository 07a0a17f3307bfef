// The start page's one moving part: says whether the server is ready.

const health = document.querySelector("#health");
if (health instanceof HTMLElement) await showHealth(health);

async function showHealth(element: HTMLElement): Promise<void> {
  const isReady = await fetch("readyz").then(
    (response) => response.ok,
    () => false,
  );
  element.dataset.state = isReady ? "ready" : "not-ready";
  element.textContent = isReady ? "This server is up and ready." : "This server is not ready.";
}
