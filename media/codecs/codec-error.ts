// What an encoder said about its codec cannot be right, or is not supported.

export class CodecError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CodecError";
  }
}

/** Runs a parser whose readers throw errors of their own (past the end, out of range); they come out as {@link CodecError}. */
export function parsing<T>(what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof CodecError || !(error instanceof Error)) throw error;
    throw new CodecError(`${what}: ${error.message}`, { cause: error });
  }
}
