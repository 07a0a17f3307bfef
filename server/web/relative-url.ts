// Pictures are loaded from wherever the page was loaded: the address that the operator made public may be another one.

/** `thumbnails/{livestream id}/{content hash}`, of such an address. */
export function relativeToRoot(thumbnailUrl: string): string {
  return thumbnailUrl.split("/").slice(-3).join("/");
}
