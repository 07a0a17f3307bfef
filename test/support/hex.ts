// Test vectors as hexadecimal text, a field a line, with comments.

/** The bytes of hexadecimal digits; white space and what follows `//` on a line is left out. */
export function hex(strings: TemplateStringsArray, ...values: readonly (string | number)[]): Uint8Array {
  const text = String.raw({ raw: strings.raw }, ...values);
  const digits = text.replaceAll(/\/\/.*/g, "").replaceAll(/\s/g, "");
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits))
    throw new Error(`not whole bytes in hex: ${digits}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

/** The hexadecimal digits of bytes. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}
