// The program that runs this process, to be started again.

import { existsSync } from "node:fs";

const KERNELS_LINK = "/proc/self/exe";

/** By the kernel's link where there is one: a path may lead through folders that this process may not enter, as below another's home. */
export const OWN_EXECUTABLE: string = existsSync(KERNELS_LINK) ? KERNELS_LINK : process.execPath;
