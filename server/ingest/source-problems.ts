// What of a publish cannot be used as it comes, told in words to whoever can change it; and when nothing of it can.

import type { Publisher } from "#server/instances/instance.ts";

/** Pictures or sound. */
export type MediaKind = Parameters<Publisher["unusable"]>[0];

/** Why something of one kind cannot be used. */
export type Unusable =
  | { readonly form: "codec"; readonly codec: string }
  /** Its frames came without what decodes them. */
  | { readonly form: "no-configuration" }
  /** Its messages came, and none held a frame. */
  | { readonly form: "no-frame" }
  | { readonly form: "malformed"; readonly message: string }
  /** Pictures came, and none that decoding can begin with. */
  | { readonly form: "no-join-point" };

/** A first frame before its header, or a damaged one, is no problem; this much of nothing else is. */
const PROBLEM_AFTER_MS = 1000;

/** So long an encoder of a codec that cannot be carried may show that it sends the other kind too. */
const REFUSED_AFTER_MS = 1000;

interface Failing {
  readonly sinceMs: number;
  readonly isTold: boolean;
}

export class SourceProblems {
  readonly #publisher: Pick<Publisher, "unusable">;
  readonly #monotonicMs: () => number;
  readonly #failing = new Map<MediaKind, Failing>();
  readonly #codecs = new Map<MediaKind, string>();
  readonly #working = new Set<MediaKind>();
  #unsupportedSinceMs: number | null = null;

  /** By the server's clock: what comes may have none that can be trusted. */
  constructor(publisher: Pick<Publisher, "unusable">, monotonicMs: () => number) {
    this.#publisher = publisher;
    this.#monotonicMs = monotonicMs;
  }

  /** Something of this kind came and cannot be used. */
  failed(kind: MediaKind, why: Unusable): void {
    const nowMs = this.#monotonicMs();
    if (why.form === "codec") {
      this.#codecs.set(kind, why.codec);
      this.#unsupportedSinceMs ??= nowMs;
    }
    const failing = this.#failing.get(kind) ?? { sinceMs: nowMs, isTold: false };
    const isProblem = why.form === "codec" || nowMs - failing.sinceMs >= PROBLEM_AFTER_MS;
    this.#failing.set(kind, { ...failing, isTold: isProblem });
    if (isProblem) this.#publisher.unusable(kind, sentenceOf(kind, why));
  }

  /** Something of this kind came and can be used. */
  worked(kind: MediaKind): void {
    this.#working.add(kind);
    const failing = this.#failing.get(kind);
    if (failing === undefined) return;
    this.#failing.delete(kind);
    this.#codecs.delete(kind);
    if (failing.isTold) this.#publisher.unusable(kind, null);
  }

  /** Why the publish is refused by now: nothing of it can be carried. Null while something can, or may still come. */
  refusal(): string | null {
    if (this.#unsupportedSinceMs === null || this.#working.size > 0) return null;
    const areBoth = this.#codecs.size === 2;
    if (!areBoth && this.#monotonicMs() - this.#unsupportedSinceMs < REFUSED_AFTER_MS) return null;
    return [...this.#codecs].map(([kind, codec]) => sentenceOf(kind, { form: "codec", codec })).join(" ");
  }
}

const NAMES = { video: "The video", audio: "The sound" } as const;
const CODECS = { video: "H.264", audio: "AAC" } as const;

function sentenceOf(kind: MediaKind, why: Unusable): string {
  const name = NAMES[kind];
  switch (why.form) {
    case "codec":
      return `${name} is ${why.codec}, which cannot be carried here: set the encoder to ${CODECS[kind]}.`;
    case "no-configuration":
      return kind === "video"
        ? `${name} comes without its parameter sets (SPS and PPS), neither in a sequence header nor between the pictures: ` +
            "set the encoder to send them with every key frame, or start it anew."
        : `${name} comes without its AAC sequence header (AudioSpecificConfig): set the encoder to send it or to use ADTS, ` +
            "or start it anew.";
    case "no-frame":
      return (
        `${name} comes in messages that hold none of it: set the encoder to ${CODECS[kind]} as FLV carries it, ` +
        "or start it anew."
      );
    case "malformed":
      return `${name} cannot be read (${why.message}): set the encoder to ${CODECS[kind]} as FLV carries it, or start it anew.`;
    case "no-join-point":
      return (
        `${name} has had no picture that decoding can begin with: set the encoder to closed GOPs and a key frame interval ` +
        "of 2 s, without intra refresh."
      );
  }
}
