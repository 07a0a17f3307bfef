import { expect, test } from "bun:test";
import { metricsRoutes } from "#server/http/metrics-routes.ts";

const metrics = { render: async () => "a 1\n" };

test("without a token metrics are open to all", async () => {
  const response = await metricsRoutes({ metrics, token: null }).request("/metrics");
  expect([response.status, await response.text()]).toEqual([200, "a 1\n"]);
  expect(response.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
});

test("with a token they are for who has it", async () => {
  const routes = metricsRoutes({ metrics, token: "secret" });
  const statusWith = async (authorization?: string) =>
    (
      await routes.request(
        "/metrics",
        authorization === undefined ? {} : { headers: { Authorization: authorization } },
      )
    ).status;
  expect(await statusWith()).toBe(401);
  expect(await statusWith("Bearer secre")).toBe(401);
  expect(await statusWith("Basic secret")).toBe(401);
  expect(await statusWith("Bearer secret")).toBe(200);
  expect((await routes.request("/metrics")).headers.get("WWW-Authenticate")).toBe("Bearer");
});
