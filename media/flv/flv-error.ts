// A tag that cannot be used: malformed, or of a codec nobody here speaks. It is dropped; what follows it is not touched.

export class FlvError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "FlvError";
  }
}
