// How much one RTMP connection may ask of the server; going past any of these is a protocol error.

export interface RtmpLimits {
  /** Longest audio, video or aggregate message. A key frame of 4K video at 100 Mbit/s stays below 8 MiB. */
  readonly maxMediaMessageBytes: number;
  /** Longest message of any other type. A connect command takes 500 bytes, metadata seldom 2000. */
  readonly maxCommandMessageBytes: number;
  /** Memory of all half-received messages together: two of the longest, as encoders interleave audio with video at most. */
  readonly maxPartialBytes: number;
  /** Chunk streams that hold state. Encoders use two to five. */
  readonly maxChunkStreams: number;
  /** A message with more than {@link largeMessageBytes} still to come has to come in chunks of at least this size ... */
  readonly minLargeMessageChunkSize: number;
  /** ... since each chunk costs a header: 16 MiB in chunks of one byte are 16 million headers. */
  readonly largeMessageBytes: number;
  /** Nesting of AMF0 values in a command or data message. A connect command has two levels. */
  readonly maxAmf0Depth: number;
  /** AMF0 values in a command or data message. The metadata of a recorded file with a key frame index has some hundreds. */
  readonly maxAmf0Values: number;
  /** createStream commands of one connection. Encoders make one. */
  readonly maxCreateStreams: number;
  /** Commands within any second. A publisher sends about six in all. */
  readonly maxCommandsPerSecond: number;
}

export const DEFAULT_LIMITS: RtmpLimits = {
  maxMediaMessageBytes: 16 * 1024 * 1024,
  maxCommandMessageBytes: 64 * 1024,
  maxPartialBytes: 32 * 1024 * 1024,
  maxChunkStreams: 64,
  minLargeMessageChunkSize: 32,
  largeMessageBytes: 64 * 1024,
  maxAmf0Depth: 32,
  maxAmf0Values: 4096,
  maxCreateStreams: 16,
  maxCommandsPerSecond: 100,
};
