// Dates and times of day, where the operator is.

const time = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  ...{ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
});

/** Of an ISO 8601 time. */
export function timeOfDayText(utc: string): string {
  return time.format(Date.parse(utc));
}

export function dateText(utc: string): string {
  return dayAndTime.format(Date.parse(utc));
}
