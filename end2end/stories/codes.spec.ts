// 二段階認証: a member turns one-time codes on, signs in with a code, and without the app
// with a recovery code.

import type { Page } from "@playwright/test";
import { appCode } from "../app_code";
import { expect, test } from "../fixtures";
import { field, press } from "../newcomer";

async function fits(page: Page) {
  const width = page.viewportSize()?.width ?? 0;
  expect(await page.evaluate(() => document.documentElement.scrollWidth), page.url()).toBe(width);
}

test("a member turns codes on, and signs in with a code and with a recovery code", async ({
  page,
  newcomer,
  mailbox,
  axe,
  javaScriptEnabled,
}) => {
  const main = page.getByRole("main");
  const looksRight = async () => {
    await fits(page);
    if (javaScriptEnabled) await axe();
  };
  await newcomer.comesIn();
  await page.goto("/profile");
  await looksRight();
  await page.getByRole("link", { name: "確認コードの設定" }).click();
  await expect(main.getByRole("heading", { level: 1 })).toHaveText("二段階認証");
  await expect(page.locator("svg.qr")).toBeVisible();
  await looksRight();
  const secret = (await page.locator("#totp-secret").textContent()) ?? "";
  expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  expect(await page.locator("#totp-uri").textContent()).toContain(`secret=${secret}&`);

  const codes = await test.step("a wrong code turns nothing on, the right one does", async () => {
    await field(page, "code").fill("12345");
    await press(page, "設定する");
    await expect(page.getByRole("alert")).toContainText("6けたの数字");
    await looksRight();
    // The step before this one: the present one's is for the sign-in.
    await field(page, "code").fill(appCode(secret, -1));
    await press(page, "設定する");
    await expect(main.getByRole("heading", { level: 1 })).toHaveText("予備コード");
    await looksRight();
    const codes = await page.locator(".recovery-codes code").allTextContents();
    expect(codes).toHaveLength(10);
    await mailbox.newest(newcomer.address, { subject: "登録内容の変更のお知らせ" });
    await page.getByRole("link", { name: "控えました" }).click();
    await expect(main).toContainText("10個");
    await looksRight();
    return codes;
  });

  const giveThePassword = async () => {
    await page.context().clearCookies();
    await newcomer.signsIn();
    await expect(page).toHaveURL("/login/code");
  };
  await test.step("the code is asked for on a second page", async () => {
    await giveThePassword();
    await looksRight();
    await field(page, "code").fill("000 000");
    await press(page, "ログイン");
    await expect(page.getByRole("alert")).toContainText("コードが違うか");
    await field(page, "code").fill(appCode(secret));
    await press(page, "ログイン");
    await expect(page).toHaveURL("/home");
  });

  await test.step("without the app a recovery code does it, once", async () => {
    await giveThePassword();
    await field(page, "code").fill(codes[0]?.toLowerCase() ?? "");
    await press(page, "ログイン");
    await expect(page).toHaveURL("/home");
    const letter = await mailbox.newest(newcomer.address, { subject: "予備コードが使われました" });
    expect(letter.text).toContain("9個");
  });

  await test.step("and codes are turned off", async () => {
    await page.goto("/profile/codes");
    await page.getByRole("link", { name: "二段階認証をやめる" }).click();
    await looksRight();
    await press(page, "二段階認証をやめる");
    await expect(page.getByRole("status")).toContainText("やめました");
    await page.context().clearCookies();
    await newcomer.signsIn();
    await expect(page).toHaveURL("/home");
  });
});
