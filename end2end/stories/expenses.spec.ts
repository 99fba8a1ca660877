// 医療費通知: a household that looks at one list, and what each of them may see of it;
// with and without JavaScript.

import { readFileSync } from "node:fs";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { elsewhere, goTo, Newcomer, press } from "../newcomer";
import { cells, changesTheRoster, expensesOf } from "../office";
import type { Line } from "../types";

const COLUMNS = ["医療費総額", "保険者負担額", "公費負担額", "窓口負担額", "食事療養費", "付加給付額"];

test("a household: the insured sees what each of them allows", async ({
  page,
  mailbox,
  postcards,
  browser,
  javaScriptEnabled,
}) => {
  const { insured, dependent, child } = postcards.takeHousehold();
  const main = page.getByRole("main");
  const rows = main.locator(".ledger tbody tr");
  await new Newcomer(page, mailbox, insured).comesIn();

  const [newest, before] = [...new Set(expensesOf(insured).map((line) => line.診療年月.slice(0, 4)))].sort().reverse();

  await test.step("the newest year comes first: own rows, those of the family, those of the child", async () => {
    await main.getByRole("link", { name: "医療費通知の確認" }).click();
    await expect(main.getByRole("heading", { level: 1 })).toHaveText("医療費通知");
    await expect(main.locator(".headline")).toContainText(`${newest}年（`);
    for (const name of [insured.name, dependent.name, child]) {
      await expect(rows.filter({ hasText: name }).first(), name).toBeVisible();
    }
    await expect(rows.filter({ hasText: insured.name }), "as many as the office has sent in").toHaveCount(
      expensesOf(insured).filter((line) => line.診療年月.startsWith(newest)).length,
    );
  });

  await test.step("one person, one kind, and back", async () => {
    const all = await rows.count();
    const whose = page.getByLabel("受診者");
    await whose.selectOption(await whose.locator("option", { hasText: child }).getAttribute("value"));
    await press(page, "絞り込む");
    await expect(rows.filter({ hasText: child }).first()).toBeVisible();
    await expect(rows.filter({ hasNotText: child })).toHaveCount(0);
    await page.getByLabel("区分").selectOption("外来");
    await press(page, "絞り込む");
    await expect(page.getByLabel("受診者").locator("option:checked")).toContainText(child);
    await expect(rows.locator('[data-label="区分"]').filter({ hasNotText: "外来" })).toHaveCount(0);
    await main.getByRole("link", { name: "絞り込みをやめる" }).click();
    await expect(rows).toHaveCount(all);
  });

  await test.step("page, list and paper come to the same sums", async () => {
    const shown = await sumsOf(main);
    expect(shown, "what its rows add up to").toEqual(await sumsOfRows(rows));
    await expect(main.locator(".headline .amount")).toHaveText(`${shown.窓口負担額.toLocaleString("ja-JP")}円`);

    const list = await saves(page, main.getByRole("link", { name: /^CSVを保存する（UTF-8/ }));
    const [header, ...lines] = list.map(cells);
    expect(lines).toHaveLength(await rows.count());
    expect(header.slice(-COLUMNS.length)).toEqual(COLUMNS);
    const sum = (title: string) => lines.reduce((sum, line) => sum + Number(line[header.indexOf(title)]), 0);
    expect(Object.fromEntries(COLUMNS.map((title) => [title, sum(title)]))).toEqual(shown);

    // The tax agency's B to J: two names, one mark of four, two amounts, and the day that nobody knows.
    const form = await saves(page, main.getByRole("link", { name: /^医療費集計フォーム/ }));
    let paid = 0;
    for (const line of form.map(cells)) {
      expect(line).toHaveLength(9);
      expect(line.slice(2, 6).filter(Boolean)).toEqual(["該当する"]);
      expect(line[8]).toBe("");
      paid += Number(line[6]);
    }
    expect(paid).toBe(shown.窓口負担額);

    await main.getByRole("link", { name: "印刷用の画面を開く" }).click();
    await page.emulateMedia({ media: "print" });
    const paper = await page.locator("body").innerText();
    for (const item of ["被保険者等の氏名", "診療年月", "医療を受けた方", "病院・薬局などの名称", "支払った医療費の額", "保険者等の名称"]) {
      expect(paper).toContain(item);
    }
    for (const secret of ["記号", "番号", insured.number, "06139497", "枝番"]) expect(paper).not.toContain(secret);
    await expect(main.locator("tfoot")).toContainText(`${shown.窓口負担額.toLocaleString("ja-JP")}円`);
    expect(paper).toContain("ご自身での確認用です。");
    await page.emulateMedia({ media: null });
    await main.getByRole("link", { name: "医療費通知へ戻る" }).click();
  });

  await test.step("the year before", async () => {
    await main.getByRole("navigation", { name: "年" }).getByRole("link", { name: `${before}年` }).click();
    await expect(main.locator(".headline")).toContainText(`${before}年（`);
    await expect(rows.filter({ hasText: `${before}年` }).first()).toBeVisible();
    await expect(rows.filter({ hasNotText: `${before}年` })).toHaveCount(0);
    await goTo(page, "医療費");
  });

  const other = await elsewhere(browser, javaScriptEnabled);
  const family = new Newcomer(other, mailbox, dependent);
  const theirs = other.getByRole("main");
  await test.step("the dependent is told, and sees nobody else's", async () => {
    await family.comesIn();
    await expect(theirs).toContainText("同じ記号・番号の被保険者（ご家族）は、あなたの医療費通知を見ることができます。");
    await goTo(other, "医療費");
    const own = theirs.locator(".ledger tbody tr");
    await expect(own.filter({ hasText: dependent.name }).first()).toBeVisible();
    await expect(own.filter({ hasNotText: dependent.name })).toHaveCount(0);
    await expect(other.getByLabel("受診者"), "nobody to choose from").toHaveCount(0);
  });

  await test.step("what is meant for the insured is not there for the dependent", async () => {
    await goTo(page, "お知らせ");
    const notice = main.getByRole("link", { name: "扶養の確認（検認）にご協力ください" });
    const address = (await notice.getAttribute("href")) ?? "no address";
    await goTo(other, "お知らせ");
    await expect(theirs.getByRole("link", { name: "ご家族の扶養の確認が行われます" })).toBeVisible();
    await expect(theirs.getByRole("link", { name: "扶養の確認（検認）にご協力ください" })).toHaveCount(0);
    expect((await other.goto(address))?.status()).toBe(404);
    await expect(theirs).toContainText("お探しのページは見つかりませんでした。");
  });

  const ways = ["/expenses", "/expenses.csv", "/expenses/form.csv", "/expenses/print"].map((way) => `${way}?year=${newest}`);
  const shownTo = async (name: string) => {
    const answers = await Promise.all(ways.map(async (way) => (await page.request.get(way)).text()));
    return ways.filter((_, n) => answers[n].includes(name));
  };

  await test.step("consent withdrawn: the very next request shows nothing more", async () => {
    expect(await shownTo(dependent.name)).toEqual(ways);
    await goTo(other, "プロフィール設定");
    await press(other, "表示しない");
    await expect(theirs.locator("#sharing")).toContainText("いまの設定：表示しない");
    expect(await shownTo(dependent.name)).toEqual([]);
    expect(await shownTo(child), "everybody else is still there").toEqual(ways);
    await goTo(page, "医療費");
    await expect(rows.first()).toBeVisible();
    await expect(main).not.toContainText(dependent.name);
  });

  await test.step("given again, everything is there again", async () => {
    await goTo(other, "プロフィール設定");
    await press(other, "表示する");
    await expect(theirs.locator("#sharing")).toContainText("いまの設定：表示する");
    expect(await shownTo(dependent.name)).toEqual(ways);
  });

  await test.step("both histories tell of it", async () => {
    await goTo(other, "セキュリティ");
    for (const line of [
      "被保険者が、あなたの医療費通知を見ました",
      "医療費を被保険者に表示しない設定にしました",
      "医療費を被保険者に表示する設定にしました",
    ]) {
      await expect(theirs).toContainText(line);
    }
    await goTo(page, "セキュリティ");
    await expect(main).toContainText("ご家族の医療費通知を見ました");
  });
  await other.context().close();
});

