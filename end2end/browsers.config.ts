// What members do most, in Firefox and in WebKit, which Safari is made of: Debian's
// programs, asked by the WebDriver protocol. `make browsers` runs it; `make test` does
// not, since both are large and a fresh machine has neither.

import { existsSync, readdirSync } from "node:fs";
import { defineConfig } from "@playwright/test";
import type { OtherBrowser } from "./browsers/visitor";
import { address, freePort, portal } from "./portal";

const driver = async (browser: string) => (process.env[`END2END_${browser}`] ??= String(await freePort()));
const geckodriver = await driver("FIREFOX");
const webKitDriver = await driver("WEBKIT");

// The folder is named after the machine's kind of processor.
const miniBrowser = readdirSync("/usr/lib")
  .map((folder) => `/usr/lib/${folder}/webkit2gtk-4.1/MiniBrowser`)
  .find((file) => existsSync(file));

export default defineConfig<{ otherBrowser: OtherBrowser }>({
  testDir: "browsers",
  workers: 1,
  retries: 0,
  timeout: 600_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: [["list"]],
  use: { baseURL: `http://${address}` },
  projects: [
    {
      name: "firefox",
      use: {
        otherBrowser: {
          driver: `http://127.0.0.1:${geckodriver}`,
          capabilities: { browserName: "firefox", "moz:firefoxOptions": { binary: "/usr/bin/firefox-esr", args: ["-headless"] } },
        },
      },
    },
    {
      name: "webkit",
      use: {
        otherBrowser: {
          driver: `http://127.0.0.1:${webKitDriver}`,
          capabilities: { browserName: "MiniBrowser", "webkitgtk:browserOptions": { binary: miniBrowser, args: ["--automation"] } },
        },
      },
    },
  ],
  webServer: [
    portal,
    { command: `geckodriver --port ${geckodriver}`, url: `http://127.0.0.1:${geckodriver}/status` },
    { command: `xvfb-run --auto-servernum WebKitWebDriver --port=${webKitDriver}`, url: `http://127.0.0.1:${webKitDriver}/status` },
  ],
});
