// The portal that the stories are told of: where it listens, and where its data are.

import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

// One folder for the portal's data, letters and postcards: made here, in the
// main process, seen by the server and by every worker, removed by start-server.
process.env.END2END_DIR ??= mkdtempSync(join(tmpdir(), "portal-end2end-"));

// Likewise where it listens: its letters name the address before it is up.
process.env.END2END_PORT ??= String(await freePort());
const listener = `127.0.0.1:${process.env.END2END_PORT}`;
// Found by name: passkeys belong to one, and not to a number.
export const address = `localhost:${process.env.END2END_PORT}`;

/** How Playwright starts and ends it. */
export const portal = {
  command: "./start-server",
  env: { PORTAL_ADDR: listener, PORTAL_PUBLIC_URL: `http://${address}` },
  url: `http://${listener}/healthz`,
  reuseExistingServer: false,
  gracefulShutdown: { signal: "SIGTERM" as const, timeout: 10_000 },
  stdout: "pipe" as const,
  timeout: 600_000,
};

/** A port below those that systems give to outgoing connections, so that it stays free while the demo is made. */
export async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const server = createServer();
  const isFree = await new Promise((tell) => {
    server.once("error", () => tell(false));
    server.listen(port, "127.0.0.1", () => server.close(() => tell(true)));
  });
  return isFree ? port : freePort();
}
