import { expect, test } from "bun:test";
import { caseMessages, repeated } from "#test/support/case-encoder.ts";
import { Stage } from "#test/support/stage.ts";

const slides = await caseMessages("slide-every-5-s");

/** The pictures are up to this late behind the sound that they belong to, in the order of the file. */
const DELAY_SECONDS = 12;

/** Seconds of the second encoder's start after the first one's, and of the loss of the one on air after that. */
const OFFSETS = [0, 0.003, 0.5, 3, 7];
const LOSSES = [6, 13.3, 20.5, 23.7, 27.1, 34.4, 41.2, 45.9];

const CASES = OFFSETS.flatMap((offset) => LOSSES.map((loss) => [offset, loss] as const));

test.each(CASES)(
  "slides whose sound comes long before them leave no hole where the side on air is lost, %p s apart, after %p s",
  (offsetSeconds, lossSeconds) => {
    const stage = new Stage();
    const primary = stage.plays("primary", repeated(slides));
    stage.passes(offsetSeconds);
    const secondary = stage.plays("secondary", repeated(slides));
    stage.passes(DELAY_SECONDS + 2);
    stage.begins();
    stage.passes(lossSeconds);
    (stage.onAir === "primary" ? primary : secondary).closes();
    stage.passes(20);
    expect(stage.programme.longestSilenceSeconds()).toBeLessThan(0.04);
    expect(stage.programme.longestStepSeconds()).toBeLessThan(1.1);
    expect(stage.programme.events).toEqual(["tracks video+audio"]);
    expect(stage.programme.sounds.at(-1)?.dts).toBeGreaterThan((lossSeconds + 20) * 48_000);
  },
  60_000,
);
