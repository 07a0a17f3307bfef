// Why the process does not start: something its operator can put right, said in one line.

/** Ends the process with exit code 2; the message is the whole line. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StartError";
  }
}
