// Reads server-sent events (HTML §9.2.6) from a body as it arrives.

export interface ServerSentEvent {
  /** To come back with; empty when there has been none yet. */
  readonly id: string;
  readonly event: string;
  /** Parsed JSON. */
  readonly data: unknown;
}

/** Ends with the body; what is incomplete then is dropped, as the specification says. */
export async function* serverSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let text = "";
  let id = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += decoder.decode(value, { stream: true });
      const blocks = text.split(/\r?\n\r?\n/);
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const event = parseBlock(block, id);
        id = event.id;
        if (event.data !== "") yield { ...event, data: JSON.parse(event.data) };
      }
    }
  } finally {
    await reader.cancel();
  }
}

/** `lastId` stays until another is given. */
function parseBlock(block: string, lastId: string): { id: string; event: string; data: string } {
  let id = lastId;
  let event = "message";
  const data: string[] = [];
  for (const line of block.split(/\r?\n/)) {
    const [, field, value = ""] = /^([^:]+)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === "id") id = value;
    else if (field === "event") event = value;
    else if (field === "data") data.push(value);
  }
  return { id, event, data: data.join("\n") };
}
