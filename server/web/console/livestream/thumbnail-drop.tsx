// The picture that stands for the livestream: dropped here, chosen as a file, or taken from the stream by itself.

import { useRef, useState } from "preact/hooks";
import type { Livestream } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Picture } from "#server/web/console/parts/picture.tsx";
import { useAction } from "#server/web/console/state/use-action.ts";

interface ThumbnailDropProps {
  readonly livestream: Livestream;
  readonly onChanged: () => void;
}

const SOURCES = {
  upload: "Uploaded by hand.",
  auto: "Taken from the stream, and renewed while it is on air.",
} as const;

export function ThumbnailDrop({ livestream, onChanged }: ThumbnailDropProps) {
  const { client, mayChange } = useConsole();
  const { isBusy, run } = useAction(onChanged);
  const [isOver, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const { id, thumbnailUrl, thumbnailSource } = livestream;
  const upload = async (file: File | undefined) => {
    if (file === undefined) return;
    await run(
      "use this picture",
      () => client.updateLivestreamThumbnail(id, file),
      "The picture is changed.",
    );
  };
  const remove = () =>
    run(
      "remove the picture",
      () => client.deleteLivestreamThumbnail(id).then(() => true),
      "The picture is removed.",
    );
  return (
    <section
      class="panel thumbnail"
      aria-labelledby="thumbnail-title"
      data-over={isOver}
      onDragOver={(event) => {
        if (!mayChange) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        if (mayChange) void upload(event.dataTransfer?.files[0]);
      }}
    >
      <h2 id="thumbnail-title">Picture</h2>
      <Picture url={thumbnailUrl} width={320} />
      <p class="quiet">
        {thumbnailSource === null ? "There is none yet." : SOURCES[thumbnailSource]}
        {mayChange && " Drop a JPEG, PNG, WebP or AVIF here to change it."}
      </p>
      {mayChange && (
        <div class="button-row">
          <input
            ref={input}
            type="file"
            class="unseen"
            tabIndex={-1}
            aria-label="Picture file"
            accept="image/jpeg,image/png,image/webp,image/avif"
            onChange={({ currentTarget }) => {
              void upload(currentTarget.files?.[0]);
              currentTarget.value = "";
            }}
          />
          <button type="button" class="button" disabled={isBusy} onClick={() => input.current?.click()}>
            Choose a file
          </button>
          {thumbnailSource === "upload" && (
            <button type="button" class="button" disabled={isBusy} onClick={() => void remove()}>
              Remove
            </button>
          )}
        </div>
      )}
    </section>
  );
}
