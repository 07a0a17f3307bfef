// Turns: whoever changes something together with others waits until it is theirs.

export interface Turns {
  /**
   * Runs the work once all that was asked for before on the same subject has settled, in whichever process; its failure is its
   * caller's alone. Work that waits for a later turn on its own subject waits for ever.
   */
  run<Result>(subject: string, work: () => Promise<Result>): Promise<Result>;

  /** Resolves once nothing that this process asked for is running or waiting. */
  settled(): Promise<void>;
}
