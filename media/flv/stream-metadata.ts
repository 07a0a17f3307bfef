// What an encoder says in `onMetaData` of the bitrates that it sends (FLV 10.1 §E.5): a hint, and often none.

import { Amf0Error } from "#media/amf0/amf0-error.ts";
import { decodeAmf0 } from "#media/amf0/decode.ts";
import { AMF0_MARKER, type Amf0Object, isAmf0Object } from "#media/amf0/value.ts";
import { ByteReader } from "#media/bytes/byte-reader.ts";
import { decodeUtf8 } from "#media/bytes/utf8.ts";
import { FlvError } from "./flv-error.ts";

/** Null where it says nothing of it. */
export interface StreamMetadata {
  readonly videoKbps: number | null;
  readonly audioKbps: number | null;
}

/** The order to keep what follows, which encoders put before it and servers take away. */
const KEEP_ORDER = "@setDataFrame";
const HANDLER = "onMetaData";

/**
 * Null for a data message of another handler, which is not looked into, and for one whose value has no properties.
 * Throws {@link FlvError} where it is not AMF0.
 */
export function readStreamMetadata(payload: Uint8Array): StreamMetadata | null {
  const first = firstString(payload);
  if (first !== KEEP_ORDER && first !== HANDLER) return null;
  const values = valuesOf(payload);
  const [handler, properties] = first === KEEP_ORDER ? values.slice(1) : values;
  if (handler !== HANDLER || !isAmf0Object(properties)) return null;
  return {
    videoKbps: kilobits(properties, "videodatarate"),
    audioKbps: kilobits(properties, "audiodatarate"),
  };
}

/** Null where the payload begins with no string that is whole. */
function firstString(payload: Uint8Array): string | null {
  const reader = new ByteReader(payload);
  if (reader.remaining < 3 || reader.u8() !== AMF0_MARKER.string) return null;
  const length = reader.u16();
  return length > reader.remaining ? null : decodeUtf8(reader.view(length));
}

function valuesOf(payload: Uint8Array) {
  try {
    return decodeAmf0(payload);
  } catch (error) {
    if (!(error instanceof Amf0Error)) throw error;
    throw new FlvError(`stream metadata: ${error.message}`, { cause: error });
  }
}

/** Encoders write 0 for what they do not know. */
function kilobits(properties: Amf0Object, name: string): number | null {
  const value = properties.get(name);
  return typeof value === "number" && value > 0 && Number.isFinite(value) ? value : null;
}
