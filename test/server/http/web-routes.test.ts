import { describe, expect, test } from "bun:test";
import { webRoutes } from "#server/http/web-routes.ts";
import type { WatchedLivestream } from "#server/web/watch-state.ts";

const PUBLIC = "https://example.com/video/";

const LIVESTREAMS: Record<string, WatchedLivestream> = {
  one: {
    ...{ name: "One", status: "live", onAir: "primary", mediaId: null },
    thumbnailUrl: `${PUBLIC}thumbnails/one/0123abcd`,
    playbackPolicy: "public",
  },
  script: {
    ...{ name: '</title><script>alert("1")</script>', status: "live", onAir: null, mediaId: null },
    thumbnailUrl: null,
    playbackPolicy: "public",
  },
};

const asked: number[] = [];

const app = webRoutes({
  livestream: async (id) => LIVESTREAMS[id] ?? null,
  liveNow: async (atMost) => {
    asked.push(atMost);
    return { items: Object.entries(LIVESTREAMS).map(([id, each]) => ({ id, ...each })), total: 1002 };
  },
  publicUrl: (path) => `${PUBLIC}${path}`,
  dateMs: () => 1_800_000_000_123,
});

async function htmlOf(path: string): Promise<string> {
  return (await app.request(path)).text();
}

describe("the start page", () => {
  test("shows what is live, a bounded number of them, with a picture where there is one", async () => {
    const html = await htmlOf("/");
    expect(html).toContain('href="./watch/one"');
    expect(html).toContain('src="./thumbnails/one/0123abcd?width=640"');
    expect(html.match(/<img [^>]*thumbnails/g)).toHaveLength(1);
    expect(html).toContain("And 1000 more.");
    expect(asked.at(-1)).toBe(24);
  });

  test("shows a hostile name as text", async () => {
    const html = await htmlOf("/");
    expect(html).not.toContain("<script>");
    expect(html).toContain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;");
  });

  test("says so when nothing is live", async () => {
    const empty = webRoutes({
      livestream: async () => null,
      liveNow: async () => ({ items: [], total: 0 }),
      publicUrl: (path) => path,
      dateMs: () => 0,
    });
    expect(await (await empty.request("/")).text()).toContain("Nothing is live at the moment.");
  });
});

describe("the watch page", () => {
  test("carries the livestream's name", async () => {
    const response = await app.request("/watch/one");
    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=UTF-8");
    expect(await response.text()).toContain("<title>One · Tandem</title>");
  });

  test("shows the livestream's picture until something plays", async () => {
    expect(await htmlOf("/watch/one")).toContain('poster="../thumbnails/one/0123abcd"');
    expect(await htmlOf("/watch/script")).not.toContain("poster");
  });

  test("of an unknown livestream is a page too, with status 404", async () => {
    const response = await app.request("/watch/two");
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("<title>No such livestream · Tandem</title>");
  });

  test("shows a hostile name as text", async () => {
    const html = await htmlOf("/watch/script");
    expect(html).not.toContain("<script>");
    expect(html).toContain("&lt;script&gt;");
  });

  test("tells other sites its name, its picture and its player, at the public address", async () => {
    const html = await htmlOf("/watch/one");
    expect(html).toContain('<meta property="og:title" content="One"');
    expect(html).toContain(`<meta property="og:url" content="${PUBLIC}watch/one"`);
    expect(html).toContain(`<meta property="og:image" content="${PUBLIC}thumbnails/one/0123abcd"`);
    expect(html).toContain(`<meta property="og:video" content="${PUBLIC}watch/one?embed"`);
    expect(html).toContain(`href="${PUBLIC}oembed?url=${encodeURIComponent(`${PUBLIC}watch/one`)}"`);
  });

  test("may be framed only as the player alone", async () => {
    const policyOf = async (path: string) =>
      (await app.request(path)).headers.get("Content-Security-Policy") ?? "";
    expect(await policyOf("/watch/one?embed")).toEndWith("; frame-ancestors *");
    expect(await policyOf("/watch/one")).toEndWith("; frame-ancestors 'none'");
    expect(await policyOf("/?embed")).toEndWith("; frame-ancestors 'none'");
    expect(await htmlOf("/watch/one?embed")).toContain('class="watch embedded"');
  });
});

