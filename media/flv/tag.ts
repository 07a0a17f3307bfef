// What the head of a tag says, whether it was written the legacy or the extended way.

/** An H.264 packet: the configuration record, a frame, or the end of a sequence, which has no body. */
export interface VideoPacket {
  readonly type: "configuration" | "frame" | "end";
  readonly isKeyFrame: boolean;
  /** Signed; presentation minus decoding time. */
  readonly compositionTimeMs: number;
  /** A view of the tag. */
  readonly body: Uint8Array;
}

export const END_OF_SEQUENCE: VideoPacket = {
  type: "end",
  isKeyFrame: false,
  compositionTimeMs: 0,
  body: new Uint8Array(),
};

/** An AAC packet: the AudioSpecificConfig or a raw frame. */
export interface AudioPacket {
  readonly type: "configuration" | "frame";
  /** A view of the tag. */
  readonly body: Uint8Array;
}

/** Video FLV Specification 10.1 §E.4.3.1: FrameType, and the same values of the extended header. */
export const FRAME_TYPE = { key: 1, generatedKey: 4, command: 5 } as const;

export function isKeyFrameType(frameType: number): boolean {
  return frameType === FRAME_TYPE.key || frameType === FRAME_TYPE.generatedKey;
}
