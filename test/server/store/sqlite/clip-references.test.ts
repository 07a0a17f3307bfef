import { expect, test } from "bun:test";
import type { ClipCut } from "#server/store/clip-cut.ts";
import { openDatabase } from "#server/store/sqlite/database.ts";
import { SqliteReferences } from "#server/store/sqlite/references.ts";
import { storesIn } from "#server/store/sqlite/stores.ts";

const FACTS = {
  durationSeconds: 1,
  sizeBytes: 1,
  width: null,
  height: null,
  videoCodec: null,
  audioCodec: null,
};

function cutOf(...of: ("recording" | "clip")[]): ClipCut {
  return {
    ...{ rendition: "v0-360", targetDurationSeconds: 2, last: null },
    first: {
      ...{ msn: 0, initializationId: 0, discontinuity: false, independent: true, programDateTimeMs: 0 },
      ...{ durationSeconds: 1, byteLength: 1, partCount: 1, frameRate: null },
      pieces: of.map((each) => ({ of: each, offset: 0, byteLength: 1 })),
    },
  };
}

test("recordings that clips play, or have of their own, are to be there, whole", async () => {
  const database = openDatabase(":memory:");
  const { livestreams, media, removals } = storesIn(database);
  const references = new SqliteReferences(database);
  const about = {
    name: "Show",
    description: null,
    withDvr: false,
    withBackup: false,
    playbackPolicy: "public",
  } as const;
  await livestreams.insert({ id: "a", ...about, createdAtMs: 1 });
  await livestreams.changeStatus("a", "created", "converting", {}, 1);
  await livestreams.finishConversion({
    livestreamId: "a",
    mediaId: "m",
    facts: FACTS,
    message: null,
    atMs: 1,
  });
  const insert = (id: string, recordingId: string, cut: ClipCut | null) =>
    media.insertClip({
      ...{ id, livestreamId: "a", recordingId, name: "Clip", description: null, ...FACTS, cut },
      ...{ clipOf: { mediaId: "m", startSeconds: 0, endSeconds: 1 }, createdAtMs: 1 },
    });
  await insert("referring", "a", cutOf("recording"));
  await insert("with-ends", "a", cutOf("recording", "clip"));
  await insert("copy", "copy", null);
  await livestreams.delete("a", "finished");
  const ids = ["a", "m", "referring", "with-ends", "copy", "unknown"];
  expect(await Promise.all(ids.map((id) => references.recording(id)))).toEqual([
    ...(["whole", null, "growing", "whole", "whole", null] as const),
  ]);
  expect(await references.wholeRecordings()).toEqual(["a", "copy", "with-ends"]);
  expect(await references.problems()).toEqual([]);
  await media.announceClip("coming");
  expect(await references.recording("coming")).toBe("removing");
  for (const id of ["referring", "with-ends", "copy"]) await media.deleteClip(id);
  expect(await references.recording("a")).toBe("removing");
  expect(await references.wholeRecordings()).toEqual([]);
  expect(await removals.scopeOf("a")).toBe("everything");
  database.close();
});
