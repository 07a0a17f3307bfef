// Bytes to AMF0 values, within limits: the bytes are a stranger's.

import { ByteReader, EndOfBytesError } from "#media/bytes/byte-reader.ts";
import { decodeUtf8 } from "#media/bytes/utf8.ts";
import { Amf0Error } from "./amf0-error.ts";
import { AMF0_MARKER, Amf0Date, type Amf0Object, type Amf0Value, EcmaArray } from "./value.ts";

export interface Amf0Limits {
  /** How deep objects and arrays may nest: reading one takes a stack frame, which the process has no end of. */
  readonly maxDepth: number;
  /** All values, inner ones too: two bytes of input can make a value of fifty bytes. */
  readonly maxValues: number;
}

const DEFAULT_LIMITS: Amf0Limits = { maxDepth: 32, maxValues: 4096 };

/** All values to the end of `bytes`, none of which they keep. Throws {@link Amf0Error}, also when the last one is not whole. */
export function decodeAmf0(bytes: Uint8Array, limits: Amf0Limits = DEFAULT_LIMITS): Amf0Value[] {
  const decoder = new Decoder(bytes, limits);
  const values: Amf0Value[] = [];
  try {
    while (!decoder.isAtEnd) values.push(decoder.value(0));
  } catch (error) {
    if (error instanceof EndOfBytesError) throw new Amf0Error(error.message, { cause: error });
    throw error;
  }
  return values;
}

class Decoder {
  readonly #reader: ByteReader;
  readonly #limits: Amf0Limits;
  #valueCount = 0;

  constructor(bytes: Uint8Array, limits: Amf0Limits) {
    this.#reader = new ByteReader(bytes);
    this.#limits = limits;
  }

  get isAtEnd(): boolean {
    return this.#reader.remaining === 0;
  }

  /** One value; `depth` is how many objects and arrays it lies in. */
  value(depth: number): Amf0Value {
    this.#count(depth);
    const marker = this.#reader.u8();
    switch (marker) {
      case AMF0_MARKER.number:
        return this.#reader.f64();
      case AMF0_MARKER.boolean:
        return this.#reader.u8() !== 0;
      case AMF0_MARKER.string:
        return this.#string();
      case AMF0_MARKER.object:
        return this.#properties(new Map(), depth);
      case AMF0_MARKER.null:
        return null;
      case AMF0_MARKER.undefined:
      case AMF0_MARKER.unsupported:
        return undefined;
      case AMF0_MARKER.reference:
        return this.#reference();
      case AMF0_MARKER.ecmaArray:
        return this.#ecmaArray(depth);
      case AMF0_MARKER.strictArray:
        return this.#strictArray(depth);
      case AMF0_MARKER.date:
        return this.#date();
      case AMF0_MARKER.longString:
      case AMF0_MARKER.xmlDocument:
        return this.#longString();
      case AMF0_MARKER.typedObject:
        return this.#typedObject(depth);
      case AMF0_MARKER.avmPlusObject:
        throw new Amf0Error("an AMF3 value (marker 0x11) among AMF0 values: AMF3 is not supported");
      default:
        throw new Amf0Error(`marker 0x${marker.toString(16).padStart(2, "0")} begins no AMF0 value`);
    }
  }

  #count(depth: number): void {
    const { maxDepth, maxValues } = this.#limits;
    if (depth > maxDepth) throw new Amf0Error(`values nest deeper than ${maxDepth}`);
    this.#valueCount++;
    if (this.#valueCount > maxValues) throw new Amf0Error(`more than ${maxValues} values`);
  }

  #string(): string {
    return decodeUtf8(this.#reader.view(this.#reader.u16()));
  }

  #longString(): string {
    return decodeUtf8(this.#reader.view(this.#reader.u32()));
  }

  /** Up to the object end, which is an empty name and a marker (§2.5). A name that comes again replaces its value. */
  #properties(object: Map<string, Amf0Value>, depth: number): Amf0Object {
    for (;;) {
      const name = this.#string();
      if (name === "" && this.#isObjectEnd()) return object;
      object.set(name, this.value(depth + 1));
    }
  }

  #isObjectEnd(): boolean {
    const { bytes, offset } = this.#reader;
    if (bytes[offset] !== AMF0_MARKER.objectEnd) return false;
    this.#reader.skip(1);
    return true;
  }

  /** The count before the properties is a hint that encoders get wrong: the object end counts. */
  #ecmaArray(depth: number): Amf0Object {
    this.#reader.skip(4); // associative-count
    return this.#properties(new EcmaArray(), depth);
  }

  #strictArray(depth: number): Amf0Value[] {
    const count = this.#reader.u32();
    if (count > this.#reader.remaining) {
      throw new Amf0Error(`an array of ${count} values in ${this.#reader.remaining} bytes`);
    }
    const values: Amf0Value[] = [];
    while (values.length < count) values.push(this.value(depth + 1));
    return values;
  }

  #date(): Amf0Date {
    const unixMs = this.#reader.f64();
    this.#reader.skip(2); // time-zone, reserved
    return new Amf0Date(unixMs);
  }

  /** The class is not kept: its properties are all there is to read. */
  #typedObject(depth: number): Amf0Object {
    this.#string(); // class-name
    return this.#properties(new Map(), depth);
  }

  /** To an earlier object. No encoder sends one, and following it could build a cycle. */
  #reference(): null {
    this.#reader.skip(2); // index
    return null;
  }
}
