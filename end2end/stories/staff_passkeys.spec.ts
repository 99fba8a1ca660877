// パスキー of the office's people, with the device that Chromium plays itself: as the first
// second step, at the door, and as a fresh proof.

import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { hires } from "../office";

const fill = (page: Page, name: string, value: string) => page.getByRole("main").locator(`[name=${name}]`).first().fill(value);
const press = (page: Page, name: string) => page.getByRole("main").getByRole("button", { name, exact: true }).click();
const heading = (page: Page) => page.getByRole("main").getByRole("heading", { level: 1 });

test.use({ expectedMessages: /status of (422|403)/ });

test.describe("somebody of the office", { tag: "@javascript" }, () => {
  test("has a passkey from the first day on, and no app", async ({ page, axe }) => {
    const browser = await page.context().newCDPSession(page);
    await browser.send("WebAuthn.enable");
    const options = {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    } as const;
    await browser.send("WebAuthn.addVirtualAuthenticator", { options });
    // A field that offers passkeys would have the device answer at once.
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = async () => false;
    });

    const { login, password } = hires("Desk");
    await page.goto("/office/people");
    await fill(page, "login_id", login);
    await fill(page, "password", password);
    await press(page, "次へ");
    await expect(heading(page)).toHaveText("二段階認証の設定");
    await axe();
    await fill(page, "name", "窓口のパソコン");
    await press(page, "パスキーを設定する");
    // Where they wanted to go.
    await expect(page).toHaveURL("/office/people");

    await page.getByRole("button", { name: "ログアウト" }).click();
    await press(page, "パスキーでログイン");
    await expect(heading(page)).toHaveText("ダッシュボード");
    await page.goto("/office/profile");
    await expect(page.getByRole("listitem").filter({ hasText: "窓口のパソコン" })).toContainText("最後の使用");
    await axe();

    // The password leads to the passkey, and no further.
    await page.getByRole("button", { name: "ログアウト" }).click();
    await fill(page, "login_id", login);
    await fill(page, "password", password);
    await press(page, "次へ");
    await expect(heading(page)).toHaveText("二段階認証");
    await axe();
    await page.goto("/office/second-step");
    await expect(page).toHaveURL("/office/login/code");
    await press(page, "パスキーでログイン");
    await expect(heading(page)).toHaveText("ダッシュボード");
  });
});
