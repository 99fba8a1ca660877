// What members come for besides the medical expenses: notices, health articles, the
// results of checkups, and everything of their own in one file; with and without JavaScript.

import { readFileSync } from "node:fs";
import { expect, test } from "../fixtures";
import { fillIn, goTo, Newcomer, press, signsOut } from "../newcomer";
import { changesTheRoster, checkupsOf, draws, publishes } from "../office";

test("what is new at home is read, found again, and wanted after the next sign-in", async ({ page, newcomer }) => {
  const main = page.getByRole("main");
  const lines = main.locator(".list li");
  const unread = lines.filter({ hasText: "未読" });
  await newcomer.comesIn();
  const door = main.getByRole("link", { name: "健保からのお知らせ" });
  const count = Number(/未読 (\d+)件/.exec(await door.innerText())?.[1]);
  let address = "";

  await test.step("home's count is the list's", async () => {
    await door.click();
    await expect(main.getByRole("status")).toContainText(`（未読は全部で${count}件）`);
    await expect(unread).toHaveCount(count);
  });

  await test.step("a word finds a notice; opened, it is read", async () => {
    await page.getByLabel("件名や本文の言葉でさがす").fill("インフルエンザ");
    await press(page, "さがす");
    await expect(lines).toHaveCount(1);
    await expect(unread).toHaveCount(1);
    await lines.getByRole("link").click();
    await expect(main.getByRole("heading", { level: 1 })).toHaveText("インフルエンザ予防接種の費用を補助します");
    await expect(main).toContainText("1人あたり2,000円まで");
    address = new URL(page.url()).pathname;
    await main.getByRole("link", { name: "お知らせの一覧へ" }).click();
    await expect(unread).toHaveCount(count - 1);
    await goTo(page, "ホーム");
    await expect(door).toContainText(`未読 ${count - 1}件`);
  });

  await test.step("one topic, and what is not read yet", async () => {
    await door.click();
    const choices = main.getByRole("navigation", { name: "お知らせの絞り込み" });
    await choices.getByRole("link", { name: "医療費", exact: true }).click();
    await expect(lines.first()).toBeVisible();
    await expect(lines.filter({ hasNot: page.locator(".category", { hasText: "医療費" }) })).toHaveCount(0);
    await choices.getByRole("link", { name: "未読だけ" }).click();
    await expect(lines).toHaveCount(count - 1);
    await expect(lines.filter({ hasText: "インフルエンザ" })).toHaveCount(0);
  });

  await test.step("signed out, its address leads there by way of ログイン", async () => {
    await signsOut(page);
    await page.goto(address);
    await expect(page).toHaveURL("/login");
    const { login_id, password } = newcomer.choice;
    await fillIn(page, { login_id, password });
    await press(page, "ログイン");
    await expect(page).toHaveURL(address);
    await expect(main.getByRole("heading", { level: 1 })).toHaveText("インフルエンザ予防接種の費用を補助します");
  });
});

