// One input: its picture, what it sends at this moment, what is wrong with it, and what its encoder is to be told.

import type { Livestream } from "#openapi/client.ts";
import { livePlaylistPath } from "#openapi/playback-paths.ts";
import { Badge, type Tone } from "#server/web/console/parts/badge.tsx";
import { Icon, type IconName } from "#server/web/console/parts/icon.tsx";
import type { Strip } from "#server/web/console/state/strip.ts";
import { type Input, type InputWords, inputWords } from "#server/web/console/words/input-words.ts";
import { BitrateStrip } from "./bitrate-strip.tsx";
import { EncoderSettings } from "./encoder-settings.tsx";
import { InputFacts } from "./input-facts.tsx";
import { Preview } from "./preview.tsx";

interface InputCardProps {
  readonly livestream: Livestream;
  readonly input: Input;
  readonly isOnAir: boolean;
  readonly strip: Strip;
  /** Of this instance. */
  readonly viewers: number;
  /** Of its playlists. */
  readonly query: string | null;
  readonly onChanged: () => void;
}

const LOOKS: Readonly<Record<InputWords["level"], { tone: Tone; icon: IconName }>> = {
  idle: { tone: "quiet", icon: "ring" },
  well: { tone: "well", icon: "well" },
  warning: { tone: "warning", icon: "warning" },
  bad: { tone: "bad", icon: "bad" },
};

export function InputCard(props: InputCardProps) {
  const { livestream, input, isOnAir, strip, viewers, query, onChanged } = props;
  const { instance, active } = input;
  const words = inputWords(input);
  const titleId = `${instance}-title`;
  return (
    <article class="monitor" aria-labelledby={titleId} data-on-air={isOnAir} data-level={words.level}>
      <header>
        <h2 id={titleId}>{instance === "primary" ? "Primary input" : "Secondary input"}</h2>
        {isOnAir && (
          <Badge tone="live" icon="live">
            On air
          </Badge>
        )}
        <Badge {...LOOKS[words.level]}>{words.word}</Badge>
      </header>
      {livestream.status === "live" && active ? (
        <Preview
          label={`The ${instance} input`}
          playlist={query === null ? null : `${livePlaylistPath(livestream.id, instance)}${query}`}
        />
      ) : (
        <div class="screen">
          <p class="screen-words">{active ? "Its picture is shown once it is published." : "No picture"}</p>
        </div>
      )}
      <Remarks words={words} />
      <InputFacts input={input} viewers={viewers} />
      <BitrateStrip strip={strip} instance={instance} />
      <EncoderSettings livestreamId={livestream.id} input={input} onChanged={onChanged} />
    </article>
  );
}

/** Told as they come and go. */
function Remarks({ words }: { words: InputWords }) {
  return (
    <ul class="remarks" aria-live="polite">
      {words.remarks.map(({ what, todo }) => (
        <li key={what} data-level={words.level}>
          <Icon name={words.level === "well" || words.level === "idle" ? "ring" : LOOKS[words.level].icon} />
          <p>
            <strong>{what}</strong> {todo}
          </p>
        </li>
      ))}
    </ul>
  );
}
