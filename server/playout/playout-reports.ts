// What a running livestream reports as it happens, to whoever it was given to; none of them may wait or throw.

import type { InstanceName } from "#openapi/names.ts";
import type { InputState } from "#server/instances/input-state.ts";
import type { LossCause } from "#server/instances/instance.ts";
import type { AdviceChange, FaultChange } from "#server/instances/publish-watch.ts";
import type { ProgrammeReports } from "#server/programme/open-programme.ts";
import type { OnAirChange } from "#server/switching/switcher.ts";

/** An input, and how long its livestream's recording is by now; null before the publish. */
export interface ReportingInput {
  readonly livestreamId: string;
  readonly instance: InstanceName;
  readonly positionSeconds: number | null;
}

export interface PlayoutReports extends ProgrammeReports {
  /** An encoder has the input's key and publishes. */
  connected(input: ReportingInput): void;
  /** An encoder came with the key and was turned away. */
  refused(input: ReportingInput, reason: string): void;
  active(input: ReportingInput, format: Pick<InputState, "video" | "audio">): void;
  inactive(input: ReportingInput, cause: LossCause): void;
  /** `reason`: why the server disconnected the encoder, null when the encoder left. */
  disconnected(input: ReportingInput, reason: string | null): void;
  /** Something that the encoder sent cannot be used. */
  dropped(input: ReportingInput, reason: string): void;
  /** A timestamp was put right. */
  repaired(input: ReportingInput): void;
  /** What the encoder sends cannot be used, or not wholly, for another reason than before; null: it can be again. */
  problem(input: ReportingInput, problem: string | null): void;
  /** Something is wrong with what an active encoder sends, or not any more; the input's place is where that was. */
  fault(input: ReportingInput, change: FaultChange): void;
  /** There is something to set otherwise in an active encoder, or not any more; likewise. */
  advice(input: ReportingInput, change: AdviceChange): void;
  /** A track of an active encoder came or changed. */
  formatChanged(input: ReportingInput, format: Pick<InputState, "video" | "audio">): void;
  /** Another instance is on air, or none. */
  switched(livestreamId: string, change: OnAirChange, positionSeconds: number | null): void;
}
