// What an input is at, in words: nobody, connected, silent, gone, well, or at fault.

import type { Livestream } from "#openapi/client.ts";
import { faultRemark, type Remark } from "./faults.ts";
import { timeOfDayText } from "./times.ts";

export type Input = Livestream["inputs"][number];

/** `level` decides its colour and its sign. */
export interface InputWords {
  readonly level: "idle" | "well" | "warning" | "bad";
  /** One or two words for the whole. */
  readonly word: string;
  readonly remarks: readonly Remark[];
}

/** Below this an input is bad rather than doubtful. */
const BAD_SCORE = 50;

export function inputWords(input: Input): InputWords {
  const problem = input.problem === null ? [] : [remarkOf(input.problem)];
  if (input.active) return activeWords(input, problem);
  if (problem.length > 0) return { level: "bad", word: "Not usable", remarks: problem };
  if (input.connectedAtUtc === null) return absentWords(input);
  if (input.lastSeenAtUtc === null || input.lastSeenAtUtc < input.connectedAtUtc) {
    return {
      level: "warning",
      word: "Connected",
      remarks: [
        {
          what: "The encoder is connected, and its first picture has not come yet.",
          todo: "Wait a moment; if nothing comes, start the encoder's output anew.",
        },
      ],
    };
  }
  return {
    level: "bad",
    word: "Silent",
    remarks: [
      {
        what: `The encoder is connected, but has sent nothing since ${timeOfDayText(input.lastSeenAtUtc)}.`,
        todo: "It hangs, or its line is cut: check both, and restart the encoder.",
      },
    ],
  };
}

function activeWords({ health, advice }: Input, problem: readonly Remark[]): InputWords {
  const faults = (health?.faults ?? []).map(faultRemark);
  const remarks = [...problem, ...faults, ...advice.map(remarkOf)];
  const score = health?.score ?? 100;
  if (problem.length + faults.length === 0) return { level: "well", word: "Receiving", remarks };
  return score < BAD_SCORE
    ? { level: "bad", word: "At fault", remarks }
    : { level: "warning", word: "Impaired", remarks };
}

function absentWords({ lastSeenAtUtc }: Input): InputWords {
  if (lastSeenAtUtc === null) {
    return {
      level: "idle",
      word: "No encoder",
      remarks: [
        {
          what: "No encoder has connected yet.",
          todo: "Enter the server and the stream key below into the encoder, and start it.",
        },
      ],
    };
  }
  return {
    level: "bad",
    word: "Gone",
    remarks: [
      {
        what: `The encoder has disconnected; its last picture came at ${timeOfDayText(lastSeenAtUtc)}.`,
        todo: "Start it again: the same server and stream key are still good.",
      },
    ],
  };
}

/** The API's own sentences say what is seen before a colon, and what to do behind it. */
function remarkOf(sentence: string): Remark {
  const colon = sentence.lastIndexOf(": ");
  if (colon === -1) return { what: sentence, todo: "" };
  const todo = sentence.slice(colon + 2);
  return { what: `${sentence.slice(0, colon)}.`, todo: `${todo.charAt(0).toUpperCase()}${todo.slice(1)}` };
}
