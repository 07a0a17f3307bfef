// One livestream in the list: its picture, name and state, what each input does, and how many watch.

import { Icon } from "#server/web/console/parts/icon.tsx";
import { Picture } from "#server/web/console/parts/picture.tsx";
import { StatusBadge } from "#server/web/console/parts/status-badge.tsx";
import { hrefOf } from "#server/web/console/state/route.ts";
import { countText } from "#server/web/console/words/figures.ts";
import { type Input, inputWords } from "#server/web/console/words/input-words.ts";
import { dateText } from "#server/web/console/words/times.ts";
import type { ListedLivestream } from "./livestream-list.tsx";

const PICTURE_WIDTH = 96;

export function LivestreamRow({ livestream, viewers }: ListedLivestream) {
  const { id, name, onAir, inputs, status, thumbnailUrl, createdAtUtc } = livestream;
  return (
    <a class="row" href={hrefOf("livestreams", id)}>
      <Picture url={thumbnailUrl} width={PICTURE_WIDTH} />
      <span class="row-name">
        <span class="row-title">{name}</span>
        <span class="row-detail">Created {dateText(createdAtUtc)}</span>
      </span>
      <span class="row-state">
        <StatusBadge livestream={livestream} />
      </span>
      <span class="row-inputs">
        {inputs.map((input) => (
          <InputMark key={input.instance} input={input} isOnAir={input.instance === onAir} />
        ))}
      </span>
      <span class="row-viewers">
        {status === "live" && (
          <>
            <Icon name="viewers" />
            <span>
              {countText(viewers)}
              <span class="unseen"> viewers</span>
            </span>
          </>
        )}
      </span>
    </a>
  );
}

const SIGNS = { idle: "ring", well: "well", warning: "warning", bad: "bad" } as const;

function InputMark({ input, isOnAir }: { input: Input; isOnAir: boolean }) {
  const { level, word } = inputWords(input);
  return (
    <span class="input-mark" data-level={level} title={`${input.instance}: ${word}`}>
      <Icon name={SIGNS[level]} />
      <span>
        {input.primary ? "Primary" : "Secondary"}
        <span class="unseen">: {word}</span>
      </span>
      {isOnAir && <span class="on-air">on air</span>}
    </span>
  );
}
