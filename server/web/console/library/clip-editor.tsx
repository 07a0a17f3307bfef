// Cuts a clip: two handles on the length of the recording, which the picture follows.

import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import type { Media } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Field } from "#server/web/console/parts/field.tsx";
import { type ClipSpan, withEnd, withStart } from "#server/web/console/state/clip-span.ts";
import { hrefOf } from "#server/web/console/state/route.ts";
import { useAction } from "#server/web/console/state/use-action.ts";
import { preciseClockText } from "#server/web/console/words/figures.ts";
import { SpanSlider } from "./span-slider.tsx";

interface ClipEditorProps {
  readonly asset: Media;
  readonly video: RefObject<HTMLVideoElement | null>;
  readonly onSeek: (seconds: number) => void;
}

export function ClipEditor({ asset, video, onSeek }: ClipEditorProps) {
  const { client } = useConsole();
  const { isBusy, run } = useAction();
  const { id, durationSeconds } = asset;
  const [name, setName] = useState(`${asset.name}, clip`.slice(0, 200));
  const [span, setSpan] = useState<ClipSpan>({ startSeconds: 0, endSeconds: durationSeconds });
  const move = (moved: ClipSpan, seconds: number) => {
    setSpan(moved);
    onSeek(seconds);
  };
  const setStart = (seconds: number) => {
    const moved = withStart(span, seconds);
    move(moved, moved.startSeconds);
  };
  const setEnd = (seconds: number) => {
    const moved = withEnd(span, seconds, durationSeconds);
    move(moved, moved.endSeconds);
  };
  const create = async () => {
    const clip = await run(
      "make the clip",
      () => client.createMediaClip(id, { name, ...span }),
      "The clip is made.",
    );
    if (clip !== null) location.hash = hrefOf("library", clip.id);
  };
  const here = () => video.current?.currentTime ?? 0;
  return (
    <section class="panel clip-editor" aria-labelledby="clip-title">
      <h2 id="clip-title">Cut a clip</h2>
      <SpanSlider span={span} durationSeconds={durationSeconds} onStart={setStart} onEnd={setEnd} />
      <p class="clip-span">
        <span>{preciseClockText(span.startSeconds)}</span>
        <span class="quiet">{preciseClockText(span.endSeconds - span.startSeconds)} long</span>
        <span>{preciseClockText(span.endSeconds)}</span>
      </p>
      <div class="button-row">
        <button type="button" class="button small" onClick={() => setStart(here())}>
          Begin where the picture is
        </button>
        <button type="button" class="button small" onClick={() => setEnd(here())}>
          End where the picture is
        </button>
      </div>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <Field label="Name of the clip" hint="It begins with the last key frame at or before its beginning.">
          <input
            name="clip-name"
            required
            maxLength={200}
            value={name}
            onInput={({ currentTarget }) => setName(currentTarget.value)}
          />
        </Field>
        <button type="submit" class="button primary" disabled={isBusy}>
          Make the clip
        </button>
      </form>
    </section>
  );
}
