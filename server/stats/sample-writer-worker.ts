// The thread that writes samples: however slow the disk is, it is this thread that waits.

import type { Database } from "bun:sqlite";
import { SampleStore } from "#server/store/sample-store.ts";
import { openStatisticsDatabase } from "#server/store/statistics-database.ts";
import type { WriterAnswer, WriterCommand } from "./sample-writer-messages.ts";

declare const self: Worker;

let database: Database | null = null;
let store: SampleStore | null = null;

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
      database = openStatisticsDatabase(command.file);
      store = new SampleStore(database);
      return true;
    case "append":
      opened().append(command.samples);
      return true;
    case "remove-some":
      return opened().removeSome(command.livestreamId);
    case "close":
      database?.close();
      return true;
  }
}

function opened(): SampleStore {
  if (store === null) throw new Error("the database is not open");
  return store;
}
