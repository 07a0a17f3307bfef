// The programme and both inputs, side by side.

import type { Livestream } from "#openapi/client.ts";
import type { Followed, Viewers } from "#server/web/console/state/followed.ts";
import { usePlaybackQuery } from "#server/web/console/state/use-playback-query.ts";
import { InputCard } from "./input-card.tsx";
import { ProgrammeCard } from "./programme-card.tsx";

interface MonitorsProps {
  readonly livestream: Livestream;
  readonly viewers: Viewers | null;
  readonly strips: Followed["strips"];
  readonly onChanged: () => void;
}

export function Monitors({ livestream, viewers, strips, onChanged }: MonitorsProps) {
  const query = usePlaybackQuery("livestream", livestream);
  const { inputs, onAir } = livestream;
  return (
    <div class="monitors">
      <ProgrammeCard livestream={livestream} viewers={viewers} query={query} />
      {inputs.map((input) => (
        <InputCard
          key={input.instance}
          livestream={livestream}
          input={input}
          isOnAir={onAir === input.instance}
          strip={strips[input.instance]}
          viewers={viewers?.[input.instance].hlsConnections ?? 0}
          query={query}
          onChanged={onChanged}
        />
      ))}
    </div>
  );
}
