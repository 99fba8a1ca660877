// Messages appear and go, and nothing on the page moves.

import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { type FieldName, field, fullWidth } from "../newcomer";

/** What brings up each field's messages: the short, the long, the one with a button, and none. */
const TYPED: Record<Exclude<FieldName, "current_password">, string[]> = {
  email: ["hanako", "hanako@", "花子", fullWidth("hanako@example.jp"), "hanako.suzuki.1985@docomo.ne.jo", "hanako@example.jp"],
  login_id: ["SKE123456", "ske-", "ske ", "ske\u200b", fullWidth("ske"), "a".repeat(65), "123456SKE"],
  password: ["KENPO", "k", "kenpo-", fullWidth("kenpo123"), "kenpokenpo", "12345678", "password1", "kenpo123", "hanako2026ko"],
  password_confirmation: ["k", "", "hanako2026ko"],
  nickname: ["花".repeat(21), "花\u200b子", " ", "花子"],
};
/** The same for a postcard's values. */
const COPIED: Partial<Record<FieldName, string[]>> = {
  login_id: ["0", "bcd", "bcdf23gh", "bcdfgh23"],
  password: ["0", "abcd-efgh-jkm", fullWidth("l"), "abcd-efgh-jkmn"],
};

test.describe("a steady page", { tag: "@javascript" }, () => {
  for (const narrow of [false, true]) {
    const title = `no message moves anything${narrow ? ", at 320 px either" : ""}`;
    test(title, { tag: narrow ? "@once" : [] }, async ({ page, newcomer, instantChecks }) => {
      if (narrow) await page.setViewportSize({ width: 320, height: 640 });
      await watchForShifts(page);

      await page.goto("/register");
      await instantChecks();
      await nothingMoves(page, { email: TYPED.email });

      await page.goto("/login");
      await instantChecks();
      await nothingMoves(page, { login_id: TYPED.login_id, password: TYPED.password });

      await newcomer.asksForTheLetter();
      await newcomer.opensTheLetter();
      await instantChecks();
      await nothingMoves(page, COPIED);

      await newcomer.copiesThePostcard();
      await expect(page).toHaveURL("/register/profile");
      await instantChecks();
      await nothingMoves(page, TYPED);

      await field(page, "email").fill(newcomer.address);
      await newcomer.chooses();
      await expect(page).toHaveURL("/register/done");
      await newcomer.signsIn();
      await expect(page).toHaveURL("/home");
      await page.goto("/profile");
      await instantChecks();
      await nothingMoves(page, TYPED);
    });
  }
});

/** Types one value after the other into each field, and then nothing; compares where things are. */
async function nothingMoves(page: Page, typed: Partial<Record<FieldName, string[]>>) {
  const before = await places(page);
  for (const [name, values] of Object.entries(typed)) {
    for (const value of [...values, ""]) {
      await field(page, name as FieldName).fill(value);
      await field(page, name as FieldName).blur();
      expect.soft(await places(page), `with 「${value}」 in ${name}: ${await words(page, name)}`).toEqual(before);
    }
  }
  expect(await page.evaluate(() => (window as any).shifts), `layout shifts on ${page.url()}`).toEqual([]);
}

/** Where every label, field, message, button and paragraph stands: top and height in pixels. */
function places(page: Page): Promise<string[]> {
  return page.locator("label, input, .message, [type=submit], .notice, .inline-links, footer").evaluateAll((elements) =>
    elements.map((element) => {
      const { top, height } = element.getBoundingClientRect();
      const name = element.id || element.textContent?.slice(0, 12) || element.tagName;
      return `${name}: ${Math.round(top + scrollY)}, ${Math.round(height)}`;
    }),
  );
}

async function words(page: Page, name: string): Promise<string> {
  return (await page.locator(`#${name}-error`).textContent()) || "no message";
}

/** Collects every layout shift that the browser notes, also those right after a key. */
async function watchForShifts(page: Page) {
  await page.addInitScript(() => {
    const shifts: string[] = [];
    (window as any).shifts = shifts;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as any[]) {
        const moved = entry.sources.map(({ node }: { node?: HTMLElement }) => node?.outerHTML?.slice(0, 80));
        shifts.push(`${entry.value}: ${moved.join(" ")}`);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}
