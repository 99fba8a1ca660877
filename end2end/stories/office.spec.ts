// The office: whoever works there comes in by two steps, sees what is theirs, and answers
// the telephone.

import { appCode } from "../app_code";
import { comesToWork, fill, fits, heading, press } from "../clerk";
import { expect, test } from "../fixtures";
import { elsewhere } from "../newcomer";
import { codeFor, hires } from "../office";

test.use({ expectedMessages: /status of (422|403)/ });

const menus: [string, string[]][] = [
  ["Desk", ["ダッシュボード", "加入者"]],
  ["Publisher", ["ダッシュボード", "お知らせ", "取込"]],
  ["Importer", ["ダッシュボード", "ハガキ", "取込"]],
  ["HealthImporter", ["ダッシュボード", "取込"]],
  ["Auditor", ["ダッシュボード", "監査記録"]],
  ["Admin", ["ダッシュボード", "職員"]],
];

for (const [role, places] of menus) {
  test(`${role} sees what is theirs, and nothing else`, async ({ page, axe, javaScriptEnabled }) => {
    const looksRight = async () => {
      await fits(page);
      if (javaScriptEnabled) await axe();
    };
    const staff = hires(role);
    await page.goto("/office");
    await looksRight();
    await fill(page, "login_id", staff.login);
    await fill(page, "password", "nobody has this one");
    await press(page, "次へ");
    await expect(page.getByRole("alert")).toContainText("ログインIDまたはパスワードが違います");
    await looksRight();
    const secret = await comesToWork(page, staff);
    await looksRight();
    await page.getByRole("link", { name: "保管しました。次へ" }).click();
    await expect(heading(page)).toHaveText("ダッシュボード");
    await looksRight();
    const menu = page.getByRole("navigation", { name: "事務局のメニュー" }).getByRole("link");
    expect((await menu.allTextContents()).map((text) => text.replace(/\d.*/, "").trim())).toEqual(places);
    for (const place of places) {
      await menu.filter({ hasText: place }).first().click();
      await expect(heading(page)).toBeVisible();
      await looksRight();
    }
    await page.goto("/office/profile");
    await expect(page.getByRole("main")).toContainText("予備コード 残り10個");
    await looksRight();
    if (role !== "Admin") {
      await page.goto("/office/staff");
      await expect(heading(page)).toHaveText("開けません");
    }
    await page.getByRole("button", { name: "ログアウト" }).click();
    await expect(page.getByRole("main")).toContainText("ログアウトしました。");
    await fill(page, "login_id", staff.login);
    await fill(page, "password", staff.password);
    await press(page, "次へ");
    await expect(heading(page)).toHaveText("二段階認証");
    await looksRight();
    await fill(page, "code", appCode(secret));
    await press(page, "ログイン");
    await expect(heading(page)).toHaveText("ダッシュボード");
  });
}

test("from a command alone the office can be opened", async ({ page }) => {
  const { login, password } = hires("Admin");
  await page.goto("/office");
  await fill(page, "login_id", login);
  await fill(page, "password", password);
  await press(page, "次へ");
  await page.getByRole("link", { name: "サーバーで発行したコードでログインする" }).click();
  await fill(page, "code", codeFor(login));
  await press(page, "ログイン");
  await expect(page.getByRole("status").first()).toContainText("サーバーで発行したコードによるログインです");
});

test("an administrator invites somebody, who comes in", async ({ page, browser, javaScriptEnabled, axe }) => {
  await comesToWork(page, hires("Admin"));
  await page.goto("/office/staff");
  const login = `new-${Date.now().toString(36)}${Math.floor(Math.random() * 1e6)}`;
  const form = page.getByRole("main").locator("form").last();
  await form.locator("[name=name]").fill("見本 新子");
  await form.locator("[name=login_id]").fill(login);
  await form.locator("[name=role_Publisher]").check();
  await form.getByRole("button", { name: "追加する" }).click();
  await expect(heading(page)).toHaveText("パスワード設定のURL");
  await fits(page);
  if (javaScriptEnabled) await axe();
  const link = new URL(((await page.locator("#invite-link").textContent()) ?? "").trim());
  const other = await elsewhere(browser, javaScriptEnabled);
  await other.goto(link.pathname + link.search);
  await expect(other).toHaveURL(/\/office\/invite$/);
  await expect(heading(other)).toHaveText("パスワードの設定");
  await fill(other, "password", "a long sentence of nobody else");
  await press(other, "設定する");
  await comesToWork(other, { login, password: "a long sentence of nobody else" });
  await other.goto("/office");
  await expect(heading(other)).toHaveText("ダッシュボード");
});

test("a call: the clerk finds the caller, asks who it is, and ends the sessions of a lost telephone", async ({
  page,
  newcomer,
  browser,
  mailbox,
  javaScriptEnabled,
  axe,
}) => {
  await newcomer.comesIn();
  const clerk = await elsewhere(browser, javaScriptEnabled);
  await comesToWork(clerk, hires("Desk"));
  const { name, symbol, number, branch } = newcomer.postcard;
  await clerk.goto("/office/people");
  await fill(clerk, "q", `${symbol}-${number}-${branch}`);
  await press(clerk, "検索");
  await clerk.getByRole("main").getByRole("link", { name }).click();
  await expect(heading(clerk)).toHaveText("閲覧の理由");
  await press(clerk, "登録内容を見る");
  await expect(clerk.getByRole("alert")).toBeVisible();
  await clerk.getByRole("radio").first().check();
  await press(clerk, "登録内容を見る");
  await expect(heading(clerk)).toContainText(name);
  await fits(clerk);
  await expect(clerk.getByRole("main")).not.toContainText(newcomer.address);
  await clerk.locator("[name=confirm_callback]").check();
  await press(clerk, "確認した");
  const act = clerk.locator("form", { has: clerk.getByRole("heading", { name: "ログインをすべて終了する" }) });
  await act.getByRole("checkbox").check();
  await act.getByRole("button").click();
  await expect(clerk.getByRole("status").first()).toBeVisible();

  // The member is out, is told, and reads it in the own history.
  await page.goto("/home");
  await expect(page).toHaveURL(/\/login/);
  await newcomer.signsIn();
  await page.goto("/security");
  await expect(page.getByRole("main")).toContainText("職員による閲覧");
  await expect(page.getByRole("main")).toContainText("健康保険組合が、ログイン中の端末をすべて終了しました");
  await fits(page);
  if (javaScriptEnabled) await axe();
});
