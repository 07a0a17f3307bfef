// What this folder throws at a peer's bytes, and the only thing it throws at them.

/** The peer broke the protocol; the message holds what was allowed and what came. The connection is to be closed. */
export class RtmpProtocolError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "RtmpProtocolError";
  }
}
