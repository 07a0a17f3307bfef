// Which of the picture formats a client likes best, by its Accept header (RFC 9110 §12.5.1).

import type { RenditionFormat } from "#server/thumbnails/sharp.ts";

/** The smaller one first: of what a client likes equally well it gets that. */
const BY_SIZE = ["avif", "webp", "jpeg"] as const satisfies readonly RenditionFormat[];

/** What every client shows; also the answer to one that says nothing, or asks for what we do not have. */
const FALLBACK = "jpeg";

/** The newer formats go only to who names them: "anything" is also said by programs that know neither. */
export function acceptedFormat(accept = ""): RenditionFormat {
  const weights = weightsIn(accept);
  const wildcard = weights.get("image/*") ?? weights.get("*/*") ?? 0;
  const weightOf = (format: RenditionFormat): number =>
    weights.get(`image/${format}`) ?? (format === FALLBACK ? wildcard : 0);
  const best = BY_SIZE.reduce((best, format) => (weightOf(format) > weightOf(best) ? format : best));
  return weightOf(best) > 0 ? best : FALLBACK;
}

/** Media range → its weight, 0 to 1. */
function weightsIn(accept: string): Map<string, number> {
  const ranges = accept.split(",").map((range): [string, number] => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2) ?? "1";
    return [type, /^[01](\.\d{0,3})?$/.test(weight) ? Math.min(1, Number(weight)) : 0];
  });
  return new Map(ranges);
}
