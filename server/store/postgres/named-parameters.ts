// Statements with parameters by name, as SQLite takes them, in the numbered form that PostgreSQL takes.

/** `$name` of a statement, in the order of their numbers, and the statement with `$1`, `$2` …. */
export interface NumberedStatement {
  readonly text: string;
  readonly names: readonly string[];
}

/** A name stands for one parameter wherever it is used. A dollar within quotes is not meant to be in a statement. */
export function numbered(statement: string): NumberedStatement {
  const names: string[] = [];
  const text = statement.replace(/\$([A-Za-z]\w*)/g, (_, name: string) => {
    const known = names.indexOf(name);
    return `$${known === -1 ? names.push(name) : known + 1}`;
  });
  return { text, names };
}
