// Columns as they are read: each under the name of its member.

/** `column AS "member"`, comma-separated. PostgreSQL makes names without quotes lower case. */
export function selected(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([member, column]) => `${column} AS "${member}"`)
    .join(", ");
}
