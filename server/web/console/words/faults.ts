// What is wrong with what an encoder sends, and what the people beside it can do about it.

/** A sentence that says what is seen, and one that says what to do. */
export interface Remark {
  readonly what: string;
  readonly todo: string;
}

/** By the names that the API gives. */
const FAULTS: ReadonlyMap<string, Remark> = new Map(
  Object.entries({
    silent: {
      what: "Nothing has arrived for more than a second.",
      todo: "Check that the encoder still runs, and its network cable or line.",
    },
    "video-missing": {
      what: "Sound arrives, but no picture.",
      todo: "Check the camera, its cable and the capture card.",
    },
    "key-frame-overdue": {
      what: "No key frame has come for too long: nobody can join, and no fault heals.",
      todo: "Set the key frame interval of the encoder to 2 s.",
    },
    "no-join-point": {
      what: "The picture never begins anew, so whoever comes later sees nothing.",
      todo: "Turn intra refresh off in the encoder, and set a key frame interval of 2 s.",
    },
    "bitrate-collapsed": {
      what: "The encoder is starved: only a small part of its usual bitrate arrives.",
      todo: "Check its upload line; if it stays narrow, lower the encoder's bitrate.",
    },
    frozen: {
      what: "The picture stands still.",
      todo: "Check the camera, and the source that the encoder shows.",
    },
    "frame-rate-dropped": {
      what: "The encoder is starved: less than half of its pictures arrive.",
      todo: "Check its upload line and its processor load; lower its bitrate or picture size.",
    },
    "audio-missing": {
      what: "The picture arrives without its sound.",
      todo: "Check the microphone or mixer, and the encoder's audio source.",
    },
    "audio-silent": {
      what: "The sound is silence.",
      todo: "Check that nothing is muted, from the microphone to the encoder.",
    },
    "timestamps-broken": {
      what: "The encoder's clock jumps again and again.",
      todo: "Restart the encoder; if it goes on, take picture and sound from one device.",
    },
  }),
);

/** Names may be added to the API: one that is not known here is at least named. */
export function faultRemark(fault: string): Remark {
  return (
    FAULTS.get(fault) ?? {
      what: `The server found a fault that this page does not know: ${fault}.`,
      todo: "Reload the page; the API reference may say more.",
    }
  );
}
