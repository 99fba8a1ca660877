// The stories in Debian's Chromium, against a portal of their own.

import { defineConfig } from "@playwright/test";
import { address, portal } from "./portal";

// Tags: what is about scripts, or is checked by one (axe); what is about having
// none; and what comes out the same at every size.
const withScripts = /@javascript/;
const withoutScripts = /@no-javascript/;
const once = /@once/;

export default defineConfig({
  testDir: "stories",
  // One more than the cores of a small machine: each waits now and then, for a letter or for
  // a page that asks anew.
  workers: 3,
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
    // A control that never comes ends its story, and the rest of the run does not wait for it.
    actionTimeout: 90_000,
    navigationTimeout: 90_000,
    launchOptions: {
      // Chromium without windows, which Playwright itself prefers where nobody looks on: the
      // whole browser needs half as much again to show the same pages to nobody.
      executablePath: "/usr/bin/chromium-headless-shell",
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
  webServer: portal,
});
