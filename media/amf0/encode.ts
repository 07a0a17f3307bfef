// AMF0 values to bytes.

import { ByteWriter } from "#media/bytes/byte-writer.ts";
import { encodeUtf8 } from "#media/bytes/utf8.ts";
import { AMF0_MARKER, Amf0Date, type Amf0Object, type Amf0Value, EcmaArray, isAmf0Object } from "./value.ts";

/** The values one after the other, as commands and data messages have them. A map goes as an object or an ECMA array. */
export function encodeAmf0(values: readonly Amf0Value[]): Uint8Array {
  const writer = new ByteWriter();
  for (const value of values) writeValue(writer, value);
  return writer.take();
}

function writeValue(writer: ByteWriter, value: Amf0Value): void {
  if (value === undefined) writer.u8(AMF0_MARKER.undefined);
  else if (value === null) writer.u8(AMF0_MARKER.null);
  else if (typeof value === "number") writer.u8(AMF0_MARKER.number).f64(value);
  else if (typeof value === "boolean") writer.u8(AMF0_MARKER.boolean).u8(value ? 1 : 0);
  else if (typeof value === "string") writeString(writer, value);
  else if (value instanceof Amf0Date)
    writer.u8(AMF0_MARKER.date).f64(value.unixMs).u16(0); // time-zone, reserved
  else if (isAmf0Object(value)) writeObject(writer, value);
  else writeStrictArray(writer, value);
}

function writeString(writer: ByteWriter, text: string): void {
  const bytes = encodeUtf8(text);
  if (bytes.byteLength > 0xffff) writer.u8(AMF0_MARKER.longString).u32(bytes.byteLength);
  else writer.u8(AMF0_MARKER.string).u16(bytes.byteLength);
  writer.bytes(bytes);
}

function writeObject(writer: ByteWriter, object: Amf0Object): void {
  if (object instanceof EcmaArray) writer.u8(AMF0_MARKER.ecmaArray).u32(object.size);
  else writer.u8(AMF0_MARKER.object);
  for (const [name, value] of object) {
    writeName(writer, name);
    writeValue(writer, value);
  }
  writeName(writer, "");
  writer.u8(AMF0_MARKER.objectEnd);
}

/** A property's name has no long form. */
function writeName(writer: ByteWriter, name: string): void {
  const bytes = encodeUtf8(name);
  if (bytes.byteLength > 0xffff)
    throw new Error(`a property name has ${bytes.byteLength} bytes, AMF0 takes 65535`);
  writer.u16(bytes.byteLength).bytes(bytes);
}

function writeStrictArray(writer: ByteWriter, values: readonly Amf0Value[]): void {
  writer.u8(AMF0_MARKER.strictArray).u32(values.length);
  for (const value of values) writeValue(writer, value);
}