test("who has left reads what belongs to the own time, and is told for how long", async ({ page, mailbox, postcards }) => {
  const months = (of: Line[]) => [...new Set(of.map((line) => line.診療年月))].sort();
  // Of the newest year, so that all of it stands on one page.
  const known = (card: Parameters<typeof expensesOf>[0]) => {
    const all = months(expensesOf(card));
    return all.filter((month) => month.slice(0, 4) === all.at(-1)?.slice(0, 4));
  };
  const postcard = postcards.take((card) => known(card).length > 2);
  const [last, left] = known(postcard).slice(-2);
  const main = page.getByRole("main");
  const months_shown = main.locator('.ledger [data-label="診療年月"]');
  await new Newcomer(page, mailbox, postcard).comesIn();
  await goTo(page, "医療費");
  await expect(months_shown.filter({ hasText: inWords(left) }).first()).toBeVisible();
  await expect(main).not.toContainText("資格喪失");

  await test.step("the office's roster says 資格喪失", async () => {
    changesTheRoster(postcard, { 資格喪失日: `${left}-01` });
    await page.reload();
    const note = main.locator(".notice", { hasText: "資格喪失後の閲覧について" });
    await expect(note).toContainText(/\d{4}年\d{1,2}月\d{1,2}日まで/);
    await expect(note).toContainText("その後は見られなくなり、削除されます。");
    await expect(months_shown.filter({ hasText: inWords(last) }).first()).toBeVisible();
    await expect(months_shown.filter({ hasText: inWords(left) })).toHaveCount(0);
  });

  await test.step("sheet and paper end there too", async () => {
    const year = left.slice(0, 4);
    for (const way of ["/expenses.csv", "/expenses/print"]) {
      const text = await (await page.request.get(`${way}?year=${year}`)).text();
      expect(text).toContain(inWords(last));
      expect(text).not.toContain(inWords(left));
    }
  });

  await test.step("the results of checkups say the same", async () => {
    await page.goto("/checkups");
    await expect(main.locator(".notice", { hasText: "資格喪失後の閲覧について" })).toBeVisible();
  });
});

