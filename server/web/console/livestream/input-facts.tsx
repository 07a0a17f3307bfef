// What an input sends at this moment, in figures.

import {
  bitrateText,
  channelsText,
  codecText,
  countText,
  rateText,
  secondsText,
} from "#server/web/console/words/figures.ts";
import type { Input } from "#server/web/console/words/input-words.ts";

export function InputFacts({ input, viewers }: { input: Input; viewers: number }) {
  const { active, video, audio, health } = input;
  if (!active) return null;
  return (
    <dl class="facts">
      {health !== null && (
        <div>
          <dt>Health</dt>
          <dd>
            <meter
              min={0}
              max={100}
              low={50}
              high={90}
              optimum={100}
              value={health.score}
              aria-label="Health"
            />
            {countText(health.score)} of 100
          </dd>
        </div>
      )}
      {video !== null && (
        <>
          <div>
            <dt>Picture</dt>
            <dd>
              {codecText(video.codec)} {video.width}×{video.height}
              {video.frameRate !== null && ` · ${rateText(video.frameRate)}`} ·{" "}
              {bitrateText(video.bitrateKbps)}
            </dd>
          </div>
          <div>
            <dt>Key frames</dt>
            <dd>
              {video.keyFrameIntervalSeconds === null
                ? "not measured yet"
                : `every ${secondsText(video.keyFrameIntervalSeconds)}`}
            </dd>
          </div>
        </>
      )}
      {audio !== null && (
        <div>
          <dt>Sound</dt>
          <dd>
            {codecText(audio.codec)} {audio.sampleRate / 1000} kHz {channelsText(audio.channels)} ·{" "}
            {bitrateText(audio.bitrateKbps)}
          </dd>
        </div>
      )}
      <div>
        <dt>Viewers</dt>
        <dd>{countText(viewers)}</dd>
      </div>
    </dl>
  );
}
