// A program outside of ours, run for a bounded time: encoders, players, judges.

/** Whether every one of them is installed; a test that needs one that is not skips itself. */
export function areInstalled(...names: readonly string[]): boolean {
  return names.every((name) => Bun.which(name) !== null);
}

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Program implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly result: Promise<ProgramResult>;

  /** Killed after `seconds`, whatever it does. */
  constructor(command: readonly string[], seconds = 60) {
    this.#child = Bun.spawn([...command], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout: seconds * 1000,
      killSignal: "SIGKILL",
    });
    this.result = this.#collect();
  }

  get processId(): number {
    return this.#child.pid;
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Asks it to end as Ctrl-C does, and waits until it has: encoders say goodbye to the server. */
  async interrupt(): Promise<ProgramResult> {
    this.#child.kill("SIGINT");
    return this.result;
  }

  /** Ends it without a word to anybody. */
  async kill(): Promise<ProgramResult> {
    this.#child.kill("SIGKILL");
    return this.result;
  }

  /** From now on it does nothing, and closes nothing: to its peers it looks like a cable pulled. */
  freeze(): void {
    this.#child.kill("SIGSTOP");
  }

  thaw(): void {
    this.#child.kill("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #collect(): Promise<ProgramResult> {
    const [stdout, stderr, exitCode] = await Promise.all([
      this.#child.stdout.text(),
      this.#child.stderr.text(),
      this.#child.exited,
    ]);
    return { exitCode, stdout, stderr };
  }
}

/** Runs to its end; throws with what it said when it did not end well. */
export async function run(command: readonly string[], seconds = 60): Promise<string> {
  const { exitCode, stdout, stderr } = await new Program(command, seconds).result;
  if (exitCode !== 0) throw new Error(`${command.join(" ")} ended with ${exitCode}:\n${stderr || stdout}`);
  return stdout;
}