/** `2026年3月` */
function inWords(month: string): string {
  const [year, number] = month.split("-");
  return `${year}年${Number(number)}月`;
}

const yen = (text: string) => Number(text.replace(/[円,]/g, ""));

/** What the last line says, by column. */
async function sumsOf(main: Locator): Promise<Record<string, number>> {
  const sums = COLUMNS.map(async (title) => [title, yen(await main.locator(`.ledger tfoot [data-label="${title}"]`).innerText())]);
  return Object.fromEntries(await Promise.all(sums));
}

/** What the lines add up to, by column. */
async function sumsOfRows(rows: Locator): Promise<Record<string, number>> {
  const sums = COLUMNS.map(async (title) => {
    const amounts = await rows.locator(`[data-label="${title}"]`).allInnerTexts();
    return [title, amounts.map(yen).reduce((sum, amount) => sum + amount, 0)];
  });
  return Object.fromEntries(await Promise.all(sums));
}

/** The lines of a sheet that is saved, without the mark by which Excel knows UTF-8. */
async function saves(page: Page, link: Locator): Promise<string[]> {
  const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
  const text = readFileSync(await download.path(), "utf8");
  expect(text.startsWith("\uFEFF"), "a byte order mark").toBe(true);
  return text.slice(1).trimEnd().split("\r\n");
}
