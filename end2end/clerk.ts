// Somebody of the office at their desk: how the office's pages are filled in, and the way in.

import type { Page } from "@playwright/test";
import { appCode } from "./app_code";
import { expect } from "./fixtures";

/** Fills in a field of the office's forms, by its name. */
export const fill = (page: Page, name: string, value: string) =>
  page.getByRole("main").locator(`[name=${name}]:not([type=hidden])`).fill(value);

/** Presses a button of the page, and none of its frame. */
export const press = (page: Page, name: string) =>
  page.getByRole("main").getByRole("button", { name, exact: true }).click();

/** What the page is called. */
export const heading = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });

/** Nothing stands out of the page to the right. */
export async function fits(page: Page) {
  const width = page.viewportSize()?.width ?? 0;
  expect(await page.evaluate(() => document.documentElement.scrollWidth), page.url()).toBe(width);
}

/** Login and password, and at the first sign-in an app: its secret. */
export async function comesToWork(page: Page, { login, password }: { login: string; password: string }): Promise<string> {
  await page.goto("/office");
  await fill(page, "login_id", login);
  await fill(page, "password", password);
  await press(page, "次へ");
  await expect(heading(page)).toHaveText("二段階認証の設定");
  const secret = (await page.locator("#totp-secret").textContent()) ?? "";
  // The step before this one: the present one's is for the next sign-in. It is good until this
  // one ends, so not when that is near.
  const left = 30_000 - (Date.now() % 30_000);
  if (left < 10_000) await page.waitForTimeout(left);
  await fill(page, "code", appCode(secret, -1));
  await press(page, "設定する");
  await expect(heading(page)).toHaveText("予備コード");
  return secret;
}
