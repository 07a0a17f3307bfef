// When a UUIDv7 was made, as it says itself.

/** Milliseconds since 1970 (RFC 9562 §5.7); 0 of what is no UUIDv7. */
export function madeAtMs(id: string): number {
  const [, high = "", low = ""] = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-/i.exec(id) ?? [];
  return high === "" ? 0 : Number.parseInt(`${high}${low}`, 16);
}
