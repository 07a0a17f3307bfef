// The surroundings of all parts: clock, log, ports, descriptors.

import type { Config } from "#server/command/config.ts";
import type { Clock } from "#server/common/clock.ts";
import { descriptorLimit, openDescriptors } from "#server/common/descriptor-count.ts";
import { Descriptors } from "#server/common/descriptors.ts";
import { createLog, type Log } from "#server/common/log.ts";
import { PublicUrls } from "#server/common/public-urls.ts";
import { SpareDescriptors } from "#server/common/spare-descriptors.ts";
import { Ports } from "#server/ports.ts";

/** What every part may need, and none of them is. */
export interface Surroundings {
  readonly clock: Clock;
  readonly monotonicMs: () => number;
  readonly dateMs: () => number;
  readonly writeLog: (line: string) => void;
  readonly log: Log;
  readonly ports: Ports;
  readonly urls: PublicUrls;
  readonly descriptors: Descriptors;
  readonly spares: SpareDescriptors;
}

export function surroundingsOf(config: Config, clock: Clock): Surroundings {
  const writeLog = (line: string) => process.stderr.write(line);
  const ports = new Ports();
  return {
    clock,
    monotonicMs: () => clock.monotonicMs(),
    dateMs: () => clock.dateMs(),
    writeLog,
    log: createLog({ level: config.logLevel, write: writeLog, clock }),
    ports,
    urls: new PublicUrls(config, ports),
    descriptors: new Descriptors({ limit: descriptorLimit(), countOpen: () => openDescriptors() }),
    spares: new SpareDescriptors(),
  };
}
