import { expect, test } from "bun:test";
import { healthRoutes } from "#server/http/health-routes.ts";

const FULL = { code: "disk_full", reason: "the disk is full" };

test("the process is up, whether it is ready or not", async () => {
  const response = await healthRoutes({ store: () => FULL }).request("/healthz");
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
  expect(await response.json()).toEqual({ status: "success", data: null });
});

test("it is ready when every check passes", async () => {
  const response = await healthRoutes({ store: async () => null, rtmp: () => null }).request("/readyz");
  expect([response.status, response.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
});

test("it says what is not ready and why; a check that throws or rejects is one of those", async () => {
  const checks = {
    store: async () => {
      throw new Error("/var/lib/tandem is closed");
    },
    recordings: async () => FULL,
    http: () => null,
    rtmp: () => {
      throw new Error("no port");
    },
  };
  const response = await healthRoutes(checks).request("/readyz");
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    status: "error",
    message: "Not ready: store (it cannot be told), recordings (the disk is full), rtmp (it cannot be told).",
    data: {
      notReady: ["store", "recordings", "rtmp"],
      problems: [
        { part: "store", code: "check_failed", reason: "it cannot be told" },
        { part: "recordings", code: "disk_full", reason: "the disk is full" },
        { part: "rtmp", code: "check_failed", reason: "it cannot be told" },
      ],
    },
  });
});
