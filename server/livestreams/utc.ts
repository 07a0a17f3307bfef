// Times as the contract writes them.

/** ISO 8601, UTC, milliseconds, `Z`; null stays null. */
export function utc(atMs: number): string;
export function utc(atMs: number | null): string | null;
export function utc(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
