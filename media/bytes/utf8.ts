// UTF-8 to strings and back, by the platform: ill-formed bytes become U+FFFD, as the Encoding Standard has it.

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const encoder = new TextEncoder();

/** Never throws: each ill-formed sequence, up to where it stops making sense, is one U+FFFD. A byte order mark is kept. */
export function decodeUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** A surrogate without its other half becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return encoder.encode(text);
}
