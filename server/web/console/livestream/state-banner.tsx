// The one big state, and what can be done about it now.

import { useState } from "preact/hooks";
import type { Livestream } from "#openapi/client.ts";
import { useConsole } from "#server/web/console/console-context.ts";
import { Confirm } from "#server/web/console/parts/confirm.tsx";
import { Icon } from "#server/web/console/parts/icon.tsx";
import { lookOf } from "#server/web/console/parts/status-badge.tsx";
import type { Viewers } from "#server/web/console/state/followed.ts";
import { hrefOf } from "#server/web/console/state/route.ts";
import { type Action, useAction } from "#server/web/console/state/use-action.ts";
import { bigState } from "#server/web/console/words/big-state.ts";
import { clockText, countText } from "#server/web/console/words/figures.ts";

interface StateBannerProps {
  readonly livestream: Livestream;
  readonly viewers: Viewers | null;
  readonly onChanged: () => void;
}

export function StateBanner({ livestream, viewers, onChanged }: StateBannerProps) {
  const { mayChange } = useConsole();
  const action = useAction(onChanged);
  const { name, word, sentence } = bigState(livestream);
  const { tone, icon } = lookOf(name);
  return (
    <div class="state-banner" data-tone={tone} data-state={name}>
      <div class="state-words" role="status">
        <p class="state-word">
          <Icon name={icon} />
          {word}
        </p>
        <p>{sentence}</p>
      </div>
      {livestream.status === "live" && <LiveFacts livestream={livestream} viewers={viewers} />}
      <div class="state-actions">
        {mayChange && <Actions livestream={livestream} action={action} />}
        {livestream.mediaId !== null && (
          <a class="button primary" href={hrefOf("library", livestream.mediaId)}>
            Open the recording
          </a>
        )}
      </div>
    </div>
  );
}

function LiveFacts({ livestream, viewers }: Pick<StateBannerProps, "livestream" | "viewers">) {
  const { startedAtUtc, recording } = livestream;
  const liveSeconds = startedAtUtc === null ? 0 : (Date.now() - Date.parse(startedAtUtc)) / 1000;
  return (
    <dl class="state-facts">
      <div>
        <dt>Viewers</dt>
        <dd>{viewers === null ? "–" : countText(viewers.sum.hlsConnections)}</dd>
      </div>
      <div>
        <dt>Live for</dt>
        <dd>{clockText(liveSeconds)}</dd>
      </div>
      <div>
        <dt>Recorded</dt>
        <dd>{recording === null ? "–" : clockText(recording.durationSeconds)}</dd>
      </div>
    </dl>
  );
}

function Actions({ livestream, action }: { livestream: Livestream; action: Action }) {
  const { client } = useConsole();
  const { isBusy, run } = action;
  const [isStopping, setStopping] = useState(false);
  const { id, status, inputs, onAir } = livestream;
  if (status === "created") {
    return (
      <button
        type="button"
        class="button primary"
        disabled={isBusy}
        onClick={() =>
          void run("start it", () => client.startLivestream(id), "Started: its inputs are open.")
        }
      >
        Start
      </button>
    );
  }
  if (status === "started") {
    const isReady = inputs.some((input) => input.active);
    return (
      <button
        type="button"
        class="button primary"
        disabled={isBusy || !isReady}
        onClick={() => void run("publish it", () => client.publishLivestream(id), "Published: it is live.")}
      >
        Publish
      </button>
    );
  }
  if (status !== "live") return null;
  const other = inputs.find((input) => input.instance !== onAir);
  const stop = () => run("stop it", () => client.stopLivestream(id), "Stopped: the recording follows.");
  const switchTo = (instance: "primary" | "secondary") =>
    run(
      `switch to the ${instance} input`,
      () => client.switchLivestream(id, instance),
      `The ${instance} input goes on air at its next key frame.`,
    );
  return (
    <>
      {other !== undefined && onAir !== null && (
        <button
          type="button"
          class="button"
          disabled={isBusy || !other.active}
          onClick={() => void switchTo(other.instance)}
        >
          Switch to {other.instance}
        </button>
      )}
      <button type="button" class="button danger" disabled={isBusy} onClick={() => setStopping(true)}>
        Stop
      </button>
      {isStopping && (
        <Confirm
          title="Stop the broadcast?"
          text="It ends for all viewers and cannot be started again. Its recording appears in the library."
          action="Stop it"
          onConfirm={() => void stop()}
          onClose={() => setStopping(false)}
        />
      )}
    </>
  );
}
