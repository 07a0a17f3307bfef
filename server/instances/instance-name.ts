// The names of a livestream's two redundant sides.

export type InstanceName = "primary" | "secondary";

/** In the order of preference when nothing else decides. */
export const INSTANCE_NAMES: readonly InstanceName[] = ["primary", "secondary"];
