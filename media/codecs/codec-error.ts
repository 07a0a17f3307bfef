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
    throw codecErrorOf(what, error);
  }
}

/** What a reader threw, as the folder's own error; anything that is none of ours stays what it is. */
export function codecErrorOf(what: string, error: unknown): unknown {
  if (error instanceof CodecError || !(error instanceof Error)) return error;
  return new CodecError(`${what}: ${error.message}`, { cause: error });
}
