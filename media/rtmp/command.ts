// Commands (RTMP 1.0 §7.2): a name, a transaction, a command object and arguments, coded as AMF0.

import { Amf0Error } from "#media/amf0/amf0-error.ts";
import { decodeAmf0 } from "#media/amf0/decode.ts";
import { encodeAmf0 } from "#media/amf0/encode.ts";
import type { Amf0Value } from "#media/amf0/value.ts";
import type { RtmpLimits } from "./limits.ts";
import { MESSAGE_TYPE, type Message } from "./message.ts";
import { RtmpProtocolError } from "./protocol-error.ts";

export interface Command {
  readonly name: string;
  /** 0 asks for no answer. */
  readonly transactionId: number;
  readonly commandObject: Amf0Value;
  readonly args: readonly Amf0Value[];
  readonly messageStreamId: number;
}

/** Throws {@link RtmpProtocolError} when the message is no command. */
export function parseCommand(message: Message, limits: RtmpLimits): Command {
  const [name, transactionId, commandObject, ...args] = decodeValues(message, limits);
  if (typeof name !== "string")
    throw new RtmpProtocolError(`a command whose name is no string but ${typeof name}`);
  return {
    name,
    transactionId: typeof transactionId === "number" ? transactionId : 0,
    commandObject: commandObject ?? null,
    args,
    messageStreamId: message.messageStreamId,
  };
}

/** The payload of an AMF0 command message. */
export function encodeCommand(
  name: string,
  transactionId: number,
  commandObject: Amf0Value,
  ...args: readonly Amf0Value[]
): Uint8Array {
  return encodeAmf0([name, transactionId, commandObject, ...args]);
}

/** An AMF3 message begins with a byte that says which format follows; all encoders say AMF0 there (RTMP 1.0 §7.1.1). */
export function amf0PayloadOf(message: Message): Uint8Array {
  const isAmf3 = message.type === MESSAGE_TYPE.commandAmf3 || message.type === MESSAGE_TYPE.dataAmf3;
  return isAmf3 && message.payload[0] === 0 ? message.payload.subarray(1) : message.payload;
}

function decodeValues(message: Message, limits: RtmpLimits): readonly Amf0Value[] {
  try {
    return decodeAmf0(amf0PayloadOf(message), {
      maxDepth: limits.maxAmf0Depth,
      maxValues: limits.maxAmf0Values,
    });
  } catch (error) {
    if (!(error instanceof Amf0Error)) throw error;
    throw new RtmpProtocolError(`a command that cannot be read: ${error.message}`, { cause: error });
  }
}
