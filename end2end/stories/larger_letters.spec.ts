// Letters of twice the size, as somebody sets them in the browser: every page is as wide
// as the screen, and nothing lies over anything else (WCAG 1.4.4, 1.4.10).

import { type Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { Newcomer } from "../newcomer";

// The browser's own setting, which pages see as the size of 1 rem.
test.use({
  launchOptions: {
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--blink-settings=defaultFontSize=32"],
  },
});

const forEverybody = ["/", "/login", "/register", "/reissue", "/reissue/sent", "/help", "/about", "/nothing/here"];
const forMembers = [
  "/home",
  "/notices",
  "/health",
  "/health/salt",
  "/checkups",
  "/expenses",
  "/expenses/print",
  "/profile",
  "/profile/confirm-password",
  "/security",
  "/security/leave",
  "/security/leave/confirm",
  "/my-data",
];

test("letters of 200 % keep every page as wide as the screen", { tag: ["@once", "@javascript"] }, async ({
  page,
  mailbox,
  postcards,
}) => {
  page.on("console", () => {});
  for (const path of forEverybody.slice(0, -1)) await fits(page, path);
  const { insured } = postcards.takeHousehold();
  const member = new Newcomer(page, mailbox, insured);
  await member.reachesTheProfile();
  await fits(page);
  await member.chooses();
  await fits(page);
  await member.signsIn();
  for (const path of forMembers) await fits(page, path);
  await page.goto("/notices");
  await page.locator(".list a").first().click();
  await fits(page);
});

/** Looks at a page, or at the one that is there, as wide as phones are. */
async function fits(page: Page, path?: string) {
  for (const width of [390, 320]) {
    await page.setViewportSize({ width, height: 844 });
    if (path) await page.goto(path);
    for (const closed of await page.locator("details:not([open]) > summary").all()) {
      if (await closed.isVisible()) await closed.click();
    }
    if (process.env.SCREENSHOTS) {
      const name = new URL(page.url()).pathname.replaceAll("/", "_");
      await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}-${width}.png`, fullPage: true });
    }
    const found = await page.evaluate(() => {
      const size = getComputedStyle(document.documentElement).fontSize;
      const wide = [...document.querySelectorAll("body *")]
        .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden, .skip, svg"))
        .filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
        .map((one) => one.outerHTML.slice(0, 120));
      const pressed = [...document.querySelectorAll(".site-header :is(a, summary, button)")].filter((one) => one.checkVisibility());
      const boxes = pressed.map((one) => one.getBoundingClientRect());
      const covered = pressed.filter((_, i) =>
        boxes.some((other, j) => {
          const box = boxes[i] as DOMRect;
          const across = Math.min(box.right, other.right) - Math.max(box.left, other.left);
          const down = Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top);
          return i !== j && across > 1 && down > 1;
        }),
      );
      return { size, wide, covered: covered.map((one) => one.outerHTML.slice(0, 80)), scroll: document.documentElement.scrollWidth };
    });
    expect.soft(found, `${page.url()} at ${width}`).toEqual({ size: "32px", wide: [], covered: [], scroll: width });
  }
}
