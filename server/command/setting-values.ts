// What a setting may hold: how it is said to a person, and how it is read.

import { isBearerToken } from "#server/common/secret.ts";

export interface SettingValue<Value> {
  /** Ends the sentence "it may hold …". */
  readonly mayHold: string;
  /** Null for what it may not hold. */
  readonly parse: (held: string) => Value | null;
  /** Whatever is wrong with it, it is not repeated. */
  readonly isSecret?: boolean;
}

export const host: SettingValue<string> = {
  mayHold: "an IP address or a host name",
  parse: (held) => (/^[A-Za-z0-9.:_%-]{1,253}$/.test(held) ? held : null),
};

export const port: SettingValue<number> = {
  mayHold: "a port, 0 to 65535 (0 = any free one)",
  parse: (held) => numberWithin(held, { min: 0, max: 65_535, isWhole: true }),
};

export const folder: SettingValue<string> = { mayHold: "the path of a folder", parse: path };

export const pemFile: SettingValue<string> = { mayHold: "the path of a PEM file", parse: path };

export const bearerToken: SettingValue<string> = {
  mayHold: "letters, digits and - . _ ~ + /",
  parse: (held) => (isBearerToken(held) ? held : null),
  isSecret: true,
};

/** What the client of the database takes; whatever is wrong with it, the password in it is not repeated. */
export const databaseUrl: SettingValue<string> = {
  mayHold: "a postgres:// URL with a host and a database",
  parse: (held) => {
    const parsed = URL.parse(held);
    if (parsed === null || !["postgres:", "postgresql:"].includes(parsed.protocol)) return null;
    return parsed.hostname === "" || parsed.pathname.length < 2 || /\s/.test(held) ? null : held;
  },
  isSecret: true,
};

/** A bucket, and what stands before every key in it. */
export interface BucketPlace {
  readonly bucket: string;
  /** Empty, or with a slash at its end. */
  readonly prefix: string;
}

export const bucket: SettingValue<BucketPlace> = {
  mayHold: "s3://bucket or s3://bucket/prefix",
  parse: (held) => {
    const [, name = "", path = ""] =
      /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/?((?:[\w.-]+\/?)*)$/.exec(held) ?? [];
    if (name === "" || path.split("/").some((part) => /^\.+$/.test(part))) return null;
    const prefix = path.replace(/\/$/, "");
    return { bucket: name, prefix: prefix === "" ? "" : `${prefix}/` };
  },
};

/** Any text that is no secret. */
export const word: SettingValue<string> = {
  mayHold: "letters, digits and punctuation, without a blank",
  parse: (held) => (/^[\x21-\x7e]+$/.test(held) ? held : null),
};

export const secretWord: SettingValue<string> = { ...word, isSecret: true };

export const flag: SettingValue<boolean> = {
  mayHold: "true or false",
  parse: (held) => (held === "true" || held === "false" ? held === "true" : null),
};

/** As browsers write origins, whichever way they are written here. */
export const corsOrigins: SettingValue<"*" | readonly string[]> = {
  mayHold: "* or origins, comma-separated, each like https://studio.example.com",
  parse: (held) => {
    if (held.trim() === "*") return "*";
    const origins = held.split(",").map((each) => originOf(each.trim()));
    return origins.every((each) => each !== null) ? [...new Set(origins)] : null;
  },
};

export function seconds(min: number, max: number): SettingValue<number> {
  return {
    mayHold: `seconds, ${min} to ${max}`,
    parse: (held) => numberWithin(held, { min, max, isWhole: false }),
  };
}

/** `zeroMeans`: what 0 stands for where 0 is no length of time. */
export function milliseconds(min: number, max: number, zeroMeans?: string): SettingValue<number> {
  const range = `whole milliseconds, ${min} to ${max}`;
  return {
    mayHold: min === 0 ? `${range} (0 = ${zeroMeans})` : `${range}, or 0`,
    parse: (held) => (held === "0" ? 0 : numberWithin(held, { min, max, isWhole: true })),
  };
}

/** Longer than anybody keeps anything, and short enough for a date. */
const MAX_DAYS = 36_500;

/** `min` 0: 0 stands for never. */
export function days(min: 0 | 1): SettingValue<number> {
  return {
    mayHold: `whole days, ${min} to ${MAX_DAYS}${min === 0 ? " (0 = never)" : ""}`,
    parse: (held) => numberWithin(held, { min, max: MAX_DAYS, isWhole: true }),
  };
}

const MAX_MEGABYTES = 1_000_000_000;

/** Of a million bytes. */
export const megabytes: SettingValue<number> = {
  mayHold: `whole megabytes, 0 to ${MAX_MEGABYTES} (0 = the disk may be filled)`,
  parse: (held) => numberWithin(held, { min: 0, max: MAX_MEGABYTES, isWhole: true }),
};

/** Without its trailing slashes. */
export function url(first: string, second: string): SettingValue<string> {
  return {
    mayHold: `an ${first}:// or ${second}:// URL without query`,
    parse: (held) => urlWith(held, [`${first}:`, `${second}:`]),
  };
}

/** `separator`: as the choices are listed in the sentence. */
export function oneOf<const Choice extends string>(
  choices: readonly Choice[],
  separator: string,
): SettingValue<Choice> {
  return {
    mayHold: choices.join(separator),
    parse: (held) => choices.find((choice) => choice === held) ?? null,
  };
}

function numberWithin(held: string, range: { min: number; max: number; isWhole: boolean }): number | null {
  if (!/^\d+(\.\d+)?$/.test(held)) return null;
  const value = Number(held);
  if (value < range.min || value > range.max) return null;
  return range.isWhole && !Number.isInteger(value) ? null : value;
}

function path(held: string): string | null {
  return held.includes("\0") || held.trim() === "" ? null : held;
}

/** RFC 6454 §6.2; the slash that addresses end in is forgiven. */
function originOf(text: string): string | null {
  if (!/^https?:\/\/[^\s\\/?#@*]+\/?$/i.test(text)) return null;
  return URL.parse(text)?.origin ?? null;
}

function urlWith(held: string, protocols: readonly string[]): string | null {
  const parsed = URL.parse(held);
  if (parsed === null || !protocols.includes(parsed.protocol) || parsed.hostname === "") return null;
  if (parsed.username !== "" || parsed.password !== "") return null;
  // A parser forgives a blank around it, or a question mark with nothing behind it: no address can be made of these.
  if (!/^[a-z]+:\/\/[^\s\\?#]+$/i.test(held)) return null;
  return held.replace(/\/+$/, "");
}
