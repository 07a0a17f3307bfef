import { expect, test } from "bun:test";
import { metric, metricBy, renderMetrics } from "#server/stats/prometheus-text.ts";

test("families are rendered as the exposition format has it", () => {
  expect(
    renderMetrics([
      metric("gauge", "a_seconds", "How long.", 1.5),
      metricBy("counter", "b_total", "How many.", "status", [
        ["live", 2],
        ["failed", 0],
      ]),
      metricBy("gauge", "c", "None.", "instance", []),
    ]),
  ).toBe(
    [
      "# HELP a_seconds How long.\n# TYPE a_seconds gauge\na_seconds 1.5",
      '# HELP b_total How many.\n# TYPE b_total counter\nb_total{status="live"} 2\nb_total{status="failed"} 0',
      "# HELP c None.\n# TYPE c gauge\n",
    ].join("\n"),
  );
});

test("text that would break a line is escaped, and no number is unreadable", () => {
  const text = renderMetrics([
    metricBy("gauge", "a", "b\\c\nd", "label", [['x"y\\z\n', Number.POSITIVE_INFINITY]]),
    metric("gauge", "n", "n", Number.NaN),
  ]);
  expect(text).toContain("# HELP a b\\\\c\\nd\n");
  expect(text).toContain('a{label="x\\"y\\\\z\\n"} +Inf\n');
  expect(text).toContain("n NaN\n");
});
