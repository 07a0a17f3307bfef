// Whether who asks has what would be sent.

/** If-None-Match (RFC 9110 §13.1.2): weak tags match, too. */
export function hasAlready(ifNoneMatch: string | null | undefined, entityTag: string): boolean {
  const tags = ifNoneMatch?.split(",").map((tag) => tag.trim()) ?? [];
  return tags.some((tag) => tag === "*" || tag.replace(/^W\//, "") === entityTag);
}
