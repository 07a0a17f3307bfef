// How many are connected to each side of a livestream now, recomputed at every reading.

import type { InstanceName } from "#server/playout/instance-name.ts";
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
  readonly rtmpConnections: (livestreamId: string, instance: InstanceName) => number;
  readonly onAir: (livestreamId: string) => InstanceName | null;
}

export class ConnectionCounter {
  readonly #options: ConnectionCounterOptions;
  /** Of running livestreams: whom a viewer of the programme counts for while nobody is on air. */
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
    const ofProgramme =
      instance === this.#programmeSide(livestreamId) ? viewers.count(livestreamId, "auto") : 0;
    return {
      rtmpConnections: rtmpConnections(livestreamId, instance),
      hlsConnections: viewers.count(livestreamId, instance) + ofProgramme,
    };
  }

  /** This side went on air. */
  wentOnAir(livestreamId: string, instance: InstanceName): void {
    this.#lastOnAir.set(livestreamId, instance);
  }

  /** The livestream is no more. */
  forget(livestreamId: string): void {
    this.#lastOnAir.delete(livestreamId);
  }

  /** The side that viewers of the programme count on. */
  #programmeSide(livestreamId: string): InstanceName {
    return this.#options.onAir(livestreamId) ?? this.#lastOnAir.get(livestreamId) ?? "primary";
  }
}
