// What the server wrote into the page.

/** Throws where it did not. */
export function find<E extends Element>(selector: string, type: { new (): E }): E {
  const element = document.querySelector(selector);
  if (element instanceof type) return element;
  throw new Error(`The page has no ${selector}.`);
}

/** What has not changed is left alone. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
