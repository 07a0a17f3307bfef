// The API reference: Swagger UI on the document beside it, light or dark as the reader has it, and for every reader.

/** What Swagger UI hands to its plug-ins of React. */
interface React {
  createElement(tag: string, properties: null, ...children: string[]): unknown;
}

type SwaggerUi = (options: Record<string, unknown>) => {
  readonly oas3Actions: { setSelectedServer(url: string): void };
};

declare const SwaggerUIBundle: SwaggerUi;

const darkness = matchMedia("(prefers-color-scheme: dark)");
showDarkness();
darkness.addEventListener("change", showDarkness);

const ui = SwaggerUIBundle({
  url: "openapi.json", // Relative to the page.
  dom_id: "#swagger-ui",
  deepLinking: true,
  plugins: [plainPaths],
  // What is tried out goes where the page came from: nothing else is allowed to it, and the public address may be another.
  onComplete: () => ui.oas3Actions.setSelectedServer("."),
});
new MutationObserver(nameControls).observe(document.body, { childList: true, subtree: true });

/** A link inside the button that opens an operation would be a control inside a control (axe-core: nested-interactive). */
function plainPaths() {
  return {
    wrapComponents: {
      DeepLink:
        (_link: unknown, { React }: { React: React }) =>
        ({ text }: { text: string }) =>
          React.createElement("span", null, text),
    },
  };
}

/** Controls that Swagger UI gives no name, and code that scrolls but cannot be reached with the keyboard. */
function nameControls(): void {
  name("#servers", "Server");
  name(".body-param textarea", "Request body");
  name(".close-modal", "Close");
  name(".auth-btn-wrapper .authorize", null); // What is written on it names it.
  for (const row of document.querySelectorAll<HTMLElement>("tr[data-param-name]")) {
    for (const field of row.querySelectorAll("select, textarea"))
      field.setAttribute("aria-label", row.dataset.paramName ?? "");
  }
  for (const code of document.querySelectorAll<HTMLElement>("pre.microlight, pre.example")) code.tabIndex = 0;
}

function name(selector: string, label: string | null): void {
  for (const element of document.querySelectorAll(selector)) {
    if (label === null) element.removeAttribute("aria-label");
    else element.setAttribute("aria-label", label);
  }
}

/** Swagger UI's own word for it. */
function showDarkness(): void {
  document.documentElement.classList.toggle("dark-mode", darkness.matches);
}
