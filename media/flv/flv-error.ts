// A tag that cannot be used: malformed, or of a codec nobody here speaks. It is dropped; what follows it is not touched.

export class FlvError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "FlvError";
  }
}

/** Of a codec that cannot be carried on: no other tag of its kind will do either. */
export class UnsupportedCodecError extends FlvError {
  /** As people call it, for example `HEVC`. */
  readonly codec: string;

  constructor(kind: "audio" | "video", id: number | string, codec: string) {
    super(`${kind} codec ${id}, ${codec}`);
    this.name = "UnsupportedCodecError";
    this.codec = codec;
  }
}
