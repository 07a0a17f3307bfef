// The environment, read once: every setting checked before anything starts.

import { StartError } from "#server/common/start-error.ts";
import type { TlsFiles } from "#server/common/tls-files.ts";
import { SETTINGS, type Setting } from "./settings.ts";

/** Every setting of the table as it is in force; the two files of TLS as one. */
export type Config = Omit<Settings, "tlsCert" | "tlsKey"> & {
  /** Null = neither HTTPS nor RTMPS. */
  readonly tls: TlsFiles | null;
};

type Settings = {
  readonly [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name]["byDefault"];
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable is an unset one. Throws a {@link StartError} that names the first variable with a bad value. */
export function readConfig(environment: Environment): Config {
  const read = ([name, setting]: [string, Setting<unknown>]) => [name, readSetting(setting, environment)];
  const settings: Settings = Object.fromEntries(Object.entries(SETTINGS).map(read));
  const { tlsCert, tlsKey, ...others } = settings;
  return { ...others, tls: bothOrNeither(tlsCert, tlsKey) };
}

function readSetting<Value>({ variable, value, byDefault }: Setting<Value>, environment: Environment): Value {
  const held = environment[variable];
  if (held === undefined || held === "") return byDefault;
  const parsed = value.parse(held);
  if (parsed !== null) return parsed;
  const wrong = value.isSecret === true ? "a character that it may not hold" : JSON.stringify(held);
  throw new StartError(`${variable} holds ${wrong}; it may hold ${value.mayHold}`);
}

function bothOrNeither(certFile: string | null, keyFile: string | null): TlsFiles | null {
  if (certFile !== null && keyFile !== null) return { certFile, keyFile };
  if (certFile === null && keyFile === null) return null;
  const { tlsCert, tlsKey } = SETTINGS;
  const [set, unset] = certFile === null ? [tlsKey, tlsCert] : [tlsCert, tlsKey];
  throw new StartError(`${set.variable} is set and ${unset.variable} is not; TLS needs both`);
}
