// What a reader of this folder throws, and the only thing it throws.

/** The bytes are not AMF0 values, or more of them than the limits allow. */
export class Amf0Error extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Amf0Error";
  }
}
