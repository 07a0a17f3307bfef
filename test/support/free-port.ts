// Ports for servers that have to be told theirs, or that come back on the one they had.

import { createServer } from "node:net";

/** Below those that systems give to connections, of which a busy machine has thousands: nobody takes it by chance. */
const FIRST = 10_000;
const COUNT = 22_000;

/** One of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
