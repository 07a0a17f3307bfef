// What a reader of this folder throws, and the only thing it throws.

/** The bytes are not a fragment as ISO/IEC 14496-12 describes it. */
export class Fmp4Error extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Fmp4Error";
  }
}
