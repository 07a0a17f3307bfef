// A receiver of webhooks that answers at once, or never at `/hangs`: prints its port, and counts. `/counted` tells, and counts anew.

const delays: number[] = [];

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 120,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/counted") return Response.json(delays.splice(0));
    if (pathname === "/hangs") return new Promise(() => {});
    const { atUtc } = (await request.json()) as { atUtc: string };
    delays.push(Date.now() - Date.parse(atUtc));
    return new Response(null, { status: 204 });
  },
});
process.stdout.write(`${server.port}\n`);
