// How many tests passed, from the JUnit report that `bun test` writes.

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/** Reads the totals of the root element; throws when there is none. */
export function readJunit(xml: string): Tally {
  const root = /<testsuites\b[^>]*>/.exec(xml)?.[0];
  if (root === undefined) throw new Error("The report has no <testsuites> element.");
  const failed = count(root, "failures") + count(root, "errors");
  const skipped = count(root, "skipped");
  return { passed: count(root, "tests") - failed - skipped, failed, skipped };
}

function count(element: string, attribute: string): number {
  return Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(element)?.[1] ?? 0);
}
