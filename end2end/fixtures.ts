// What every story needs: a page that may not complain, the letters that arrive,
// postcards nobody has used yet, and the check for access.

import { test as base, expect, type Page } from "@playwright/test";
import axe from "axe-core";
import { mailbox } from "./mailbox";
import { Newcomer } from "./newcomer";
import { takeHousehold, takePostcard } from "./office";
import type { Household, Letter, Mailbox, Postcard } from "./types";

export { expect };

type Fixtures = {
  /** Console messages that this story expects, such as the browser's own line about a 404. */
  expectedMessages: RegExp;
  mailbox: Mailbox;
  postcards: {
    /** A provisional pair that no other test has, of somebody for whom `fits` holds. */
    take(fits?: (postcard: Postcard) => boolean): Postcard;
    /** The pairs of a family, which no other test has either. */
    takeHousehold(): Household;
  };
  /** Somebody with a postcard of their own, on this page. */
  newcomer: Newcomer;
  /** Fails on any violation of WCAG 2.2 AA, or of axe's good practice, on the page as it is now, light and dark. */
  axe: () => Promise<void>;
  /** Waits until the page checks its forms by itself. */
  instantChecks: () => Promise<void>;
};

export const test = base.extend<Fixtures>({
  expectedMessages: [/(?!)/, { option: true }],

  page: async ({ page, expectedMessages }, use) => {
    const faults = await listen(page);
    await use(page);
    const unexpected = faults.filter((fault) => !expectedMessages.test(fault));
    expect(unexpected, "what the browser complained about").toEqual([]);
  },

  mailbox: async ({}, use) => {
    await use(mailbox);
  },

  postcards: async ({}, use) => {
    await use({ take: takePostcard, takeHousehold });
  },

  newcomer: async ({ page, mailbox, postcards }, use) => {
    await use(new Newcomer(page, mailbox, postcards.take()));
  },

  axe: async ({ page }, use) => {
    await use(async () => {
      await hasNoViolations(page, page.url());
      // What differs in the dark is the colours.
      await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
      await hasNoViolations(page, `${page.url()} in the dark`, ["color-contrast"]);
      await page.emulateMedia({ colorScheme: "light", reducedMotion: null });
    });
  },

  instantChecks: async ({ page }, use) => {
    await use(() => expect(page.locator("html")).toHaveAttribute("data-client", "ready"));
  },
});

/**
 * Judges `page` by all of axe's rules, or by `rules` alone. The portal has no frames, so axe
 * runs in the page itself: its package for Playwright opens a second page for each judgement.
 */
async function hasNoViolations(page: Page, where: string, rules?: string[]) {
  const isThere = () => typeof (window as any).axe === "object";
  if (!(await page.evaluate(isThere))) await page.evaluate(axe.source);
  expect(page.frames(), `frames on ${where}`).toHaveLength(1);
  const found = await page.evaluate(async (rules) => {
    // A colour that is on its way from light to dark is neither.
    const changes = document.getAnimations().filter((change) => change instanceof CSSTransition);
    await Promise.allSettled(changes.map((change) => change.finished));
    const judge: typeof axe = (window as any).axe;
    const { violations } = await judge.run({
      resultTypes: ["violations"],
      ...(rules && { runOnly: { type: "rule", values: rules } }),
    });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`);
  }, rules);
  expect.soft(found, `access on ${where}`).toEqual([]);
}

/** Collects what the browser complains about on `page`, from now on. */
async function listen(page: Page): Promise<string[]> {
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.stack ?? error.message}`));
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    // A form that comes back with its errors answers 422, which Chromium notes: no fault.
    if (/Failed to load resource.* 422 /.test(message.text())) return;
    faults.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  await page.exposeFunction("reportViolation", (violation: string) => faults.push(`CSP: ${violation}`));
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      (window as any).reportViolation(`${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`);
    });
  });
  return faults;
}
