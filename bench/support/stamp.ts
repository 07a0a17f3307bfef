// When a frame was written, put at the end of its payload so that a player that parses nothing finds it.

/** Bytes that a frame of zeros does not hold. */
const MARK = Uint8Array.from([..."tandem-bench-mark"].map((letter) => letter.charCodeAt(0)));

const STAMP_LENGTH = MARK.byteLength + 8;

/** The same in all processes of a machine. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Overwrites the last bytes of `frame`. */
export function stamp(frame: Uint8Array, atMs: number): void {
  const at = frame.byteLength - STAMP_LENGTH;
  frame.set(MARK, at);
  new DataView(frame.buffer, frame.byteOffset).setFloat64(at + MARK.byteLength, atMs);
}

/** The times of all stamps that are whole within `bytes`. */
export function* stampsIn(bytes: Uint8Array): Generator<number> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = buffer.indexOf(MARK); at !== -1; at = buffer.indexOf(MARK, at + STAMP_LENGTH)) {
    if (at + STAMP_LENGTH <= buffer.byteLength) yield buffer.readDoubleBE(at + MARK.byteLength);
  }
}
