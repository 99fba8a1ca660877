// Everybody can read every screen, light and dark, and use it without a mouse.

import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { field, fillIn, leaveFor, message, Newcomer } from "../newcomer";
import { checkupsOf, expensesOf } from "../office";

test.describe("access", { tag: "@javascript" }, () => {
  // Screens that refuse something answer so.
  test.use({ expectedMessages: /status of 40[34]/ });

  test("no screen that is open to everybody violates WCAG 2.2 AA", { tag: "@once" }, async ({ page, axe }) => {
    test.setTimeout(120_000);
    const isFine = screens(page, axe);
    const openPages = {
      "E-1": "/",
      "Q-1": "/help",
      "I-1": "/about",
      "M-1": "/dev/mailbox",
      "S-1": "/reissue",
      "S-2": "/reissue/sent",
      "T-4": "/security/left",
      "X-404": "/nothing/here",
    };
    for (const [screen, path] of Object.entries(openPages)) {
      await page.goto(path);
      await isFine(screen);
    }
    await page.goto("/register/verify?token=made-up");
    await isFine("X-403");

    await page.goto("/register");
    await isFine("R-1");
    await field(page, "email").fill("ｈａｎａｋｏ");
    await expect(page.getByRole("button", { name: "半角に直す" })).toBeVisible();
    await isFine("R-1");
    await field(page, "email").fill("hanako@gmail.con");
    await isFine("R-1");
    await field(page, "email").fill("hanako");
    await sendUnchecked(page);
    await expect(page.getByRole("alert")).toBeVisible();
    await isFine("R-1");

    await page.goto("/login");
    await isFine("L-1");
    await fillIn(page, { login_id: "hanako_", password: "Hanako2026" });
    await isFine("L-1");
    await sendUnchecked(page);
    await expect(page.getByRole("alert")).toBeVisible();
    await isFine("L-1");
  });

  test("nor does one on the way to the first sign-in", { tag: "@once" }, async ({
    page,
    newcomer,
    instantChecks,
    axe,
  }) => {
    test.setTimeout(120_000);
    const isFine = screens(page, axe);
    await newcomer.asksForTheLetter();
    await expect(page.getByRole("status")).toContainText("メールサーバーに渡しました");
    await isFine("R-2");
    await newcomer.opensTheLetter();
    await isFine("R-3");
    await newcomer.copiesThePostcard({ password: "aaaa-aaaa-aaaa" });
    await expect(page.getByRole("alert")).toBeVisible();
    await isFine("R-3");
    await newcomer.copiesThePostcard();
    await expect(page).toHaveURL("/register/profile");
    await isFine("R-4");
    await instantChecks();
    await fillIn(page, { login_id: "SKE123456", password: "hanako2026ko", password_confirmation: "h", nickname: " " });
    await page.getByRole("button", { name: /^新パスワードを ?表示$/ }).click();
    await isFine("R-4");
    await sendUnchecked(page);
    await expect(page.getByRole("alert")).toBeVisible();
    await isFine("R-4");
    await newcomer.chooses();
    await expect(page).toHaveURL("/register/done");
    await isFine("R-5");

    await newcomer.signsIn();
    await expect(page).toHaveURL("/home");
    await isFine("H-1");

    await page.goto("/profile");
    await instantChecks();
    await fillIn(page, { login_id: "SKE123456", password: "hanako", email: "hanako@gmail.con" });
    await isFine("P-1");
    await fillIn(page, { email: `second.${newcomer.address}` });
    await page.getByRole("button", { name: "追加" }).click();
    await expect(page.getByRole("status")).toContainText("確認のメールをお送りしました。");
    await isFine("P-1");
    await page.getByText(`削除（${newcomer.address}）`).click();
    await page.getByRole("button", { name: `削除する （${newcomer.address}）` }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await isFine("P-1");
    await page.goto("/profile/confirm-password");
    await isFine("P-4");
  });

  test("nor does one in the life of an account", { tag: "@once" }, async ({ page, newcomer, mailbox, browser, axe }) => {
    test.setTimeout(120_000);
    const isFine = screens(page, axe);
    const { address, choice } = newcomer;
    await newcomer.registers();
    await newcomer.signsIn();
    await expect(page).toHaveURL("/home");
    const elsewhere = await browser.newContext();
    const stranger = await elsewhere.newPage();
    await stranger.goto("/login");
    await fillIn(stranger, { login_id: choice.login_id, password: choice.password });
    await stranger.getByRole("button", { name: "ログイン", exact: true }).click();
    await expect(stranger).toHaveURL("/home");
    await elsewhere.close();

    await page.goto("/security");
    await isFine("T-1");
    await page.goto("/security/leave");
    await isFine("T-2");
    await page.goto("/security/leave/confirm");
    await isFine("T-3");
    await leaveFor(page, (await mailbox.newest(address, { subject: "新しい端末からのログイン" })).link);
    await isFine("T-5");

    await page.goto("/profile");
    await field(page, "email").fill(`second.${address}`);
    await page.getByRole("button", { name: "追加" }).click();
    await expect(page.getByRole("status")).toContainText("確認のメールをお送りしました。");
    await leaveFor(page, (await mailbox.newest(`second.${address}`)).link);
    await isFine("P-2");
    await page.getByRole("button", { name: "このアドレスを登録する" }).click();
    await expect(page).toHaveURL("/profile/emails/confirmed");
    await isFine("P-3");

    await page.context().clearCookies();
    await newcomer.forgets();
    await expect(page.getByRole("status")).toContainText("メールサーバーに渡しました");
    await isFine("S-2");
    await newcomer.opensTheReissue();
    await isFine("S-3");
    await newcomer.copiesTheReissue();
    await expect(page).toHaveURL("/reissue/password");
    await isFine("S-4");
    await sendUnchecked(page);
    await expect(page.getByRole("alert")).toBeVisible();
    await isFine("S-4");
    await fillIn(page, { password: "sakura2027ko", password_confirmation: "sakura2027ko" });
    await page.getByRole("button", { name: "登録" }).click();
    await expect(page).toHaveURL("/reissue/done");
    await isFine("S-5");
  });

  test("nor does one of what members come for, nor is one too wide or too small", { tag: "@once" }, async ({
    page,
    mailbox,
    postcards,
    axe,
  }) => {
    test.setTimeout(240_000);
    const isFine = screens(page, axe);
    const { insured, dependent } = postcards.takeHousehold();
    const member = new Newcomer(page, mailbox, insured);
    await member.comesIn();
    await page.goto("/notices");
    const notice = await page.locator(".list a").first().getAttribute("href");
    const pages = [
      ["H-1", "/home"],
      ["N-1", "/notices"],
      ["N-2", notice ?? "no notice"],
      ["J-1", "/health"],
      ["J-2", "/health/salt"],
      ["J-3", "/checkups"],
      ["K-1", "/expenses"],
      ["K-2", "/expenses/print"],
      ["D-1", "/my-data"],
    ];
    const desk = page.viewportSize() as { width: number; height: number };
    const fits = async (screen: string) => {
      await isFine(screen);
      await page.setViewportSize({ width: 320, height: 640 });
      expect(await page.evaluate(() => document.documentElement.scrollWidth), `the width of ${page.url()}`).toBe(320);
      await isLarge(page);
      await page.setViewportSize(desk);
    };
    for (const [screen, path] of pages) {
      await page.goto(path);
      // What can be opened is looked at too.
      for (const closed of await page.locator("main details > summary").all()) await closed.click();
      await fits(screen);
    }
    await test.step("the menu", async () => {
      await page.setViewportSize({ width: 320, height: 640 });
      await page.goto("/home");
      await page.getByText("メニュー", { exact: true }).click();
      await expect(page.getByRole("button", { name: "ログアウト" })).toBeVisible();
      await isLarge(page);
      await axe();
      await page.setViewportSize(desk);
    });
    await test.step("what a dependent has to decide", async () => {
      await page.context().clearCookies();
      await new Newcomer(page, mailbox, dependent).comesIn();
      await fits("H-1");
      await page.goto("/expenses");
      await fits("K-1");
    });
  });

  test("expenses are chosen, and a drawing's numbers opened, with the keyboard alone", { tag: "@once" }, async ({
    page,
    mailbox,
    postcards,
  }) => {
    const member = new Newcomer(
      page,
      mailbox,
      postcards.take((card) => checkupsOf(card).length > 1 && expensesOf(card).some((line) => line.区分 === "調剤")),
    );
    await member.comesIn();
    const main = page.getByRole("main");
    await page.goto("/expenses");
    await tabTo(page, page.getByLabel("区分"));
    while ((await page.getByLabel("区分").inputValue()) !== "調剤") await page.keyboard.press("ArrowDown");
    await tabTo(page, page.getByRole("button", { name: "絞り込む" }));
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/kind=%E8/);
    await tabTo(page, main.getByRole("link", { name: "絞り込みをやめる" }));
    await expect(main.locator('.ledger [data-label="区分"]').filter({ hasNotText: "調剤" })).toHaveCount(0);
    await page.goto("/checkups");
    const chart = main.locator("figure.chart").first();
    await tabTo(page, chart.locator("summary"));
    await page.keyboard.press("Enter");
    await expect(chart.getByRole("table")).toBeVisible();
  });

  test("the whole registration with the keyboard alone", async ({ page, newcomer, instantChecks }) => {
    const { address, choice, postcard } = newcomer;
    const main = page.getByRole("main");
    await page.goto("/");
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "本文へ移動" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(main).toBeFocused();
    await tabTo(page, main.getByRole("link", { name: "新規利用登録" }));
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/register");

    await tabTo(page, field(page, "email"));
    await page.keyboard.type(address);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/register/sent");
    await newcomer.opensTheLetter();

    await tabTo(page, field(page, "login_id"));
    await page.keyboard.type(postcard.loginId);
    await tabTo(page, field(page, "password"));
    await page.keyboard.type(postcard.password);
    await tabTo(page, page.getByRole("button", { name: "ログイン" }));
    await page.keyboard.press("Space");
    await expect(page).toHaveURL("/register/profile");

    await instantChecks();
    await tabTo(page, field(page, "login_id"));
    await page.keyboard.type("ｓｋｅ");
    await tabTo(page, page.getByRole("button", { name: "半角に直す" }));
    await page.keyboard.press("Enter");
    await expect(field(page, "login_id"), "back in the field").toBeFocused();
    await expect(field(page, "login_id")).toHaveValue("ske");
    await page.keyboard.press("Control+A");
    await page.keyboard.type(choice.login_id);
    await tabTo(page, field(page, "password"));
    await page.keyboard.type(choice.password);
    await tabTo(page, page.getByRole("button", { name: /^新パスワードを ?表示$/ }));
    await page.keyboard.press("Space");
    await expect(field(page, "password")).toHaveAttribute("type", "text");
    await tabTo(page, field(page, "password_confirmation"));
    await page.keyboard.type("hanako");
    await tabTo(page, field(page, "nickname"));
    await page.keyboard.type(choice.nickname);
    await page.keyboard.press("Enter");
    await expect(field(page, "password_confirmation"), "the first wrong field").toBeFocused();
    await expect(message(page, "password_confirmation")).toHaveText(
      "上のパスワードと違います。もう一度入力してください。",
    );
    await page.keyboard.press("Control+A");
    await page.keyboard.type(choice.password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/register/done");

    await tabTo(page, page.getByRole("link", { name: "ログイン画面" }));
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/login");
    await tabTo(page, field(page, "login_id"));
    await page.keyboard.type(choice.login_id);
    await tabTo(page, field(page, "password"));
    await page.keyboard.type(choice.password);
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/home");
    const menu = page.getByText("メニュー", { exact: true });
    if (await menu.isVisible()) {
      await tabTo(page, menu);
      await page.keyboard.press("Enter");
    }
    await tabTo(page, page.getByRole("button", { name: "ログアウト" }));
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL("/login");
  });

  test("what can be pressed is at least 44 px high", async ({ page, newcomer }) => {
    for (const path of ["/", "/register", "/login"]) {
      await page.goto(path);
      await isLarge(page);
    }
    await newcomer.reachesTheProfile();
    await field(page, "login_id").fill("ｓｋｅ");
    await expect(page.getByRole("button", { name: "半角に直す" })).toBeVisible();
    await isLarge(page);
  });
});

/** Checks the page as it is now, which has to be the screen of that number. */
function screens(page: Page, axe: () => Promise<void>) {
  return (screen: string) =>
    test.step(screen, async () => {
      await expect(page.locator(".screen-number")).toHaveText(`画面 ${screen}`);
      await axe();
    });
}

/** Fails on anything to press on the page, as it is now, that is lower than a finger is wide. */
async function isLarge(page: Page) {
  const pressed =
    "button, a.button, input:not([type=hidden]), select, summary, header a, footer a, .inline-links a, .doors a, .list a, .choices a, .years a, .jumps a, .attachment a";
  const small = await page.locator(pressed).evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility() && !one.matches(".skip") && one.getBoundingClientRect().height < 44)
      .map((one) => `${one.outerHTML.slice(0, 100)}: ${one.getBoundingClientRect().height}`),
  );
  expect(small, `on ${page.url()}`).toEqual([]);
}

/** Goes on with Tab until `target` has the focus; everywhere on the way the focus is seen. */
async function tabTo(page: Page, target: Locator) {
  for (let stop = 0; stop < 30; stop++) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate(() => {
      const at = document.activeElement as HTMLElement;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
      const { top, bottom } = at.getBoundingClientRect();
      return {
        at: at.outerHTML.slice(0, 100),
        ring: outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2 && boxShadow !== "none",
        onScreen: bottom > 0 && top < innerHeight,
      };
    });
    expect(focus, "where the focus is").toEqual({ at: focus.at, ring: true, onScreen: true });
    if (await target.evaluate((one) => one === document.activeElement)) return;
  }
  throw new Error(`Tab does not lead to ${target}`);
}

/** Sends the form past the checks in the browser, as it goes when they have not arrived yet. */
async function sendUnchecked(page: Page) {
  await page.locator("form[data-form]").evaluate((form) => (form as HTMLFormElement).submit());
}
