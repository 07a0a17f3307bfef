// Messages of a NetStream (RTMP 1.0 §7.2.2): what became of a publish or a play.

import type { Amf0Value } from "#media/amf0/value.ts";
import { encodeCommand } from "./command.ts";

export type PublishRefusal =
  | "NetStream.Publish.Denied"
  | "NetStream.Publish.BadName"
  | "NetStream.Publish.Rejected";
export type PlayRefusal = "NetStream.Play.StreamNotFound" | "NetStream.Play.Failed";

export type StatusCode =
  | "NetStream.Publish.Start"
  | "NetStream.Unpublish.Success"
  | "NetStream.Pause.Notify"
  | "NetStream.Unpause.Notify"
  | "NetStream.Seek.Notify"
  | "NetStream.Play.Reset"
  | "NetStream.Play.Start"
  | "NetStream.Play.UnpublishNotify"
  | PublishRefusal
  | PlayRefusal;

/** `onStatus`; a refusal has the level `error`, without which FFmpeg goes on. */
export function onStatus(level: "status" | "error", code: StatusCode, description: string): Uint8Array {
  return encodeCommand("onStatus", 0, null, information(level, code, description));
}

/** Old FMLE and Wirecast wait for it after FCPublish. */
export function onFcPublish(streamName: Amf0Value): Uint8Array {
  const name = typeof streamName === "string" ? streamName : "";
  return encodeCommand("onFCPublish", 0, null, information("status", "NetStream.Publish.Start", name));
}

function information(level: string, code: StatusCode, description: string): Amf0Value {
  return new Map<string, Amf0Value>([
    ["level", level],
    ["code", code],
    ["description", description],
  ]);
}
