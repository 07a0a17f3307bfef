// The token of a call, as it stands in its Authorization.

/** RFC 6750 §2.1; a scheme is written in any case (RFC 9110 §11.1). */
const CREDENTIALS = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i;

/** No token is longer; a longer one is not looked up. */
const MAX_TOKEN_LENGTH = 4096;

/** Null where there is none, or none that could be one. */
export function bearerTokenIn(authorization = ""): string | null {
  const [, token = ""] = CREDENTIALS.exec(authorization) ?? [];
  return token === "" || token.length > MAX_TOKEN_LENGTH ? null : token;
}
