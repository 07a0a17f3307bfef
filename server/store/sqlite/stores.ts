// All stores in the SQLite files of a data directory. They answer at once: nothing is waited for inside.

import type { Database } from "bun:sqlite";
import { InTurn } from "#server/common/in-turn.ts";
import type { Log } from "#server/common/log.ts";
import type { DataDirectory } from "#server/store/data-directory.ts";
import { FirstAnswers } from "#server/store/first-answers.ts";
import type { PlaybackKeyStore } from "#server/store/playback-key-store.ts";
import type { References } from "#server/store/references.ts";
import type { Stores } from "#server/store/stores.ts";
import type { TokenStore } from "#server/store/token-store.ts";
import { openDatabaseOf, openDatabaseToReadOf, openStatisticsOf } from "./database-files.ts";
import { DatabaseSync } from "./database-sync.ts";
import { SqliteDateMarkStore } from "./date-mark-store.ts";
import { SqliteDeliveryStore } from "./delivery-store.ts";
import { SqliteEventStore } from "./event-store.ts";
import { SqliteFirstAnswerRows } from "./first-answer-rows.ts";
import { SqliteLivestreamStore } from "./livestream-store.ts";
import { SqliteMediaStore } from "./media-store.ts";
import { SqlitePlaybackKeyStore } from "./playback-key-store.ts";
import { SqliteRecordingRemovalStore } from "./recording-removal-store.ts";
import { SqliteReferences } from "./references.ts";
import { SqliteRisingTimeStore } from "./rising-time-store.ts";
import { SqliteSampleStore } from "./sample-store.ts";
import { viewerSecretIn } from "./statistics-database.ts";
import { SqliteStatisticsWriter } from "./statistics-writer.ts";
import { SqliteThumbnailStore } from "./thumbnail-store.ts";
import { SqliteTokenStore } from "./token-store.ts";
import { SqliteWebhookStore } from "./webhook-store.ts";

/** Throws a `StartError` when a file is of a newer Tandem, of another program, or cannot be opened. */
export function openSqliteStores(directory: DataDirectory, log: Log): Stores {
  const database = openDatabaseOf(directory);
  const statistics = openStatisticsOf(directory);
  const { databaseFile, statisticsFile } = directory;
  const syncs = [databaseFile, statisticsFile].map((file) => new DatabaseSync(file, log));
  const statisticsWriter = new SqliteStatisticsWriter({ file: statistics.filename, log });
  const stores = storesIn(database);
  return {
    ...stores,
    samples: new SqliteSampleStore(statistics),
    events: new SqliteEventStore(statistics),
    deliveries: new SqliteDeliveryStore(statistics),
    statisticsWriter,
    viewerSecret: async () => viewerSecretIn(statistics),
    close: async () => {
      for (const each of syncs) each.stop();
      await statisticsWriter.close();
      statistics.close();
      database.close();
    },
  };
}

/** The stores of the main file. One process at a time writes it, so that turns are taken within the process. */
export function storesIn(database: Database) {
  return {
    livestreams: new SqliteLivestreamStore(database),
    media: new SqliteMediaStore(database),
    removals: new SqliteRecordingRemovalStore(database),
    thumbnails: new SqliteThumbnailStore(database),
    tokens: new SqliteTokenStore(database),
    playbackKeys: new SqlitePlaybackKeyStore(database),
    webhooks: new SqliteWebhookStore(database),
    references: new SqliteReferences(database),
    idempotencyKeys: new FirstAnswers(new SqliteFirstAnswerRows(database)),
    risingTime: new SqliteRisingTimeStore(database),
    dateMark: new SqliteDateMarkStore(database),
    turns: new InTurn(),
  };
}

/** What refers to files. `isReadOnly`: nothing is changed, and a server may run. Throws as {@link openSqliteStores}. */
export function openSqliteReferences(
  directory: DataDirectory,
  { isReadOnly }: { readonly isReadOnly: boolean },
): { references: References; close: () => void } {
  const database = isReadOnly ? openDatabaseToReadOf(directory) : openDatabaseOf(directory);
  return { references: new SqliteReferences(database), close: () => database.close() };
}

/** Tokens and keys alone, as a command beside a running server needs them. Throws as {@link openSqliteStores}. */
export function openSqliteTokens(directory: DataDirectory): {
  tokens: TokenStore;
  playbackKeys: PlaybackKeyStore;
  close: () => void;
} {
  const database = openDatabaseOf(directory);
  return {
    tokens: new SqliteTokenStore(database),
    playbackKeys: new SqlitePlaybackKeyStore(database),
    close: () => database.close(),
  };
}
