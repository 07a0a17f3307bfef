// Which page of the console is shown: written behind the `#` of its address, so that it works below any path of a proxy.

export type Route =
  | { readonly page: "livestreams" | "library" | "webhooks" | "tokens" | "unknown" }
  | { readonly page: "livestream" | "asset" | "webhook"; readonly id: string };

const LISTS = ["livestreams", "library", "webhooks", "tokens"] as const;

/** List → the page of one of its items. */
const ITEMS = { livestreams: "livestream", library: "asset", webhooks: "webhook" } as const;

/** `hash` with its `#`, or empty: the list of livestreams. */
export function parseRoute(hash: string): Route {
  const [list = "", id = "", ...rest] = hash.replace(/^#?\/?/, "").split("/");
  if (list === "") return { page: "livestreams" };
  if (rest.length > 0) return { page: "unknown" };
  if (id === "") return { page: LISTS.find((each) => each === list) ?? "unknown" };
  const page = isItemList(list) ? ITEMS[list] : null;
  const decoded = decode(id);
  return page === null || decoded === null ? { page: "unknown" } : { page, id: decoded };
}

export function hrefOf(list: (typeof LISTS)[number], id?: string): string {
  return id === undefined ? `#/${list}` : `#/${list}/${encodeURIComponent(id)}`;
}

function isItemList(list: string): list is keyof typeof ITEMS {
  return Object.hasOwn(ITEMS, list);
}

/** Null for what nobody can have encoded. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
