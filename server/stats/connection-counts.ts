// How many are connected to each instance of a livestream now, recomputed at every reading.

import type { InstanceName, PlayoutName } from "#openapi/names.ts";
import type { Viewers } from "./viewers.ts";

export interface ConnectionCounts {
  /** The publisher and the RTMP players. */
  readonly rtmpConnections: number;
  /** Viewer sessions. */
  readonly hlsConnections: number;
}

export interface StatisticsOverview extends Readonly<Record<InstanceName, ConnectionCounts>> {
  readonly sum: ConnectionCounts;
}

export interface ConnectionCounterOptions {
  readonly viewers: Pick<Viewers, "count">;
  /** An instance's publisher and its own players, or the programme's players. */
  readonly rtmpConnections: (livestreamId: string, playout: PlayoutName) => number;
  readonly onAir: (livestreamId: string) => InstanceName | null;
}

export class ConnectionCounter {
  readonly #options: ConnectionCounterOptions;
  /** By running livestream, whom viewers and players of the programme count for while nobody is on air. */
  readonly #lastOnAir = new Map<string, InstanceName>();

  constructor(options: ConnectionCounterOptions) {
    this.#options = options;
  }

  overview(livestreamId: string): StatisticsOverview {
    const primary = this.counts(livestreamId, "primary");
    const secondary = this.counts(livestreamId, "secondary");
    return {
      primary,
      secondary,
      sum: {
        rtmpConnections: primary.rtmpConnections + secondary.rtmpConnections,
        hlsConnections: primary.hlsConnections + secondary.hlsConnections,
      },
    };
  }

  counts(livestreamId: string, instance: InstanceName): ConnectionCounts {
    const { viewers, rtmpConnections } = this.#options;
    const own = {
      rtmpConnections: rtmpConnections(livestreamId, instance),
      hlsConnections: viewers.count(livestreamId, instance),
    };
    if (instance !== this.#countedInstance(livestreamId)) return own;
    return {
      rtmpConnections: own.rtmpConnections + rtmpConnections(livestreamId, "auto"),
      hlsConnections: own.hlsConnections + viewers.count(livestreamId, "auto"),
    };
  }

  /** This instance went on air. */
  wentOnAir(livestreamId: string, instance: InstanceName): void {
    this.#lastOnAir.set(livestreamId, instance);
  }

  /** The livestream is no more. */
  forget(livestreamId: string): void {
    this.#lastOnAir.delete(livestreamId);
  }

  /** The instance that viewers and players of the programme count on. */
  #countedInstance(livestreamId: string): InstanceName {
    return this.#options.onAir(livestreamId) ?? this.#lastOnAir.get(livestreamId) ?? "primary";
  }
}
