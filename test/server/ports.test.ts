import { expect, test } from "bun:test";
import { Ports } from "#server/ports.ts";

test("before anything is listened on there is no port, no peer and nothing that waits", () => {
  const ports = new Ports();
  expect([ports.areOpen, ports.http, ports.rtmp, ports.rtmpWaitingBytes]).toEqual([false, 0, 0, 0]);
  expect(ports.addressOf(new Request("http://localhost/"))).toBe("");
});

test("what is listened on is asked for its ports, its peers and what waits there", () => {
  const ports = new Ports();
  const waits: number[] = [];
  const http = {
    port: 8080,
    addressOf: ({ url }: Request) => `the peer of ${url}`,
    mayWait: (_: Request, seconds: number) => void waits.push(seconds),
  };
  ports.opened({ http, rtmp: { port: 1935, waitingBytes: 3, isPaused: true }, rtmps: { waitingBytes: 4 } });
  expect([ports.areOpen, ports.http, ports.rtmp, ports.rtmpWaitingBytes]).toEqual([true, 8080, 1935, 7]);
  expect(ports.addressOf(new Request("http://localhost/a"))).toBe("the peer of http://localhost/a");
  ports.mayWait(new Request("http://localhost/a"), 90);
  expect(waits).toEqual([90]);
  expect(ports.isRtmpPaused).toBe(true);
  ports.closing();
  expect([ports.areOpen, ports.http]).toEqual([false, 8080]);
});
