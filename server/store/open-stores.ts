// Which engine keeps the rows: PostgreSQL where its address is set, SQLite in the data directory otherwise.

import type { Log } from "#server/common/log.ts";
import type { DataDirectory } from "./data-directory.ts";
import type { DiskTrouble } from "./disk-trouble.ts";
import type { PlaybackKeyStore } from "./playback-key-store.ts";
import type { References } from "./references.ts";
import { openSqliteReferences, openSqliteStores, openSqliteTokens } from "./sqlite/stores.ts";
import type { Stores } from "./stores.ts";
import type { TokenStore } from "./token-store.ts";

/** Where rows are kept. */
export interface StorePlace {
  readonly directory: DataDirectory;
  /** Null = SQLite in the directory. */
  readonly databaseUrl: string | null;
}

export interface OpenedStores {
  readonly stores: Stores;
  /** What is wrong with a database that is not a file of the directory; null where it is one. */
  readonly databaseProblem: (() => Promise<DiskTrouble | null>) | null;
}

/** Throws a `StartError` when the engine cannot be used, or its rows are of a newer Tandem. */
export async function openStores({ directory, databaseUrl }: StorePlace, log: Log): Promise<OpenedStores> {
  if (databaseUrl === null) return { stores: openSqliteStores(directory, log), databaseProblem: null };
  const { openPostgresStores } = await import("./postgres/stores.ts");
  const { stores, probe } = await openPostgresStores(databaseUrl, log);
  return { stores, databaseProblem: () => probe.problem() };
}

/** Tokens and keys alone, as a command beside a running server needs them. Throws as {@link openStores}. */
export async function openTokens({ directory, databaseUrl }: StorePlace): Promise<{
  tokens: TokenStore;
  playbackKeys: PlaybackKeyStore;
  close: () => void | Promise<void>;
}> {
  if (databaseUrl === null) return openSqliteTokens(directory);
  const { openPostgresTokens } = await import("./postgres/stores.ts");
  return openPostgresTokens(databaseUrl);
}

/** What refers to files. `isReadOnly`: nothing is changed, and a server may run. Throws as {@link openStores}. */
export async function openReferences(
  { directory, databaseUrl }: StorePlace,
  { isReadOnly }: { readonly isReadOnly: boolean },
): Promise<{ references: References; close: () => void | Promise<void> }> {
  if (databaseUrl === null) return openSqliteReferences(directory, { isReadOnly });
  const { openPostgresReferences } = await import("./postgres/stores.ts");
  return openPostgresReferences(databaseUrl);
}
