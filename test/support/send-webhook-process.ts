// Sends one webhook and prints what came of it: `bun send-webhook-process.ts URL ADDRESS`, where the name resolves to the address.

import { delay } from "#server/common/delay.ts";
import { Sender } from "#server/webhooks/sender.ts";
import { newWebhookSecret } from "#server/webhooks/webhook-secret.ts";

const [, , url = "", address = ""] = process.argv;
const sender = new Sender({
  isPrivateAllowed: true,
  dateMs: Date.now,
  monotonicMs: () => 0,
  delay,
  resolve: async () => [address],
});
const request = { url, secret: newWebhookSecret(), eventId: "event", body: "{}" };
const attempt = await sender.send(request, new AbortController().signal);
process.stdout.write(JSON.stringify(attempt));
process.exit();
