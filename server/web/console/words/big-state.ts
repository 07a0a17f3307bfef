// The one big state of a livestream: a word that is read across the room, and the sentence that explains it.

import type { Livestream } from "#openapi/client.ts";
import { type Input, inputWords } from "./input-words.ts";

export type BigStateName =
  | ("created" | "not-receiving" | "ready" | "live" | "degraded" | "off-air")
  | ("recording-stopped" | "converting" | "finished" | "failed");

export interface BigState {
  readonly name: BigStateName;
  readonly word: string;
  readonly sentence: string;
}

export function bigState(livestream: Livestream): BigState {
  switch (livestream.status) {
    case "created":
      return {
        name: "created",
        word: "Not started",
        sentence: "Start it to open its inputs: the encoders' addresses are made then.",
      };
    case "started":
      return beforePublish(livestream.inputs);
    case "live":
      return whileLive(livestream);
    case "converting":
      return {
        name: "converting",
        word: "Over",
        sentence: "The broadcast has ended. Its recording is being finished, and appears in the library.",
      };
    case "finished":
      return {
        name: "finished",
        word: "Finished",
        sentence:
          livestream.conversion?.message ?? "The broadcast is over, and its recording is in the library.",
      };
    case "failed":
      return {
        name: "failed",
        word: "No recording",
        sentence: livestream.conversion?.message ?? "The broadcast is over, and it left no recording.",
      };
  }
}

function beforePublish(inputs: readonly Input[]): BigState {
  const active = inputs.filter((input) => input.active);
  if (active.length === 0) {
    return {
      name: "not-receiving",
      word: "Not receiving",
      sentence: "No encoder is sending. Viewers see nothing before you publish.",
    };
  }
  const missing = inputs.filter((input) => !input.active).map(({ instance }) => instance);
  const sentence =
    missing.length === 0
      ? "What is to be seen arrives. Viewers see it when you publish."
      : `The ${active[0]?.instance} input arrives, the ${missing[0]} does not: there would be no backup.`;
  return { name: "ready", word: "Ready", sentence };
}

function whileLive({ onAir, inputs, recording }: Livestream): BigState {
  if (onAir === null) {
    return {
      name: "off-air",
      word: "Live, without a picture",
      sentence: "No encoder is sending: viewers see that the broadcast is interrupted.",
    };
  }
  if (recording !== null && !recording.active) {
    const reason = recording.message === null ? "" : `: ${recording.message}`;
    return {
      name: "recording-stopped",
      word: "Live, recording stopped",
      sentence: `Viewers see the broadcast, but it is not recorded${reason}. Free the server's disk; it goes on by itself.`,
    };
  }
  const impaired = inputs.filter((input) => isImpaired(input));
  if (impaired.length === 0) {
    const backup = inputs.length > 1 ? ", and the other input stands by" : "";
    return { name: "live", word: "Live", sentence: `Viewers see the ${onAir} input${backup}.` };
  }
  return { name: "degraded", word: "Live, degraded", sentence: impaired.map(impairment(onAir)).join(" ") };
}

/** Advice makes nothing worse: only faults, problems and absence do. */
function isImpaired(input: Input): boolean {
  return inputWords(input).level !== "well";
}

function impairment(onAir: string): (input: Input) => string {
  return (input) => {
    const { word, remarks } = inputWords(input);
    const role = input.instance === onAir ? "on air" : "the backup";
    return `The ${input.instance} input (${role}) is ${IMPAIRED_WORDS[word] ?? "impaired"}: ${remarks[0]?.what ?? ""}`;
  };
}

const IMPAIRED_WORDS: Readonly<Record<string, string>> = {
  "At fault": "at fault",
  Impaired: "impaired",
  "Not usable": "not usable",
  Connected: "not sending yet",
  Silent: "silent",
  Gone: "gone",
  "No encoder": "missing",
};
