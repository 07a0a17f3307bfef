// What a process has used so far, read from Linux's /proc.

import { readdirSync, readFileSync } from "node:fs";

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
  const [userTicks = 0, systemTicks = 0] = statOf(processId).slice(USER_TIME, USER_TIME + 2);
  const status = readFileSync(`/proc/${processId}/status`, "utf8");
  return {
    cpuSeconds: (userTicks + systemTicks) / TICKS_PER_SECOND,
    residentMegabytes: kilobytes(status, "VmRSS") / 1024,
    peakResidentMegabytes: kilobytes(status, "VmHWM") / 1024,
  };
}

/** CPU seconds of a process, of those it began and those they began: what runs, and what has ended and was waited for. */
export function cpuSecondsOfTree(processId: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    const child = Number(name);
    const parent = Number.isInteger(child) ? parentOf(child) : null;
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const ticksOf = (id: number): number => {
    const own = statOf(id).slice(USER_TIME, USER_TIME + 4);
    return [...own, ...(children.get(id) ?? []).map(ticksOf)].reduce((sum, ticks) => sum + ticks, 0);
  };
  return ticksOf(processId) / TICKS_PER_SECOND;
}

/** Where utime stands behind the name, then stime, cutime and cstime; and the parent's id (proc(5)). */
const USER_TIME = 11;
const PARENT = 1;

/** The fields of `/proc/ID/stat` behind the second one, the name in parentheses; none of a process that has ended. */
function statOf(processId: number): number[] {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, "utf8");
    return stat
      .slice(stat.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
  } catch {
    return [];
  }
}

function parentOf(processId: number): number | null {
  return statOf(processId)[PARENT] ?? null;
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0);
}
