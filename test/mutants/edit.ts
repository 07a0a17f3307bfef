// One change of a source text.

export interface Edit {
  /** Offsets of what is replaced, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** For the reader of a report: "`<` → `<=`". */
  readonly change: string;
}

/** Longer pieces of source are cut in a report. */
const MAX_SHOWN_LENGTH = 60;

export function replace(source: string, at: { start: number; end: number }, replacement: string): Edit {
  const { start, end } = at;
  return { start, end, replacement, change: `${shown(source.slice(start, end))} → ${shown(replacement)}` };
}

export function remove(source: string, at: { start: number; end: number }, what: string): Edit {
  const { start, end } = at;
  return { start, end, replacement: ";", change: `${what} left out: ${shown(source.slice(start, end))}` };
}

export function apply(source: string, { start, end, replacement }: Edit): string {
  return source.slice(0, start) + replacement + source.slice(end);
}

/** As code in Markdown, on one line. */
export function shown(code: string): string {
  const line = code.replace(/\s+/g, " ").trim();
  const cut = line.length > MAX_SHOWN_LENGTH ? `${line.slice(0, MAX_SHOWN_LENGTH - 1)}…` : line;
  return cut.includes("`") ? `\`\` ${cut} \`\`` : `\`${cut}\``;
}
