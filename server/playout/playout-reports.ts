// What a running livestream reports as it happens, to whoever it was given to; none of them may wait or throw.

import type { InstanceName } from "#openapi/names.ts";
import type { InputState } from "#server/instances/input-state.ts";
import type { LossCause } from "#server/instances/instance.ts";
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
  /** Another encoder came with the key of one that still sends. */
  refused(input: ReportingInput): void;
  active(input: ReportingInput, format: Pick<InputState, "video" | "audio">): void;
  inactive(input: ReportingInput, cause: LossCause): void;
  /** `reason`: why the server disconnected the encoder, null when the encoder left. */
  disconnected(input: ReportingInput, reason: string | null): void;
  /** Something that the encoder sent cannot be used. */
  dropped(input: ReportingInput, reason: string): void;
  /** What the encoder sends cannot be used, or not wholly, for another reason than before; null: it can be again. */
  problem(input: ReportingInput, problem: string | null): void;
  /** Another instance is on air, or none. */
  switched(livestreamId: string, change: OnAirChange, positionSeconds: number | null): void;
}