test("the state says what a viewer needs, and is never kept", async () => {
  const response = await app.request("/watch/one/state");
  expect(response.headers.get("Cache-Control")).toBe("no-store");
  expect(await response.json()).toEqual({
    phase: "live",
    title: "One",
    playlistUrl: "../../live/one/index.m3u8",
    posterUrl: "../../thumbnails/one/0123abcd",
    serverMs: 1_800_000_000_123,
  });
  const unknown = await app.request("/watch/two/state");
  expect([unknown.status, unknown.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
});

describe("oEmbed", () => {
  const ask = (url: string, more = "") => app.request(`/oembed?url=${encodeURIComponent(url)}${more}`);

  test("hands out a frame with the player alone", async () => {
    const response = await ask(`${PUBLIC}watch/one`);
    expect(await response.json()).toEqual({
      version: "1.0",
      type: "video",
      title: "One",
      provider_name: "Tandem",
      provider_url: PUBLIC,
      html:
        `<iframe src="${PUBLIC}watch/one?embed" title="One" width="960" height="540" frameborder="0" ` +
        'allow="autoplay; fullscreen; picture-in-picture" allowfullscreen></iframe>',
      width: 960,
      height: 540,
      cache_age: 300,
    });
  });

  test.each([
    ["&maxwidth=640", 640, 360],
    ["&maxheight=90", 160, 90],
    ["&maxwidth=640&maxheight=90", 160, 90],
    ["&maxwidth=99999&maxheight=none", 960, 540],
  ])("fits into %s", async (query, width, height) => {
    expect(await (await ask(`${PUBLIC}watch/one`, query)).json()).toMatchObject({ width, height });
  });

  test("finds the page also at the address that was asked, and with a query", async () => {
    expect((await ask("http://localhost/watch/one?embed")).status).toBe(200);
  });

  test("writes a hostile name as text", async () => {
    const name = "&#60;/title&#62;&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;";
    expect(await (await ask(`${PUBLIC}watch/script`)).json()).toMatchObject({
      html: expect.stringContaining(`title="${name}"`),
    });
  });

  test.each([
    "",
    "watch/one",
    "https://elsewhere.example/watch/one",
    "https://example.com/watch/one",
    `${PUBLIC}watch/two`,
    `${PUBLIC}watch/one/state`,
    `${PUBLIC}watch/`,
    "https://example.com@elsewhere.example/video/watch/one",
    "javascript:alert(1)",
  ])("knows nothing of %p", async (url) => {
    expect((await ask(url)).status).toBe(404);
  });

  test("is made as JSON only", async () => {
    expect((await ask(`${PUBLIC}watch/one`, "&format=xml")).status).toBe(501);
    expect((await ask(`${PUBLIC}watch/one`, "&format=json")).status).toBe(200);
  });
});

describe.each(["/", "/watch/one", "/watch/one?embed", "/watch/two"])("the page at %s", (path) => {
  test("allows nothing inline and nothing from elsewhere", async () => {
    const response = await app.request(path);
    const html = await response.text();
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toStartWith("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toContain("unsafe");
    expect(html).not.toMatch(/<style|<script(?![^>]*\bsrc=)|\bstyle=|\bon\w+="|\b(src|poster)="https?:/);
    expect(html).not.toMatch(/<link rel="(icon|stylesheet|preload)[^>]* href="https?:/);
  });

  test("tells nobody its own address, which may hold a viewer's token", async () => {
    const { headers } = await app.request(path.includes("?") ? `${path}&token=x` : `${path}?token=x`);
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
  });

  test("finds each of its assets, to be kept for ever under a name that changes with the content", async () => {
    const found = (await htmlOf(path)).matchAll(/(?:src|href)="(\.[^"]*assets\/[^"]+)"/g);
    const urls = new Set(Array.from(found, ([, url = ""]) => url));
    expect(urls.size).toBe(3);
    for (const url of urls) {
      const response = await app.request(new URL(url, `http://localhost${path}`).pathname);
      expect(response.status).toBe(200);
      expect(response.headers.get("Cache-Control")).toBe("public, max-age=31536000, immutable");
      expect((await response.text()).length).toBeGreaterThan(100);
    }
  });
});

test.each(["/assets/nothing.js", "/assets/..%2fpage.tsx", "/assets/__proto__"])(
  "%s is not an asset",
  async (path) => {
    const response = await app.request(path);
    expect([response.status, response.headers.get("Cache-Control")]).toEqual([404, "no-store"]);
  },
);

test("the licences are there to be read", async () => {
  const response = await app.request("/licences");
  expect(response.headers.get("Content-Type")).toStartWith("text/plain");
  expect(await response.text()).toContain("GNU LESSER GENERAL PUBLIC LICENSE");
});

describe("the console", () => {
  test("is a page that asks nobody else, runs nothing inline, and is in no frame", async () => {
    const response = await app.request("/console");
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("script-src 'self'; style-src 'self'");
    expect(policy).toEndWith("; frame-ancestors 'none'");
    const html = await response.text();
    expect(html).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/);
    const addresses = Array.from(
      html.matchAll(/(?:src|href|data-hls)="([^"]*)"/g),
      ([, address = ""]) => address,
    );
    expect(addresses.map((address) => /^\.\/assets\/(\w+)-/.exec(address)?.[1])).toEqual([
      ...["icon", "console", "console", "hls"],
    ]);
    for (const address of addresses) expect((await app.request(address.slice(1))).status).toBe(200);
  });

  test("with a slash behind it is the same one", async () => {
    const response = await app.request("/console/");
    expect([response.status, response.headers.get("Location")]).toEqual([302, "../console"]);
  });
});
