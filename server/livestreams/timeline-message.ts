// What happened to a livestream as a sentence for a person: one for each type, made of what its event says.

import type { InstanceName, TimelineType } from "#openapi/names.ts";
import type { EventData, IngestFormat, SwitchFacts } from "#server/feed/feed-event.ts";
import type { StoredEvent } from "#server/store/event-store.ts";
import { spanText } from "./span-text.ts";

/** Where the instance is part of the sentence. */
type Place = InstanceName | null;

type Sentences = { readonly [Type in TimelineType]: (data: EventData[Type], place: Place) => string };

const SENTENCES: Sentences = {
  "livestream.created": ({ name }) => `The livestream “${name}” was created.`,
  "livestream.started": () => "The livestream was started: its inputs accept encoders.",
  "livestream.published": () => "The livestream was published: from here on it is watched and recorded.",
  "livestream.stopped": () => "The livestream was stopped.",
  "livestream.finished": ({ durationSeconds }) =>
    `The recording is a media asset of ${spanText(durationSeconds)}.`,
  "livestream.failed": ({ reason }) => `Nothing could be made of the recording: ${ended(reason)}`,
  "livestream.deleted": () => "The livestream was deleted.",

  "ingest.connected": (_, place) => `An encoder connected to ${input(place)}.`,
  "ingest.active": (format, place) => `${capital(input(place))} receives ${formatText(format)}.`,
  "ingest.inactive": ({ cause }, place) =>
    `Nothing comes to ${input(place)} any more: its encoder ${lossText(cause)}.`,
  "ingest.disconnected": ({ reason }, place) =>
    reason === null
      ? `The encoder at ${input(place)} left.`
      : `The encoder at ${input(place)} was disconnected: ${ended(reason)}`,
  "ingest.refused": ({ reason, count }, place) =>
    count === 1
      ? `An encoder was turned away from ${input(place)}: ${ended(reason)}`
      : `Encoders were turned away from ${input(place)} ${count} times within a minute, the last time because ${ended(reason)}`,
  "ingest.format": (format, place) => `${capital(input(place))} receives ${formatText(format)} from here on.`,
  "ingest.fault": ({ fault, state, lastedSeconds, score }, place) =>
    `${capital(input(place))}: ${faultText(fault, state, lastedSeconds, score)}.`,
  "ingest.advice": ({ advice, state }, place) =>
    state === "began"
      ? `Advice for ${input(place)}: ${advice}`
      : `This is no longer so of ${input(place)}: ${advice}`,
  "ingest.problem": ({ problem }, place) =>
    problem === null
      ? `All that comes to ${input(place)} can be used again.`
      : `${capital(input(place))}: ${problem}`,
  "ingest.repaired": ({ count }, place) =>
    `${counted(count, "timestamp")} of ${input(place)} ${wereOf(count)} put right within a minute.`,
  "ingest.dropped": ({ count, reason }, place) =>
    `${counted(count, "message")} of ${input(place)} could not be used within a minute, the last because of this: ${ended(reason)}`,

  "playout.switched": switchText,
  "playout.discontinuity": ({ mediaSequenceNumber }) =>
    `The time breaks before segment ${mediaSequenceNumber}: players are told of a discontinuity.`,

  "recording.stopped": ({ reason }) => `The broadcast goes on, but it is not recorded: ${ended(reason)}`,
  "recording.resumed": ({ missingSeconds }) =>
    missingSeconds === null
      ? "It is recorded again."
      : `It is recorded again; ${spanText(missingSeconds)} are missing.`,

  "media.created": () => "A media asset was made of it.",
  "media.deleted": () => "A media asset of it was deleted; it can be restored.",
  "media.restored": () => "A media asset of it was restored.",
  "media.removed": () => "A media asset of it was removed for good.",

  "viewers.peak": ({ viewers }) =>
    viewers === 1 ? "Somebody watches, for the first time." : `${viewers} watch, more than ever before.`,

  "timeline.folded": ({ count, types }) =>
    `${counted(count, "more event")} within a minute ${wereOf(count)} counted, not kept one by one: ` +
    `${Object.entries(types)
      .map(([type, times]) => `${type} ${times} times`)
      .join(", ")}.`,
};

