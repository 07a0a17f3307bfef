// Boxes within boxes, in the order they come.

import { ByteReader } from "#media/bytes/byte-reader.ts";
import { BOX_HEADER_LENGTH } from "./box.ts";
import { Fmp4Error } from "./fmp4-error.ts";

export interface ReadBox {
  readonly type: string;
  readonly fields: ByteReader;
}

/** Every box directly within another one. Throws {@link Fmp4Error}, and `EndOfBytesError` where one reaches past the end. */
export function* readBoxes(reader: ByteReader): Generator<ReadBox> {
  while (reader.remaining > 0) {
    const length = reader.u32();
    const type = readType(reader);
    if (length < BOX_HEADER_LENGTH) throw new Fmp4Error(`a ${JSON.stringify(type)} box of ${length} bytes`);
    yield { type, fields: new ByteReader(reader.view(length - BOX_HEADER_LENGTH)) };
  }
}

export function readType(reader: ByteReader): string {
  return String.fromCharCode(reader.u8(), reader.u8(), reader.u8(), reader.u8());
}
