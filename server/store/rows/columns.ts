// Columns as they are read and written, whichever engine has them: each under the name of its member.

/** `column AS "member"`, comma-separated. PostgreSQL makes names without quotes lower case. */
export function selected(columns: Readonly<Record<string, string>>): string {
  return Object.entries(columns)
    .map(([member, column]) => `${column} AS "${member}"`)
    .join(", ");
}

/** `column = $member` of each member that changes, and when, as `$atMs`; comma-separated. */
export function assignments<Change extends object>(
  change: Change,
  columns: Readonly<Record<keyof Change & string, string>>,
): string {
  const members = Object.keys(change) as (keyof Change & string)[];
  const changed = members.filter((member) => change[member] !== undefined);
  return [...changed.map((member) => `${columns[member]} = $${member}`), "updated_at_ms = $atMs"].join(", ");
}
