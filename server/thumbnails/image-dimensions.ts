// Width and height out of the headers of JPEG, PNG, WebP and AVIF files; null where a header is cut off or says none.

/** Pixels, as they lie in the file: before it is turned upright. */
export interface Dimensions {
  readonly width: number;
  readonly height: number;
}

/** The frame header, SOFn (ITU-T T.81 §B.2.2), found by walking the marker segments before it. */
export function jpegDimensions(bytes: Uint8Array): Dimensions | null {
  return reading(bytes, (view) => {
    let offset = 2; // SOI
    for (;;) {
      if (view.getUint8(offset) !== 0xff) return null;
      const marker = view.getUint8(offset + 1);
      if (marker === 0xff)
        offset += 1; // a fill byte
      else if (isFrameHeader(marker)) {
        return { height: view.getUint16(offset + 5), width: view.getUint16(offset + 7) };
      } else offset += 2 + Math.max(2, view.getUint16(offset + 2));
    }
  });
}

/** The IHDR chunk, which is always the first (PNG §11.2.1). */
export function pngDimensions(bytes: Uint8Array): Dimensions | null {
  return reading(bytes, (view) => {
    if (fourCc(view, 12) !== "IHDR") return null;
    return { width: view.getUint32(16), height: view.getUint32(20) };
  });
}

/** Of the first chunk, whichever of the three kinds it is (RFC 9649 §2.5 to §2.7). */
export function webpDimensions(bytes: Uint8Array): Dimensions | null {
  return reading(bytes, (view) => {
    switch (fourCc(view, 12)) {
      case "VP8 ": // a key frame (RFC 6386 §9.1): 14 bits each after the start code
        return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
      case "VP8L": {
        const bits = view.getUint32(21, true);
        return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
      }
      case "VP8X": // the canvas
        return { width: uint24(view, 24) + 1, height: uint24(view, 27) + 1 };
      default:
        return null;
    }
  });
}

/** The largest of the image spatial extents, `ispe`, in meta/iprp/ipco (ISO/IEC 23008-12 §6.5.3): tiles are smaller. */
export function avifDimensions(bytes: Uint8Array): Dimensions | null {
  return reading(bytes, (view) => {
    let largest: Dimensions | null = null;
    for (const meta of boxes(view, "meta", 0, view.byteLength)) {
      for (const iprp of boxes(view, "iprp", meta.start + 4, meta.end)) {
        for (const ipco of boxes(view, "ipco", iprp.start, iprp.end)) {
          for (const { start } of boxes(view, "ispe", ipco.start, ipco.end)) {
            const found = { width: view.getUint32(start + 4), height: view.getUint32(start + 8) };
            if (largest === null || areaOf(found) > areaOf(largest)) largest = found;
          }
        }
      }
    }
    return largest;
  });
}

export function areaOf({ width, height }: Dimensions): number {
  return width * height;
}

/** SOF0 to SOF15, without the four of these markers that are something else (DHT, JPG, DAC and RSTs lie apart). */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** The content of each box of the type between two offsets, headers not included (ISO/IEC 14496-12 §4.2). */
function* boxes(
  view: DataView,
  type: string,
  start: number,
  end: number,
): Generator<{ start: number; end: number }> {
  let offset = start;
  while (offset + 8 <= end) {
    const size = view.getUint32(offset);
    const boxEnd = size === 0 ? end : offset + size; // 0: to the end
    if (size !== 0 && size < 8) return; // 1, a size of 64 bits, is for files that are too large for us
    if (fourCc(view, offset + 4) === type) yield { start: offset + 8, end: Math.min(boxEnd, end) };
    offset = boxEnd;
  }
}

/** What reads past the end has found nothing. */
function reading(bytes: Uint8Array, read: (view: DataView) => Dimensions | null): Dimensions | null {
  try {
    return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function fourCc(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((index) => view.getUint8(offset + index)));
}

function uint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) | (view.getUint8(offset + 2) << 16);
}
