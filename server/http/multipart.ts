// Finds the parts of a multipart/form-data body (RFC 7578, RFC 2046 §5.1.1) without copying them.

/** A body with more parts than this is no upload. */
const MAX_PARTS = 16;

/** Of the header lines of one part, bytes. */
const MAX_HEADER_LENGTH = 4096;

const DASHES = "--";
const LINE_END = "\r\n";

export interface FormPart {
  readonly name: string;
  /** A view of the body. */
  readonly content: Uint8Array;
}

/** The boundary that the Content-Type announces; null when it announces none. */
export function multipartBoundary(contentType: string): string | null {
  const [, quoted, plain] =
    /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  return quoted ?? plain ?? null;
}

/** Null when the body is not one of this boundary, is cut off, or has more parts than an upload may. */
export function parseMultipart(body: Uint8Array, boundary: string): readonly FormPart[] | null {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = Buffer.from(`${LINE_END}${DASHES}${boundary}`);
  const opening = delimiter.subarray(LINE_END.length);
  if (!bytes.subarray(0, opening.byteLength).equals(opening)) return null;
  const parts: FormPart[] = [];
  let offset = opening.byteLength;
  while (!begins(bytes, DASHES, offset)) {
    const end = bytes.indexOf(delimiter, offset);
    if (end === -1 || parts.length === MAX_PARTS || !begins(bytes, LINE_END, offset)) return null;
    const part = partOf(bytes.subarray(offset + LINE_END.length, end));
    if (part === null) return null;
    parts.push(part);
    offset = end + delimiter.byteLength;
  }
  return parts;
}

function partOf(bytes: Buffer): FormPart | null {
  const headerEnd = bytes.subarray(0, MAX_HEADER_LENGTH).indexOf(`${LINE_END}${LINE_END}`);
  if (headerEnd === -1) return null;
  const header = bytes.toString("utf8", 0, headerEnd);
  const [, quoted, plain] =
    /^content-disposition:\s*form-data\s*;(?:.*;)?\s*name=(?:"([^"]*)"|([^\s;"]+))/im.exec(header) ?? [];
  const name = quoted ?? plain;
  return name === undefined ? null : { name, content: bytes.subarray(headerEnd + 4) };
}

function begins(bytes: Buffer, text: string, offset: number): boolean {
  return bytes.toString("latin1", offset, offset + text.length) === text;
}
