// What the JavaScript thread of a process has used so far, read from Linux's /proc: there media is taken in and viewers are answered.

import { readFileSync } from "node:fs";

/** On a processor, since it began. It is the process's first thread, which has the process's id. */
export function threadMicroseconds(processId: number): number {
  const schedule = readFileSync(`/proc/${processId}/task/${processId}/schedstat`, "utf8");
  return Number(schedule.split(" ")[0]) / 1000;
}
