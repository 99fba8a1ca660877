// パスキー, with the device that Chromium plays itself: added, used by the button and by
// autofill, removed.

import type { CDPSession, Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { field, press, signsOut } from "../newcomer";

/** A device that checks its owner and keeps passkeys. */
const device = {
  protocol: "ctap2",
  transport: "internal",
  hasResidentKey: true,
  hasUserVerification: true,
  isUserVerified: true,
  automaticPresenceSimulation: true,
} as const;

/** The browser's devices, of which there are none yet. */
async function devices(page: Page): Promise<CDPSession> {
  const browser = await page.context().newCDPSession(page);
  await browser.send("WebAuthn.enable");
  return browser;
}

async function plugIn(browser: CDPSession, isVerified = true): Promise<string> {
  const options = { ...device, isUserVerified: isVerified };
  return (await browser.send("WebAuthn.addVirtualAuthenticator", { options })).authenticatorId;
}

/** A browser whose fields offer no passkeys; otherwise one that is at hand would answer at once. */
async function withoutAutofill(page: Page) {
  await page.addInitScript(() => {
    PublicKeyCredential.isConditionalMediationAvailable = async () => false;
  });
}

/** One passkey on that device, from the profile on. */
async function addsAPasskey(page: Page, name: string) {
  await page.goto("/profile");
  await page.getByRole("link", { name: "パスキーの追加・確認・削除" }).click();
  await expect(page).toHaveURL("/profile/passkeys");
  await page.getByLabel("パスキーの名前").fill(name);
  await press(page, "パスキーを追加する");
  await expect(page).toHaveURL("/profile/passkeys?told=added");
  await expect(page.getByRole("status")).toContainText("パスキーを追加しました");
  await expect(page.getByRole("listitem").filter({ hasText: name })).toContainText("まだありません");
}

test.describe("a passkey", { tag: "@javascript" }, () => {
  test("is added, signs in by the button, and is removed", async ({ page, newcomer, axe, mailbox }) => {
    await newcomer.comesIn();
    const browser = await devices(page);
    await plugIn(browser);
    await addsAPasskey(page, "自分の電話");
    await axe();
    await mailbox.newest(newcomer.address, { subject: "登録内容の変更のお知らせ" });

    await withoutAutofill(page);
    await signsOut(page);
    await axe();
    await press(page, "パスキーでログイン");
    await expect(page).toHaveURL("/home");

    await page.goto("/profile/passkeys");
    const line = page.getByRole("listitem").filter({ hasText: "自分の電話" });
    await expect(line).not.toContainText("まだありません");
    await line.locator("summary", { hasText: "削除" }).click();
    await line.getByRole("button", { name: "削除する" }).click();
    await expect(page).toHaveURL("/profile/passkeys?told=removed");
    await expect(page.getByText("自分の電話")).toHaveCount(0);

    // The device still has it, and the portal does not.
    await signsOut(page);
    await press(page, "パスキーでログイン");
    await expect(page.getByRole("alert")).toContainText("このパスキーではログインできませんでした");
    await axe();
    // What a reload asks for is the page.
    await page.reload();
    await expect(page).toHaveURL("/login");
  });

  test("signs in by autofill", async ({ page, newcomer }) => {
    await newcomer.comesIn();
    const browser = await devices(page);
    const authenticatorId = await plugIn(browser);
    await addsAPasskey(page, "自分の電話");
    const { credentials } = await browser.send("WebAuthn.getCredentials", { authenticatorId });
    await browser.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
    await signsOut(page);
    // The page's own clock, so that it looks again when the device has its passkey.
    await page.clock.install();
    await page.goto("/login");
    await expect(field(page, "login_id")).toHaveAttribute("autocomplete", "username webauthn");
    await page.clock.pauseAt(Date.now() + 60_000);
    const again = await browser.send("WebAuthn.addVirtualAuthenticator", { options: device });
    await browser.send("WebAuthn.addCredential", { ...again, credential: credentials[0] });
    await page.clock.resume();
    await expect(page).toHaveURL("/home");
  });

  test("that is refused on the device is told in words", async ({ page, newcomer, axe }) => {
    await newcomer.comesIn();
    const browser = await devices(page);
    await plugIn(browser, false);
    await page.goto("/profile/passkeys");
    await press(page, "パスキーを追加する");
    await expect(page.locator(".passkey .message")).toContainText("もう一度お試しください。");
    await expect(page).toHaveURL("/profile/passkeys");
    await axe();
  });
});

test("without a script the page says what to do", { tag: "@no-javascript" }, async ({ page, newcomer }) => {
  await page.goto("/login");
  await expect(page.getByText("JavaScriptを有効にしてください")).toBeVisible();
  await expect(page.getByRole("button", { name: "パスキーでログイン" })).toBeHidden();
  await newcomer.comesIn();
  await page.goto("/profile/passkeys");
  await expect(page.getByText("JavaScriptを有効にしてください")).toBeVisible();
});
