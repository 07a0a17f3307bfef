// A call that cannot be carried out now, or not wholly, for no fault of the caller's.

/** Answered with 503; the message is a sentence for the caller. */
export class UnavailableError extends Error {
  /** snake_case, and stable. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "UnavailableError";
    this.code = code;
  }
}
