// The tags that a media playlist may have, what their values are, and where each is specified (rfc8216bis §4.4).

/** Forms of a value; `any` is what is not looked into. */
export type Form = "decimal" | "integer" | "quoted" | "yes" | "range" | "any";

interface AttributeRule {
  readonly form: Form | readonly string[];
  readonly isRequired: boolean;
}

export interface TagRule {
  readonly section: string;
  /** It stands once in a playlist at most. */
  readonly isSingle: boolean;
  /** The form of its value, or its attributes; null where it has none. */
  readonly value: RegExp | Readonly<Record<string, AttributeRule>> | null;
}

const must = (form: AttributeRule["form"]): AttributeRule => ({ form, isRequired: true });
const may = (form: AttributeRule["form"]): AttributeRule => ({ form, isRequired: false });
const single = (section: string, value: TagRule["value"]): TagRule => ({ section, isSingle: true, value });
const several = (section: string, value: TagRule["value"]): TagRule => ({ section, isSingle: false, value });

const INTEGER = /^\d+$/;

/** With a time zone and milliseconds at least. */
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,}(Z|[+-]\d\d:?\d\d)$/;

export const TAGS: ReadonlyMap<string, TagRule> = new Map([
  ["EXTM3U", single("§4.4.1.1", null)],
  ["EXT-X-VERSION", single("§4.4.1.2", INTEGER)],
  ["EXT-X-INDEPENDENT-SEGMENTS", single("§4.4.2.1", null)],
  ["EXT-X-START", single("§4.4.2.2", { "TIME-OFFSET": must("any"), PRECISE: may(["YES", "NO"]) })],
  [
    "EXT-X-DEFINE",
    several("§4.4.2.3", {
      NAME: may("quoted"),
      VALUE: may("quoted"),
      IMPORT: may("quoted"),
      QUERYPARAM: may("quoted"),
    }),
  ],
  ["EXT-X-TARGETDURATION", single("§4.4.3.1", /^[1-9]\d*$/)],
  ["EXT-X-MEDIA-SEQUENCE", single("§4.4.3.2", INTEGER)],
  ["EXT-X-DISCONTINUITY-SEQUENCE", single("§4.4.3.3", INTEGER)],
  ["EXT-X-ENDLIST", single("§4.4.3.4", null)],
  ["EXT-X-PLAYLIST-TYPE", single("§4.4.3.5", /^(EVENT|VOD)$/)],
  ["EXT-X-I-FRAMES-ONLY", single("§4.4.3.6", null)],
  ["EXT-X-PART-INF", single("§4.4.3.7", { "PART-TARGET": must("decimal") })],
  [
    "EXT-X-SERVER-CONTROL",
    single("§4.4.3.8", {
      "CAN-SKIP-UNTIL": may("decimal"),
      "CAN-SKIP-DATERANGES": may("yes"),
      "HOLD-BACK": may("decimal"),
      "PART-HOLD-BACK": may("decimal"),
      "CAN-BLOCK-RELOAD": may("yes"),
    }),
  ],
  ["EXTINF", several("§4.4.4.1", /^\d+(\.\d+)?,.*$/)],
  ["EXT-X-BYTERANGE", several("§4.4.4.2", /^\d+(@\d+)?$/)],
  ["EXT-X-DISCONTINUITY", several("§4.4.4.3", null)],
  ["EXT-X-MAP", several("§4.4.4.5", { URI: must("quoted"), BYTERANGE: may("range") })],
  ["EXT-X-PROGRAM-DATE-TIME", several("§4.4.4.6", DATE_TIME)],
  ["EXT-X-GAP", several("§4.4.4.7", null)],
  ["EXT-X-BITRATE", several("§4.4.4.8", INTEGER)],
  [
    "EXT-X-PART",
    several("§4.4.4.9", {
      URI: must("quoted"),
      DURATION: must("decimal"),
      INDEPENDENT: may("yes"),
      BYTERANGE: may("range"),
      GAP: may("yes"),
    }),
  ],
  [
    "EXT-X-SKIP",
    single("§4.4.5.2", { "SKIPPED-SEGMENTS": must("integer"), "RECENTLY-REMOVED-DATERANGES": may("quoted") }),
  ],
  [
    "EXT-X-PRELOAD-HINT",
    several("§4.4.5.3", {
      TYPE: must(["PART", "MAP"]),
      URI: must("quoted"),
      "BYTERANGE-START": may("integer"),
      "BYTERANGE-LENGTH": may("integer"),
    }),
  ],
  [
    "EXT-X-RENDITION-REPORT",
    several("§4.4.5.4", { URI: must("quoted"), "LAST-MSN": must("integer"), "LAST-PART": may("integer") }),
  ],
]);

/** Tags that only a multivariant playlist may have (rfc8216bis §4.4.6). */
export const MULTIVARIANT_TAGS: ReadonlySet<string> = new Set([
  ...["EXT-X-MEDIA", "EXT-X-STREAM-INF", "EXT-X-I-FRAME-STREAM-INF"],
  ...["EXT-X-SESSION-DATA", "EXT-X-SESSION-KEY", "EXT-X-CONTENT-STEERING"],
]);

const FORMS: Record<Form, RegExp> = {
  decimal: /^\d+(\.\d+)?$/,
  integer: INTEGER,
  quoted: /^".*"$/,
  yes: /^YES$/,
  range: /^"\d+(@\d+)?"$/,
  any: /./,
};

export function hasForm(value: string, form: AttributeRule["form"]): boolean {
  return typeof form === "string" ? FORMS[form].test(value) : form.includes(value);
}
