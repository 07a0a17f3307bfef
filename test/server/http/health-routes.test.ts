import { expect, test } from "bun:test";
import { healthRoutes } from "#server/http/health-routes.ts";

test("the process is up, whether it is ready or not", async () => {
  const response = await healthRoutes({ store: () => false }).request("/healthz");
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
  expect(await response.json()).toEqual({ status: "success", data: null });
});

test("it is ready when every check passes", async () => {
  const response = await healthRoutes({ store: () => true, rtmp: () => true }).request("/readyz");
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
});

test("it says what is not ready; a check that throws is one of those", async () => {
  const checks = {
    store: () => {
      throw new Error("database is closed");
    },
    http: () => true,
    rtmp: () => false,
  };
  const response = await healthRoutes(checks).request("/readyz");
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    status: "error",
    message: "Not ready: store, rtmp.",
    data: { notReady: ["store", "rtmp"] },
  });
});
