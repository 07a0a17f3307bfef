// Answers of the NetConnection (RTMP 1.0 §7.2.1): to connect, createStream and the calls around them.

import { type Amf0Value, isAmf0Object } from "#media/amf0/value.ts";
import { type Command, encodeCommand } from "./command.ts";

/** As a server that all clients know would say it. */
const SERVER_VERSION = "FMS/3,0,1,123";
const SERVER_CAPABILITIES = 31;

/** The application a connect command names; empty when it names none. */
export function appOf(connect: Command): string {
  const app = memberOf(connect.commandObject, "app");
  return typeof app === "string" ? app : "";
}

/** `_result` to connect. */
export function connectSucceeded(connect: Command): Uint8Array {
  const objectEncoding = memberOf(connect.commandObject, "objectEncoding");
  return encodeCommand(
    "_result",
    connect.transactionId,
    new Map<string, Amf0Value>([
      ["fmsVer", SERVER_VERSION],
      ["capabilities", SERVER_CAPABILITIES],
    ]),
    new Map<string, Amf0Value>([
      ["level", "status"],
      ["code", "NetConnection.Connect.Success"],
      ["description", "Connection succeeded."],
      ["objectEncoding", typeof objectEncoding === "number" ? objectEncoding : 0],
    ]),
  );
}

/** `_result` with one value. */
export function result(transactionId: number, value: Amf0Value): Uint8Array {
  return encodeCommand("_result", transactionId, null, value);
}

function memberOf(object: Amf0Value, name: string): Amf0Value {
  return isAmf0Object(object) ? object.get(name) : undefined;
}
