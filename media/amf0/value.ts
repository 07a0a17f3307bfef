// The values of AMF0 as TypeScript has them (AMF 0 specification, December 2007).

export type Amf0Value =
  | number
  | boolean
  | string
  | null
  | undefined
  | Amf0Date
  | Amf0Object
  | readonly Amf0Value[];

/** Properties in the order they came. A map, so that a peer may call one `__proto__`. An {@link EcmaArray} is one, too. */
export type Amf0Object = ReadonlyMap<string, Amf0Value>;

/** An object that goes on the wire as an ECMA array (§2.10): `onMetaData` is one. */
export class EcmaArray extends Map<string, Amf0Value> {}

/** §2.13. Its time zone is reserved and is neither read nor written. */
export class Amf0Date {
  /** Since 1970-01-01 UTC. */
  readonly unixMs: number;

  constructor(unixMs: number) {
    this.unixMs = unixMs;
  }
}

/** The byte before each value, which says what it is (§2.1). */
export const AMF0_MARKER = {
  number: 0x00,
  boolean: 0x01,
  string: 0x02,
  object: 0x03,
  null: 0x05,
  undefined: 0x06,
  reference: 0x07,
  ecmaArray: 0x08,
  objectEnd: 0x09,
  strictArray: 0x0a,
  date: 0x0b,
  longString: 0x0c,
  unsupported: 0x0d,
  xmlDocument: 0x0f,
  typedObject: 0x10,
  /** AMF3 follows. */
  avmPlusObject: 0x11,
} as const;

/** Whether a value has properties: an object or an ECMA array. */
export function isAmf0Object(value: Amf0Value): value is Amf0Object {
  return value instanceof Map;
}
