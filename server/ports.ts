// The open ports, for parts that are built before a port is open and ask of it only later.

/** What is asked of those that are listened on. */
export interface OpenPorts {
  readonly http: {
    readonly port: number;
    addressOf(request: Request): string;
    mayWait(request: Request, seconds: number): void;
  };
  readonly rtmp: { readonly port: number; readonly waitingBytes: number; readonly isPaused: boolean };
  readonly rtmps: { readonly waitingBytes: number } | null;
}

export class Ports {
  #listeners: OpenPorts | null = null;

  #areOpen = false;

  opened(listeners: OpenPorts): void {
    this.#listeners = listeners;
    this.#areOpen = true;
  }

  /** Nobody is let in any more. */
  closing(): void {
    this.#areOpen = false;
  }

  get areOpen(): boolean {
    return this.#areOpen;
  }

  /** The one that was bound. */
  get http(): number {
    return this.#listeners?.http.port ?? 0;
  }

  /** The one that was bound. */
  get rtmp(): number {
    return this.#listeners?.rtmp.port ?? 0;
  }

  /** The RTMP port lets nobody in for now, for want of file descriptors. */
  get isRtmpPaused(): boolean {
    return this.#listeners?.rtmp.isPaused ?? false;
  }

  /** Bytes that RTMP peers have not read, all of them together. */
  get rtmpWaitingBytes(): number {
    return (this.#listeners?.rtmp.waitingBytes ?? 0) + (this.#listeners?.rtmps?.waitingBytes ?? 0);
  }

  /** The peer's address; "" when it is gone. */
  addressOf(request: Request): string {
    return this.#listeners?.http.addressOf(request) ?? "";
  }

  /** The answer may take this long. */
  mayWait(request: Request, seconds: number): void {
    this.#listeners?.http.mayWait(request, seconds);
  }
}
