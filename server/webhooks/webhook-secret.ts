// What deliveries are signed with, as Standard Webhooks writes it.

/** Standard Webhooks takes 24 to 64. */
const SECRET_BYTES = 32;

/** From a secure source. */
export function newWebhookSecret(): string {
  return `whsec_${crypto.getRandomValues(new Uint8Array(SECRET_BYTES)).toBase64()}`;
}
