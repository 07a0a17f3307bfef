import { expect, test } from "bun:test";
import { PublicUrls } from "#server/common/public-urls.ts";

test("without settings a URL has the port that was bound, however late that was", () => {
  const bound = { http: 0, rtmp: 0 };
  const urls = new PublicUrls({ publicUrl: null, rtmpPublicUrl: null }, bound);
  bound.http = 40_001;
  bound.rtmp = 40_002;
  expect(urls.http("watch/a")).toBe("http://localhost:40001/watch/a");
  expect(urls.rtmp("live")).toBe("rtmp://localhost:40002/live");
});

test("the operator's own URLs are taken as they are", () => {
  const ports = { http: 1, rtmp: 2 };
  const urls = new PublicUrls(
    { publicUrl: "https://example.com/tandem", rtmpPublicUrl: "rtmp://in.example.com" },
    ports,
  );
  expect(urls.http("watch/a")).toBe("https://example.com/tandem/watch/a");
  expect(urls.rtmp("live")).toBe("rtmp://in.example.com/live");
});

test("with a certificate of the server's own, viewers are sent to https", () => {
  const ports = { http: 8443, rtmp: 1935 };
  const tls = { certFile: "a.pem", keyFile: "a.key" };
  const urls = new PublicUrls({ publicUrl: null, rtmpPublicUrl: null, tls }, ports);
  expect(urls.http("watch/a")).toBe("https://localhost:8443/watch/a");
  expect(urls.rtmp("live")).toBe("rtmp://localhost:1935/live");
});
