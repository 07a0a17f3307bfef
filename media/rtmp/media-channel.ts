// Which chunk stream each kind of message goes out on, the same in both directions: as FFmpeg numbers them.

import { MESSAGE_TYPE } from "./message.ts";

/** Commands and their results. */
export const COMMAND_CHUNK_STREAM_ID = 3;

/** All in the form of one byte (RTMP 1.0 §5.3.1.1). */
export const MEDIA_CHANNEL = {
  data: { chunkStreamId: 4, type: MESSAGE_TYPE.dataAmf0 },
  audio: { chunkStreamId: 4, type: MESSAGE_TYPE.audio },
  video: { chunkStreamId: 6, type: MESSAGE_TYPE.video },
} as const;
