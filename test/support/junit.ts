// How many tests passed, and what the others say, from the JUnit report that `bun test` writes.

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** Of each test that failed where it is, its name, and what went wrong. */
  failures: string[];
}

/** Reads the totals of the root element, and the failures; throws when there is no root element. */
export function readJunit(xml: string): Tally {
  const root = /<testsuites\b[^>]*>/.exec(xml)?.[0];
  if (root === undefined) throw new Error("The report has no <testsuites> element.");
  const failed = count(root, "failures") + count(root, "errors");
  const skipped = count(root, "skipped");
  return { passed: count(root, "tests") - failed - skipped, failed, skipped, failures: failuresIn(xml) };
}

function failuresIn(xml: string): string[] {
  return [...xml.matchAll(/<testcase\b([^>]*)>\s*<(?:failure|error)\b([^>]*?)(?:\/>|>([^<]*)<)/g)].map(
    ([, test = "", failure = "", said]) => {
      const suite = text(test, "classname");
      const name = suite === "" ? text(test, "name") : `${suite} > ${text(test, "name")}`;
      const why = said === undefined ? text(failure, "message") : unescaped(said);
      const place = [text(test, "file"), text(test, "line")].filter((each) => each !== "").join(":");
      return `${place}: ${name}\n${why.trimEnd()}`;
    },
  );
}

function text(attributes: string, name: string): string {
  return unescaped(new RegExp(`\\b${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
}

/** Of XML's references those that Bun writes. */
function unescaped(escaped: string): string {
  const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return escaped.replace(/&(?:#(\d+)|(\w+));/g, (reference, code, name) =>
    code === undefined ? (characters[name] ?? reference) : String.fromCodePoint(Number(code)),
  );
}

function count(element: string, attribute: string): number {
  return Number(new RegExp(`\\b${attribute}="(\\d+)"`).exec(element)?.[1] ?? 0);
}
