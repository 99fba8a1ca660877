// The stories in Debian's Chromium, against a portal of their own.

import { mkdtempSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "@playwright/test";

// One folder for the portal's data, letters and postcards: made here, in the
// main process, seen by the server and by every worker, removed by start-server.
process.env.END2END_DIR ??= mkdtempSync(join(tmpdir(), "portal-end2end-"));

// Likewise where it listens: its letters name the address before it is up.
process.env.END2END_PORT ??= String(await freePort());
const address = `127.0.0.1:${process.env.END2END_PORT}`;

// Tags: what is about scripts, or is checked by one (axe); what is about having
// none; and what comes out the same at every size.
const withScripts = /@javascript/;
const withoutScripts = /@no-javascript/;
const once = /@once/;

export default defineConfig({
  testDir: "stories",
  // Two cores for Chromium, the server and its password hashing.
  workers: 2,
  fullyParallel: true,
  // A test that fails now and then is a fault to be found, not to be repeated.
  retries: 0,
  // Generous: they end a story that hangs, and judge no speed (speed.spec.ts does).
  // On a machine that others were using, a story of 15 s has been seen to take over 180.
  timeout: 900_000,
  expect: { timeout: 90_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: {
    baseURL: `http://${address}`,
    locale: "ja-JP",
    timezoneId: "Asia/Tokyo",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    {
      name: "phone",
      use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
      grepInvert: [withoutScripts, once],
    },
    { name: "desktop", use: { viewport: { width: 1280, height: 800 } }, grepInvert: withoutScripts },
    {
      name: "no-javascript",
      use: { viewport: { width: 390, height: 844 }, javaScriptEnabled: false },
      grepInvert: [withScripts, once],
    },
  ],
  webServer: {
    command: "./start-server",
    env: { PORTAL_ADDR: address, PORTAL_PUBLIC_URL: `http://${address}` },
    url: `http://${address}/healthz`,
    reuseExistingServer: false,
    gracefulShutdown: { signal: "SIGTERM", timeout: 10_000 },
    stdout: "pipe",
    timeout: 600_000,
  },
});

/** A port below those that systems give to outgoing connections, so that it stays free while the demo is made. */
async function freePort(): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 10_000);
  const server = createServer();
  const isFree = await new Promise((tell) => {
    server.once("error", () => tell(false));
    server.listen(port, "127.0.0.1", () => server.close(() => tell(true)));
  });
  return isFree ? port : freePort();
}
