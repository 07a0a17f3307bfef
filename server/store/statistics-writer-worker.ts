// The thread that writes samples and events: however slow the disk is, it is this thread that waits.

import type { Database } from "bun:sqlite";
import { EventStore } from "./event-store.ts";
import { SampleStore } from "./sample-store.ts";
import { openStatisticsDatabase } from "./statistics-database.ts";
import type { WriterAnswer, WriterCommand } from "./statistics-writer-messages.ts";

declare const self: Worker;

interface Opened {
  readonly database: Database;
  readonly events: EventStore;
  readonly samples: SampleStore;
}

let open: Opened | null = null;

self.onmessage = (event: MessageEvent<WriterCommand>): void => self.postMessage(answer(event.data));

function answer(command: WriterCommand): WriterAnswer {
  try {
    return { type: "done", isThrough: obey(command) };
  } catch (error) {
    return { type: "failed", message: String(error) };
  }
}

function obey(command: WriterCommand): boolean {
  switch (command.type) {
    case "open":
      open = openedAt(command.file);
      return true;
    case "append-events":
      opened().events.append(command.events);
      return true;
    case "append-samples":
      opened().samples.append(command.samples);
      return true;
    case "remove-some": {
      const { events, samples } = opened();
      return events.removeSome(command.livestreamId) && samples.removeSome(command.livestreamId);
    }
    case "close":
      open?.database.close();
      return true;
  }
}

function openedAt(file: string): Opened {
  const database = openStatisticsDatabase(file);
  return { database, events: new EventStore(database), samples: new SampleStore(database) };
}

function opened(): Opened {
  if (open === null) throw new Error("the database is not open");
  return open;
}
