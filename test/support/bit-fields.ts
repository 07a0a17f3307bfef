// Test vectors as fields of binary digits, where a specification's fields do not end at bytes.

/** The fields one behind the other, each of its own width; the last byte is filled up with zeros. */
export function bitFields(...fields: readonly string[]): Uint8Array {
  const bytes = fields.join("").match(/.{1,8}/g) ?? [];
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte.padEnd(8, "0"), 2));
}
