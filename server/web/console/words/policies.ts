// Who may watch, as the API says it.

export function policyOf(isSigned: boolean): "public" | "signed" {
  return isSigned ? "signed" : "public";
}
