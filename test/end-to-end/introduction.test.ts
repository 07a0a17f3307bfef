// The life of a livestream as the document tells it: its lines are run by a shell, as a reader would run them.

import { expect, test } from "bun:test";
import { introduction } from "#openapi/introduction.ts";
import { ApiClient } from "#test/support/api-client.ts";
import { areInstalled, Program } from "#test/support/program.ts";
import { ADMIN_TOKEN, TandemServer } from "#test/support/tandem-server.ts";

test.skipIf(!areInstalled("bash", "curl", "jq", "ffmpeg"))(
  "the curl lines of the document lead from the creation to the last deletion",
  async () => {
    await using server = await TandemServer.start();
    const blocks = Array.from(
      introduction(server.url).matchAll(/```sh\n(.*?)```/gs),
      ([, lines = ""]) => lines,
    );
    const script = blocks.join("").replace("$(cat data/admin-token)", ADMIN_TOKEN);
    await using shell = new Program(["bash", "-euo", "pipefail", "-c", script], 60);
    const { exitCode, stdout, stderr } = await shell.result;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain('"instance": "secondary"');
    expect(stdout).toMatch(/\/live\/[0-9a-f-]+\/index\.m3u8\n/);
    expect(stdout).toContain('"rtmpConnections": 1');
    expect(stdout).toContain("converting\n");
    expect(stdout).toContain('"name": "Derby"');
    expect(stdout).toContain("ready\n");
    const api = new ApiClient(server.url, ADMIN_TOKEN);
    expect([await api.list(), await api.listMedia()]).toEqual([[], []]);
  },
  90_000,
);
