// Reads the body of a request into memory, up to a limit of bytes and of time.

/** `cut_off`: the body ended before its end, or did not end in time. */
export type BytesRead = Uint8Array<ArrayBuffer> | "body_too_large" | "cut_off";

/** What is too large is not read to its end, whether it said so before or not. */
export async function readAtMost(maxBytes: number, request: Request, maxMs: number): Promise<BytesRead> {
  if (Number(request.headers.get("Content-Length")) > maxBytes) return "body_too_large";
  const reader = request.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const deadline = setTimeout(() => void reader.cancel().catch(() => undefined), maxMs); // Ends the reading below.
  const endsAtMs = performance.now() + maxMs;
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (performance.now() > endsAtMs) return "cut_off";
      if (done) return Buffer.concat(chunks);
      byteLength += value.byteLength;
      if (byteLength > maxBytes) return "body_too_large";
      chunks.push(value);
    }
  } catch {
    return "cut_off";
  } finally {
    clearTimeout(deadline);
    void reader.cancel().catch(() => undefined); // Does nothing when the body was read to its end.
  }
}
