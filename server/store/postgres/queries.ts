// Statements as the stores run them: with parameters by name, on the pool or within a transaction.

export type Parameter = string | number | boolean | Uint8Array | null;

export type Parameters = Readonly<Record<string, Parameter>>;

export interface Queries {
  /** Every row that the statement answers with. */
  all<Row>(statement: string, parameters?: Parameters): Promise<readonly Row[]>;

  /** The first row; null without any. */
  first<Row>(statement: string, parameters?: Parameters): Promise<Row | null>;

  /** Number of rows that it changed. */
  run(statement: string, parameters?: Parameters): Promise<number>;
}

/** A text in PostgreSQL holds no NUL: it is shown as what cannot be shown. */
export function withoutNul(text: string): string {
  return text.includes("\0") ? text.replaceAll("\0", "\uFFFD") : text;
}
