// The environment, read once: every setting checked before anything starts.

import { readFileSync } from "node:fs";
import { messageOf } from "#server/common/failure.ts";
import { StartError } from "#server/common/start-error.ts";
import type { TlsFiles } from "#server/common/tls-files.ts";
import type { S3Place } from "#server/store/s3/s3-requests.ts";
import type { BucketPlace } from "./setting-values.ts";
import { SETTINGS, type Setting } from "./settings.ts";

/** Every setting of the table as it is in force; the two files of TLS as one, and what says where the objects are. */
export type Config = Omit<Settings, "tlsCert" | "tlsKey" | "objectStore" | S3Setting> & {
  /** Null = neither HTTPS nor RTMPS. */
  readonly tls: TlsFiles | null;
  /** Null = recordings and pictures are kept in the data directory. */
  readonly objectStore: S3Place | null;
};

type S3Setting = "s3Endpoint" | "s3Region" | "s3AccessKeyId" | "s3SecretAccessKey";

type Settings = {
  readonly [Name in keyof typeof SETTINGS]: (typeof SETTINGS)[Name]["byDefault"];
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** An empty variable is an unset one. Throws a {@link StartError} that names the first variable with a bad value. */
export function readConfig(environment: Environment): Config {
  const read = ([name, setting]: [string, Setting<unknown>]) => [name, readSetting(setting, environment)];
  const settings: Settings = Object.fromEntries(Object.entries(SETTINGS).map(read));
  const { tlsCert, tlsKey, objectStore, s3Endpoint, s3Region, s3AccessKeyId, s3SecretAccessKey, ...others } =
    settings;
  const credentials = { s3AccessKeyId, s3SecretAccessKey };
  return {
    ...others,
    tls: bothOrNeither(tlsCert, tlsKey),
    objectStore: objectStore === null ? null : s3Place(objectStore, { s3Endpoint, s3Region, ...credentials }),
  };
}

function readSetting<Value>({ variable, value, byDefault }: Setting<Value>, environment: Environment): Value {
  const isSecret = value.isSecret === true;
  const held = heldBy(variable, environment) ?? (isSecret ? secretFromFile(variable, environment) : null);
  if (held === null) return byDefault;
  const parsed = value.parse(held);
  if (parsed !== null) return parsed;
  const wrong = isSecret ? "what it may not hold" : JSON.stringify(held);
  throw new StartError(`${variable} holds ${wrong}; it may hold ${value.mayHold}`);
}

/** Null for one that is unset, or empty. */
function heldBy(variable: string, environment: Environment): string | null {
  return environment[variable] || null;
}

/** The variable `…_FILE` names a file that holds the secret, as containers are given theirs; null when it is not set. */
function secretFromFile(variable: string, environment: Environment): string | null {
  const file = heldBy(`${variable}_FILE`, environment);
  if (file === null) return null;
  try {
    const secret = readFileSync(file, "utf8").trim();
    if (secret !== "") return secret;
  } catch (error) {
    throw new StartError(`${variable}_FILE names a file that cannot be read: ${messageOf(error)}`);
  }
  throw new StartError(`${variable}_FILE names ${JSON.stringify(file)}, which is empty`);
}

/** Without an endpoint it is Amazon's own. */
function s3Place({ bucket, prefix }: BucketPlace, of: Pick<Settings, S3Setting>): S3Place {
  const { s3Endpoint, s3Region: region, s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = of;
  if (accessKeyId === null || secretAccessKey === null) {
    const { objectStore, s3AccessKeyId, s3SecretAccessKey } = SETTINGS;
    const unset = accessKeyId === null ? s3AccessKeyId : s3SecretAccessKey;
    throw new StartError(
      `${objectStore.variable} is set and ${unset.variable} is not; a store needs both keys`,
    );
  }
  const endpoint = s3Endpoint ?? `https://s3.${region}.amazonaws.com`;
  return { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey };
}

function bothOrNeither(certFile: string | null, keyFile: string | null): TlsFiles | null {
  if (certFile !== null && keyFile !== null) return { certFile, keyFile };
  if (certFile === null && keyFile === null) return null;
  const { tlsCert, tlsKey } = SETTINGS;
  const [set, unset] = certFile === null ? [tlsKey, tlsCert] : [tlsCert, tlsKey];
  throw new StartError(`${set.variable} is set and ${unset.variable} is not; TLS needs both`);
}
