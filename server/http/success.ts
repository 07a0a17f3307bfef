// What a call that succeeded is answered with (JSend).

import type { Page } from "#server/store/page.ts";

export function success<Data>(data: Data) {
  return { status: "success" as const, data };
}

/** `asked` is where in the list the page is. */
export function successPage<Item>({ items, total }: Page<Item>, asked: { page: number; perpage: number }) {
  const { page, perpage } = asked;
  const pagination = { page, perpage, total, pageCount: Math.ceil(total / perpage) };
  return { ...success([...items]), pagination };
}