test("health: articles, own results with their course, and all of it to take along", async ({ page, mailbox, postcards }) => {
  const main = page.getByRole("main");
  const member = new Newcomer(page, mailbox, postcards.take((card) => checkupsOf(card).length > 1));
  await member.comesIn();

  await test.step("an article", async () => {
    await main.getByRole("link", { name: "各種健康情報の閲覧" }).click();
    await main.getByRole("link", { name: "おいしく減塩" }).click();
    await expect(main.getByRole("heading", { level: 1 })).toHaveText("おいしく減塩");
    await expect(main).toContainText("診断ではありません。");
    await main.getByRole("link", { name: "健康情報の一覧へ" }).click();
    await expect(main.getByRole("heading", { level: 1 })).toHaveText("各種健康情報");
  });

  await test.step("every value has its unit, its range and its word", async () => {
    await goTo(page, "ホーム");
    await main.getByRole("link", { name: "健診結果" }).click();
    const newest = main.getByRole("table").first();
    const pressure = newest.getByRole("row", { name: /^収縮期血圧|^血圧/ }).first();
    await expect(pressure.locator('[data-label="結果"]')).toHaveText(/^\d+ mmHg$/);
    await expect(pressure.locator('[data-label="目安"]')).toHaveText(/^(範囲内|要注意|受診をおすすめ)$/);
    await expect(main).toContainText("診断ではありません");
  });

  await test.step("the drawing of the course has its numbers as a table", async () => {
    const chart = main.locator("figure.chart", { hasText: "体重" });
    const table = chart.getByRole("table");
    await expect(chart.locator("svg .point").first()).toBeVisible();
    await expect(table).toBeHidden();
    await chart.locator("summary").click();
    await expect(table).toBeVisible();
    const drawn = await chart.locator("svg .reading").allTextContents();
    const written = await table.locator("td").allInnerTexts();
    expect(drawn.length).toBeGreaterThan(1);
    expect(written.map((value) => value.replace(/ ?kg$/, ""))).toEqual(drawn.map((value) => value.trim()));
  });

  await test.step("わたしのデータ is one file, and the history says that it was taken", async () => {
    await goTo(page, "セキュリティ");
    await main.getByRole("link", { name: "わたしのデータをダウンロードする" }).click();
    const [download] = await Promise.all([page.waitForEvent("download"), press(page, "ダウンロードする")]);
    expect(download.suggestedFilename()).toBe("my-data.zip");
    const zip = readFileSync(await download.path());
    expect(zip.subarray(0, 4).toString("latin1")).toBe("PK\x03\x04");
    expect(zip.includes(member.choice.password), "no password in it").toBe(false);
    await goTo(page, "セキュリティ");
    await expect(main).toContainText("ご自分のデータをダウンロードしました");
  });
});

test.describe(() => {
  // The last look at the notice is refused.
  test.use({ expectedMessages: /status of 404/ });

  test("a letter names the title alone, and leads to the notice and what hangs on it", { tag: "@once" }, async ({
    page,
    newcomer,
    mailbox,
  }) => {
    const { address, choice, postcard } = newcomer;
    const main = page.getByRole("main");
    await newcomer.comesIn();
    await signsOut(page);

    // An employer of her own, so that the notice is meant for nobody else.
    const employer = `E${postcard.loginId.toUpperCase()}`;
    changesTheRoster(postcard, { 事業所コード: employer, 事業所名: "ひとり商店" });
    const notice = {
      管理番号: `S-${employer}`,
      種類: "お知らせ",
      件名: "巡回健診の日が決まりました",
      分類: "健診",
      重要度: "重要",
      対象: `事業所:${employer}`,
      // Letters go out at nine: about yesterday's they go at once.
      公開日: new Date(Date.now() - 24 * 3600 * 1000).toLocaleDateString("sv-SE", { timeZone: "Asia/Tokyo" }),
      公開終了日: "",
      本文: "会場は**本社2階**です。",
      添付ファイル: draws(postcard),
      アドレス名: "",
    };
    publishes(postcard, notice);

    // Within a minute the portal sees what is new.
    const letter = await mailbox.newest(address, { subject: "新しいお知らせがあります", timeout: 300_000 });
    expect(letter.text).toContain(notice.件名);
    expect(letter.text + letter.html, "nothing of what it says").not.toContain("本社2階");
    expect(letter.text + letter.html).not.toContain("ひとり商店");
    const link = /https?:\/\/\S+\/notices\/\S+/.exec(letter.text)?.[0] ?? "a letter without a link";

    await page.goto(link);
    await expect(page).toHaveURL("/login");
    await fillIn(page, { login_id: choice.login_id, password: choice.password });
    await press(page, "ログイン");
    await expect(page).toHaveURL(link);
    await expect(main.getByRole("heading", { level: 1 })).toHaveText(notice.件名);
    await expect(main).toContainText("会場は本社2階です。");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      main.getByRole("link", { name: /^会場のご案内-.+\.pdf（PDF、1KB）$/ }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(notice.添付ファイル);
    expect(readFileSync(await download.path()).subarray(0, 5).toString()).toBe("%PDF-");
    const attachment = download.url();

    await test.step("corrected to be meant for others, it is gone, and so is what hung on it", async () => {
      publishes(postcard, { ...notice, 対象: "事業所:9999" });
      expect((await page.goto(link))?.status()).toBe(404);
      expect((await page.request.get(attachment)).status()).toBe(404);
    });
  });
});
