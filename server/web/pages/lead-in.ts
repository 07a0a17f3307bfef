// Where no picture can be decoded by itself, the multivariant playlist names the segment that its viewer begins with: before it
// there is a lead-in. A viewer who was too slow finds a playlist without it, of which no picture would ever be seen.

/** As the server calls it in the media playlist's address. */
const PARAMETER = "lead-in";

/** `url`: of the media playlist; `firstMsn`: the media sequence number that it begins with. */
export function hasMissedLeadIn(url: string, firstMsn: number): boolean {
  const msn = URL.parse(url)?.searchParams.get(PARAMETER) ?? null;
  return msn !== null && Number(msn) < firstMsn;
}
