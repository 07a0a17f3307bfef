// The thread that writes samples, events and deliveries: however slow the disk is, it is this thread that waits.

import type { Database } from "bun:sqlite";
import { SqliteDeliveryChanges } from "./delivery-changes.ts";
import { SqliteEventStore } from "./event-store.ts";
import { SqliteSampleStore } from "./sample-store.ts";
import { openStatisticsDatabase } from "./statistics-database.ts";
import type { WriterAnswer, WriterCommand } from "./statistics-writer-messages.ts";

declare const self: Worker;

interface Opened {
  readonly database: Database;
  readonly deliveries: SqliteDeliveryChanges;
  readonly events: SqliteEventStore;
  readonly samples: SqliteSampleStore;
}

let open: Opened | null = null;

/** The next command comes once this one is answered. */
self.onmessage = async ({ data }: MessageEvent<WriterCommand>): Promise<void> =>
  self.postMessage(await answer(data));

async function answer(command: WriterCommand): Promise<WriterAnswer> {
  try {
    return { type: "done", isThrough: await obey(command) };
  } catch (error) {
    return { type: "failed", message: String(error) };
  }
}

async function obey(command: WriterCommand): Promise<boolean> {
  switch (command.type) {
    case "open":
      open = openedAt(command.file);
      return true;
    case "append-events":
      await opened().events.append(command.events, () => opened().deliveries.append(command.deliveries));
      return true;
    case "append-samples":
      await opened().samples.append(command.samples);
      return true;
    case "remove-some": {
      const { events, samples } = opened();
      return (
        (await events.removeSome(command.livestreamId)) && (await samples.removeSome(command.livestreamId))
      );
    }
    case "change-deliveries":
      opened().deliveries.apply(command.changes);
      return true;
    case "remove-some-deliveries":
      return opened().deliveries.removeSome(command.webhookId);
    case "prune-some-deliveries":
      return opened().deliveries.pruneSome(command.webhookId, command.beforeRisingMs);
    case "close":
      open?.database.close();
      return true;
  }
}

function openedAt(file: string): Opened {
  const database = openStatisticsDatabase(file);
  return {
    database,
    deliveries: new SqliteDeliveryChanges(database),
    events: new SqliteEventStore(database),
    samples: new SqliteSampleStore(database),
  };
}

function opened(): Opened {
  if (open === null) throw new Error("the database is not open");
  return open;
}