/** By cause, what is to be said of an encoder whose media stopped coming. */
const LOSSES: Readonly<Record<string, string>> = {
  closed: "is not connected any more",
  silent: "is connected, and has been silent for too long",
  "taken-over": "made way for another",
};

/** By fault, what is to be seen while it lasts, and when it is over. */
const FAULTS: Readonly<Record<string, readonly [began: string, ended: string]>> = {
  silent: ["its encoder is connected and sends nothing", "its encoder sends again"],
  "video-missing": ["there is sound and no picture", "the picture is back"],
  "key-frame-overdue": ["no key frame has come for too long", "key frames come again"],
  "no-join-point": [
    "no picture comes that decoding can begin with",
    "pictures come again that decoding can begin with",
  ],
  "bitrate-collapsed": [
    "the bitrate of the picture has collapsed",
    "the bitrate of the picture is as before",
  ],
  frozen: ["the picture is frozen", "the picture moves again"],
  "frame-rate-dropped": ["many pictures are missing", "pictures come at their usual rate again"],
  "audio-missing": ["there is a picture and no sound", "the sound is back"],
  "audio-silent": ["the sound is silence", "the sound can be heard again"],
  "timestamps-broken": ["the encoder's timestamps are broken", "the encoder's timestamps are right again"],
};

/** What a version that comes later has written is told by its type. */
export function timelineMessage({ type, data, instance }: StoredEvent): string {
  if (!isKnown(type)) return `${type}.`;
  const sentence = SENTENCES[type] as (data: object, place: Place) => string;
  return sentence(data, instance);
}

function isKnown(type: string): type is TimelineType {
  return Object.hasOwn(SENTENCES, type);
}

/** Its score is null where the encoder went with the fault. */
function faultText(
  fault: string,
  state: "began" | "ended",
  lastedSeconds: number | null,
  score: number | null,
): string {
  const [began, over] = FAULTS[fault] ?? [fault, `no ${fault} any more`];
  if (state === "began") return began;
  const after = `after ${spanText(lastedSeconds ?? 0)}`;
  return score === null ? `nothing comes any more; until then, ${began}` : `${over}, ${after}`;
}

function switchText({ from, to, cause, fromScore, toScore, faults, gapMs }: SwitchFacts): string {
  if (to === null) return `Nobody is on air: the encoder at ${input(from)} ${lossText(cause)}.`;
  const now = `${capital(input(to))} is on air`;
  const gap = gapMs === null || from === null ? "" : ` The gap is ${Math.round(gapMs)} ms.`;
  switch (cause) {
    case "begin":
      return `${now}: the programme begins with it.`;
    case "active":
      return `${now}: it is the one that receives something.`;
    case "requested":
      return `${now}, as was asked for.${gap}`;
    case "quality":
      return `${now}, because it is better: score ${toScore} against ${fromScore}${faultsText(faults)}.${gap}`;
    case "reverted":
      return `${now}, because it is preferred and has been well for a while.${gap}`;
    default:
      return `${now} instead of ${input(from)}, whose encoder ${lossText(cause)}.${gap}`;
  }
}

function lossText(cause: string): string {
  return LOSSES[cause] ?? `is lost (${cause})`;
}

function faultsText(faults: readonly string[]): string {
  return faults.length === 0 ? "" : ` (${faults.map((fault) => FAULTS[fault]?.[0] ?? fault).join(", ")})`;
}

function formatText({ video, audio }: IngestFormat): string {
  const tracks = [
    ...(video === null ? [] : [`${codecName(video.codec)} of ${video.width} × ${video.height}`]),
    ...(audio === null
      ? []
      : [
          `${codecName(audio.codec)} of ${audio.sampleRate / 1000} kHz with ${counted(audio.channels, "channel")}`,
        ]),
  ];
  return tracks.length === 0 ? "nothing that can be used" : tracks.join(" and ");
}

const CODECS: Readonly<Record<string, string>> = { h264: "H.264", h265: "HEVC" };

function codecName(codec: string): string {
  return CODECS[codec] ?? codec.toUpperCase();
}

function input(place: Place): string {
  return place === null ? "an input" : `the ${place} input`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** With a full stop, unless it has one. */
function ended(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function wereOf(count: number): string {
  return count === 1 ? "was" : "were";
}
