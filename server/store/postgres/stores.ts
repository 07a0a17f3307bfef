// All stores in a PostgreSQL database.

import { messageOf } from "#server/common/failure.ts";
import { InTurn } from "#server/common/in-turn.ts";
import type { Log } from "#server/common/log.ts";
import { StartError } from "#server/common/start-error.ts";
import { diskTroubleOf } from "#server/store/disk-trouble.ts";
import { FirstAnswers } from "#server/store/first-answers.ts";
import type { PlaybackKeyStore } from "#server/store/playback-key-store.ts";
import type { References } from "#server/store/references.ts";
import type { Stores } from "#server/store/stores.ts";
import type { TokenStore } from "#server/store/token-store.ts";
import { PostgresClient } from "./client.ts";
import { type CopiedRows, copyFromSqlite, type SqliteFiles } from "./copy-from-sqlite.ts";
import { PostgresProbe } from "./database-probe.ts";
import { PostgresDateMarkStore } from "./date-mark-store.ts";
import { PostgresDeliveryStore } from "./delivery-store.ts";
import { PostgresEventStore } from "./event-store.ts";
import { PostgresFirstAnswerRows } from "./first-answer-rows.ts";
import { keptSecret } from "./kept-secret.ts";
import { PostgresLivestreamStore } from "./livestream-store.ts";
import { PostgresMediaStore } from "./media-store.ts";
import { OneProcess } from "./one-process.ts";
import { PostgresPlaybackKeyStore } from "./playback-key-store.ts";
import { PostgresRecordingRemovalStore } from "./recording-removal-store.ts";
import { PostgresReferences } from "./references.ts";
import { PostgresRisingTimeStore } from "./rising-time-store.ts";
import { PostgresSampleStore } from "./sample-store.ts";
import { migrate } from "./schema.ts";
import { PostgresStatisticsWriter } from "./statistics-writer.ts";
import { PostgresThumbnailStore } from "./thumbnail-store.ts";
import { PostgresTokenStore } from "./token-store.ts";
import { PostgresWebhookStore } from "./webhook-store.ts";

/** A server that is ending lets go of the database; one that crashed is noticed on its machine at once. */
const OTHER_PROCESS_PATIENCE_MS = 10_000;

/** A database that is just starting, as beside this process in a container, gets this long. */
const AWAY_PATIENCE_MS = 30_000;

const RETRY_MS = 500;

const IN_USE = "another Tandem server uses the database of TANDEM_DATABASE_URL";

export interface OpenedPostgres {
  readonly stores: Stores;
  readonly probe: PostgresProbe;
}

/** Throws a {@link StartError} when the database cannot be reached, is another server's, or of a newer Tandem. */
export async function openPostgresStores(
  url: string,
  log: Log,
  otherProcessPatienceMs = OTHER_PROCESS_PATIENCE_MS,
): Promise<OpenedPostgres> {
  const client = await openDatabase(url, (problem) => log.warn("database_waited_for", { message: problem }));
  const lock = await OneProcess.take(url, log, otherProcessPatienceMs);
  if (lock === null) {
    await client.close();
    throw new StartError(IN_USE);
  }
  const firstAnswers = new PostgresFirstAnswerRows(client);
  await firstAnswers.voidClaims();
  const statisticsWriter = new PostgresStatisticsWriter({ client, log });
  const stores: Stores = {
    livestreams: new PostgresLivestreamStore(client),
    media: new PostgresMediaStore(client),
    removals: new PostgresRecordingRemovalStore(client),
    thumbnails: new PostgresThumbnailStore(client),
    tokens: new PostgresTokenStore(client),
    playbackKeys: new PostgresPlaybackKeyStore(client),
    references: new PostgresReferences(client),
    webhooks: new PostgresWebhookStore(client),
    deliveries: new PostgresDeliveryStore(client),
    idempotencyKeys: new FirstAnswers(firstAnswers),
    risingTime: new PostgresRisingTimeStore(client),
    dateMark: new PostgresDateMarkStore(client),
    turns: new InTurn(),
    samples: new PostgresSampleStore(client),
    events: new PostgresEventStore(client),
    statisticsWriter,
    viewerSecret: () => keptSecret(client, "viewer_secret"),
    close: async () => {
      await statisticsWriter.close();
      await client.close();
      await lock.release();
    },
  };
  return { stores, probe: new PostgresProbe(client, statisticsWriter, log) };
}

/** What refers to files. Throws as {@link openPostgresStores}; a server may run. */
export async function openPostgresReferences(url: string): Promise<Opened<"references", References>> {
  const client = await openDatabase(url);
  return { references: new PostgresReferences(client), close: () => client.close() };
}

/** Tokens and keys alone, as a command beside a running server needs them. Throws as {@link openPostgresStores}. */
export async function openPostgresTokens(
  url: string,
): Promise<Opened<"tokens", TokenStore> & Opened<"playbackKeys", PlaybackKeyStore>> {
  const client = await openDatabase(url);
  return {
    tokens: new PostgresTokenStore(client),
    playbackKeys: new PostgresPlaybackKeyStore(client),
    close: () => client.close(),
  };
}

/** Rows of a data directory that no server uses. Throws as {@link openPostgresStores}, and where the database has other rows. */
export async function copyToPostgres(files: SqliteFiles, url: string): Promise<CopiedRows> {
  const client = await openDatabase(url);
  try {
    const lock = await OneProcess.take(url, null, 0);
    if (lock === null) throw new StartError(IN_USE);
    try {
      return await copyFromSqlite(files, client);
    } finally {
      await lock.release();
    }
  } finally {
    await client.close();
  }
}

type Opened<Name extends string, Part> = { readonly [Key in Name]: Part } & { close(): Promise<void> };

/** With the schema of this version. `onWait`: called before each new try; without it one that is away is not waited for. */
async function openDatabase(url: string, onWait?: (problem: string) => void): Promise<PostgresClient> {
  const client = new PostgresClient({ url });
  const endMs = performance.now() + AWAY_PATIENCE_MS;
  for (;;) {
    try {
      await migrate(client);
      return client;
    } catch (error) {
      const isAway = diskTroubleOf(error) === "database_away";
      if (isAway && onWait !== undefined && performance.now() < endMs) {
        onWait(messageOf(error));
        await Bun.sleep(RETRY_MS);
        continue;
      }
      await client.close();
      if (diskTroubleOf(error) === null) throw error;
      throw new StartError(`the database of TANDEM_DATABASE_URL cannot be used: ${messageOf(error)}`);
    }
  }
}
