// A receiver of webhooks that behaves, by its path, as receivers do: it answers, fails, hangs, sends on, closes, or is gone.

import { createServer, type Server } from "node:net";

export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: { readonly id: string; readonly type: string; readonly livestreamId: string | null };
}

export class WebhookReceiver implements AsyncDisposable {
  readonly received: ReceivedWebhook[] = [];
  /** `/fails` answers 500 while it is true. */
  isFailing = true;
  /** `/holds` answers once this is resolved. */
  holding = Promise.withResolvers<void>();
  readonly #server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 30,
    fetch: (request) => this.#answer(request),
  });
  readonly #closing: Server;

  private constructor(closing: Server) {
    this.#closing = closing;
  }

  static async start(): Promise<WebhookReceiver> {
    const closing = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.destroy());
    });
    await new Promise<void>((resolve) => closing.listen(0, "127.0.0.1", resolve));
    return new WebhookReceiver(closing);
  }

  url(path: string, host = "127.0.0.1"): string {
    return `http://${host}:${this.#server.port}${path}`;
  }

  /** Where every connection is closed as soon as something came. */
  get closingUrl(): string {
    const address = this.#closing.address();
    return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}/closes`;
  }

  /** Types of what came to a path, of one livestream, in order. */
  typesAt(path: string, livestreamId: string): readonly string[] {
    return this.at(path, livestreamId).map(({ body }) => body.type);
  }

  at(path: string, livestreamId: string): readonly ReceivedWebhook[] {
    return this.received.filter((each) => each.path === path && each.body.livestreamId === livestreamId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.holding.resolve();
    this.#closing.close();
    await this.#server.stop(true);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname: path } = new URL(request.url);
    const text = await request.text();
    const headers = Object.fromEntries(request.headers);
    this.received.push({ path, headers, text, body: JSON.parse(text) });
    switch (path) {
      case "/fails":
        return new Response(this.isFailing ? "not now" : "thanks", { status: this.isFailing ? 500 : 200 });
      case "/hangs":
        return new Promise(() => {});
      case "/holds":
        await this.holding.promise;
        return new Response("thanks");
      case "/moved":
        return new Response("over there", { status: 307, headers: { Location: "/elsewhere" } });
      case "/gone":
        return new Response("no more", { status: 410 });
      default:
        return new Response("thanks");
    }
  }
}
