// Whoever playouts report to: each report as a line, in order.

import type { PlayoutReports, ReportingInput } from "#server/playout/playout-reports.ts";

export class RecordedReports implements PlayoutReports {
  readonly lines: string[] = [];

  connected(input: ReportingInput): void {
    this.#add(input, "connected");
  }

  refused(input: ReportingInput, reason: string): void {
    this.#add(input, `refused: ${reason}`);
  }

  active(input: ReportingInput, { video, audio }: Parameters<PlayoutReports["active"]>[1]): void {
    this.#add(input, `active with ${video?.codec} and ${audio?.codec}`);
  }

  inactive(input: ReportingInput, cause: string): void {
    this.#add(input, `inactive: ${cause}`);
  }

  disconnected(input: ReportingInput, reason: string | null): void {
    this.#add(input, `disconnected: ${reason}`);
  }

  dropped(input: ReportingInput, reason: string): void {
    this.#add(input, `dropped: ${reason}`);
  }

  repaired(input: ReportingInput): void {
    this.#add(input, "repaired");
  }

  fault(input: ReportingInput, { fault, state }: Parameters<PlayoutReports["fault"]>[1]): void {
    this.#add(input, `fault ${state}: ${fault}`);
  }

  advice(input: ReportingInput, { advice, state }: Parameters<PlayoutReports["advice"]>[1]): void {
    this.#add(input, `advice ${state}: ${advice}`);
  }

  formatChanged(
    input: ReportingInput,
    { video, audio }: Parameters<PlayoutReports["formatChanged"]>[1],
  ): void {
    this.#add(input, `format ${video?.codec} of ${video?.width} and ${audio?.codec}`);
  }

  problem(input: ReportingInput, problem: string | null): void {
    this.#add(input, `problem: ${problem}`);
  }

  switched(...[_, change, positionSeconds]: Parameters<PlayoutReports["switched"]>): void {
    this.lines.push(`switched to ${change.to}: ${change.cause}${at(positionSeconds)}`);
  }

  discontinuity(_: string, msn: number, positionSeconds: number): void {
    this.lines.push(`discontinuity before segment ${msn}${at(positionSeconds)}`);
  }

  recordingStopped(_: string, reason: string, positionSeconds: number): void {
    this.lines.push(`recording stopped: ${reason}${at(positionSeconds)}`);
  }

  recordingResumed(...[_, gap, positionSeconds]: Parameters<PlayoutReports["recordingResumed"]>): void {
    const missing = gap === null ? "" : ` without ${gap.seconds.toFixed(1)} s`;
    this.lines.push(`recording resumed${missing}${at(positionSeconds)}`);
  }

  recordingRebuilt(_: string, message: string): void {
    this.lines.push(`recording rebuilt: ${message}`);
  }

  #add({ instance, positionSeconds }: ReportingInput, what: string): void {
    this.lines.push(`${instance} ${what}${at(positionSeconds)}`);
  }
}

function at(positionSeconds: number | null): string {
  return positionSeconds === null ? "" : ` at ${positionSeconds.toFixed(1)} s`;
}
