// What a process has used so far, read from Linux's /proc.

import { readFileSync } from "node:fs";

/** USER_HZ: fixed at 100 on every Linux that Bun runs on. */
const TICKS_PER_SECOND = 100;

export interface ProcessUsage {
  /** User and system time since it began. */
  readonly cpuSeconds: number;
  readonly residentMegabytes: number;
  /** The most it ever had. */
  readonly peakResidentMegabytes: number;
}

export function usageOf(processId: number): ProcessUsage {
  const stat = readFileSync(`/proc/${processId}/stat`, "utf8");
  // The second field is the program's name in parentheses; the 14th and 15th are utime and stime.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = readFileSync(`/proc/${processId}/status`, "utf8");
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    residentMegabytes: kilobytes(status, "VmRSS") / 1024,
    peakResidentMegabytes: kilobytes(status, "VmHWM") / 1024,
  };
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
}
