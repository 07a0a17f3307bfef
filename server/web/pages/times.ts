// Times as the page says them: lengths, and times of day where the viewer is.

/** Of a length of time in seconds. */
export function lengthText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

const TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
const timeOfDay = new Intl.DateTimeFormat(undefined, TIME);
const dayAndTime = new Intl.DateTimeFormat(undefined, { weekday: "short", ...TIME });

/** With its day where that is another one than the newest picture's. Milliseconds since 1970. */
export function timeText(dateMs: number, newestMs: number): string {
  const isSameDay = new Date(dateMs).toDateString() === new Date(newestMs).toDateString();
  return (isSameDay ? timeOfDay : dayAndTime).format(dateMs);
}
