// Values of Cache-Control that more than one part of the server answers with (RFC 9111, RFC 8246).

/** The URL names its content, and never gets another. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
