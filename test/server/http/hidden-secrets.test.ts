// What a token of scope `read` is shown holds no stream key, wherever one could be.

import { expect, test } from "bun:test";
import { FakeApp, READER } from "./fake-app.ts";

test("inputs come without address and key, the server's address stays; who may change them sees them", async () => {
  const app = new FakeApp();
  const id = await app.house.receiving();
  const keys = Object.values(app.house.playouts.streamKeys.get(id) ?? {});
  for (const path of ["/v2/livestreams", "/v2/livestreams?sort=name", `/v2/livestreams/${id}`]) {
    const shown = JSON.stringify((await app.call("GET", path)).body);
    const hidden = JSON.stringify((await app.call("GET", path, { token: READER })).body);
    for (const key of keys) {
      expect(shown).toContain(key ?? "");
      expect(hidden).not.toContain(key ?? "");
    }
  }
  const { body } = await app.call("GET", `/v2/livestreams/${id}`, { token: READER });
  const hidden = { url: null, streamKey: null, serverUrl: "rtmp://example.com/live" };
  expect(body?.data).toMatchObject({ inputs: [hidden, hidden] });
});

test.each([
  ["admin-token", true],
  [READER, false],
])("server-sent events to %s hold stream keys: %p", async (token, areShown) => {
  const app = new FakeApp();
  const id = await app.house.receiving();
  const livestream = await app.house.livestreams.get(id);
  app.statistics.inputs = livestream?.inputs ?? [];
  const response = await app.app.request(`/v2/livestreams/${id}/events`, {
    headers: { Authorization: `Bearer ${token}` },
  });
  const reader = response.body?.getReader();
  let text = "";
  while (!text.includes("event: inputs")) text += new TextDecoder().decode((await reader?.read())?.value);
  await app.statistics.events.tick();
  while (text.split("event: inputs").length < 3)
    text += new TextDecoder().decode((await reader?.read())?.value);
  await reader?.cancel();
  expect(text).toContain("rtmp://example.com/live");
  for (const { streamKey } of livestream?.inputs ?? []) {
    expect(text.includes(streamKey ?? "")).toBe(areShown);
  }
});
