// お知らせ, from the office's first word to the member who reads it, and to the end of its
// letters.

import { comesToWork, fill, fits, heading, press } from "../clerk";
import { expect, test } from "../fixtures";
import { elsewhere, Newcomer } from "../newcomer";
import { changesTheRoster, hires } from "../office";

test.use({ expectedMessages: /status of (422|404)/ });

test("a notice is written, previewed, published, read, corrected and withdrawn", async ({
  page,
  browser,
  mailbox,
  postcards,
  axe,
  javaScriptEnabled,
}) => {
  const looksRight = async () => {
    await fits(page);
    if (javaScriptEnabled) await axe();
  };
  const main = page.getByRole("main");
  const postcard = postcards.take();
  // An employer of their own: nobody else's list grows.
  const employer = `E${postcard.loginId.slice(0, 6)}`;
  changesTheRoster(postcard, { 事業所コード: employer, 事業所名: "見本商事" });
  const reader = new Newcomer(await elsewhere(browser, javaScriptEnabled), mailbox, postcard);
  await reader.comesIn();
  await comesToWork(page, hires("Publisher"));

  await test.step("written, counted and previewed", async () => {
    await page.goto("/office/notices");
    await looksRight();
    await page.getByRole("link", { name: "お知らせを書く" }).click();
    await looksRight();
    await fill(page, "title", "予防接種の補助");
    await fill(page, "category", "補助");
    await fill(page, "audience", "社員");
    await press(page, "人数を数える");
    await expect(page.getByRole("alert")).toContainText("対象「社員」は読めません");
    await expect(page.locator("#title")).toHaveValue("予防接種の補助");
    await looksRight();
    await fill(page, "audience", `事業所:${employer}`);
    await press(page, "人数を数える");
    await expect(page.locator("#reach")).toHaveText("対象 1人、うちメール 1人");
    await fill(page, "body", "# 対象\n\n接種を受けた方に**2,000円**を補助します。\n\n- 申込書\n- 領収書");
    await page.getByLabel("メールでも知らせる").check();
    await press(page, "プレビュー");
    await expect(main.locator("article h1")).toHaveText("予防接種の補助");
    await expect(main.locator("article strong")).toHaveText("2,000円");
    await looksRight();
    await press(page, "書く画面へ戻る");
    await expect(page.locator("#body")).toHaveValue(/^# 対象/);
    await press(page, "下書きを保存する");
    await expect(main.getByRole("status").first()).toHaveText("保存しました。");
    await expect(main).toContainText("下書き");
    await looksRight();
  });

  const path = new URL(page.url()).pathname;
  const address = path.replace("/office", "");

  await test.step("nobody reads a draft; published, it is read", async () => {
    await reader.page.goto(address);
    await expect(reader.page.getByRole("main")).not.toContainText("2,000円");
    await page.getByRole("link", { name: "公開へ進む" }).click();
    await expect(main).toContainText("対象 1人、うちメール 1人");
    await looksRight();
    await press(page, "公開する");
    await expect(main.getByRole("status").first()).toHaveText("公開しました。");
    await looksRight();
    await reader.page.goto(address);
    await expect(reader.page.locator("article")).toContainText("2,000円");
    await page.goto(`${path}/preview`);
    expect(await main.locator("article").innerHTML()).toBe(await reader.page.locator("article").innerHTML());
  });

  await test.step("its letters are seen on their way", async () => {
    await page.goto(`${path}/letters`);
    await expect(heading(page)).toHaveText("お知らせメールの送信");
    await looksRight();
  });

  await test.step("corrected where it stands, and listed", async () => {
    await page.goto(path);
    await fill(page, "body", "**3,000円**を補助します。");
    await press(page, "変更を保存する");
    await expect(main.getByRole("status").first()).toContainText("会員の画面にも反映されています");
    await reader.page.reload();
    await expect(reader.page.locator("article")).toContainText("3,000円");
    await page.goto("/office/notices");
    await expect(main.locator(`a[href="${path}"]`)).toBeVisible();
    await looksRight();
  });

  await test.step("withdrawn at once", async () => {
    await page.goto(path);
    await main.getByText("取り下げる", { exact: true }).first().click();
    await press(page, "取り下げる");
    await expect(main.getByRole("status").first()).toHaveText("取り下げました。");
    await looksRight();
    await reader.page.goto(address);
    await expect(reader.page.getByRole("main")).toContainText("お探しのページは見つかりませんでした");
  });
});
