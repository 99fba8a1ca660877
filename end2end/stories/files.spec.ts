// 取込: the office's lists come in by the browser, are looked at before, and go again.

import { randomInt } from "node:crypto";
import { comesToWork, fits, heading, press } from "../clerk";
import { expect, test } from "../fixtures";
import { brings, comesIn, comesTo, cp932, EXPENSES, givenName, ROSTER, sends } from "../lists";
import { elsewhere, Newcomer } from "../newcomer";
import { hires } from "../office";
import { workbook } from "../workbook";

test.use({ expectedMessages: /status of 422/ });

/** A number of the society that nobody has. */
const freeNumber = () => `${randomInt(100_000, 999_999)}`;

/** Somebody who works where others of the demo society do, as a roster has them. */
const person = (number: string, given: string, bornOn: string) =>
  `9999,${number},00,取込 ${given},トリコミ ${given},${bornOn},男,本人,2026-04-01,,0001,みほん商会,1050001,東京都架空区見本町1-2-3`;

test("a wrong roster is mended, looked at, and comes in", async ({ page, axe, javaScriptEnabled }) => {
  const looksRight = async () => {
    await fits(page);
    if (javaScriptEnabled) await axe();
  };
  const number = freeNumber();
  const roster = (bornOn: string) => cp932([ROSTER, person(number, givenName(number), bornOn)]);

  await comesToWork(page, hires("Importer"));
  await page.getByRole("link", { name: "保管しました。次へ" }).click();
  await page.getByRole("navigation", { name: "事務局のメニュー" }).getByRole("link", { name: /^取込/ }).click();
  await expect(heading(page)).toHaveText("取込");
  await looksRight();
  await page.getByRole("main").getByRole("link", { name: "加入者名簿を取り込む" }).click();
  await looksRight();
  await press(page, "送信して下見する");
  await expect(page.getByRole("alert")).toContainText("ファイルを選んでください。");
  await looksRight();

  await sends(page, "meibo.csv", roster("1980-13-01"));
  await comesTo(page, "refused");
  await expect(page.getByRole("main")).toContainText("生年月日");
  await looksRight();
  await page.getByRole("link", { name: "直したファイルを送信する" }).click();
  await sends(page, "meibo.csv", roster("1980-04-01"));
  await comesTo(page, "previewed");
  await expect(page.getByRole("main")).toContainText("meibo.csv");
  await looksRight();
  await press(page, "取り込む");
  await expect(page.getByRole("alert")).toContainText("確認のチェックを入れてから");
  await comesIn(page);
  await expect(page.getByRole("main")).toContainText("取り込みました。");
  await looksRight();
});

test("a workbook is told the same as the CSV file, and a wrong cell by its row and column @once", async ({ page }) => {
  const number = freeNumber();
  const line = person(number, givenName(number), "1980-04-01");
  const report = async () => {
    await comesTo(page, "previewed");
    const found = page.locator("[data-state]");
    const tables = await found.locator("table").allTextContents();
    const [counts] = await found.locator("dl.facts").allTextContents();
    // Other stories bring people at the same time.
    const [told] = counts.split("ファイルにない方");
    const rows = await found.getByText("行を読みました").textContent();
    return { rows, told, tables };
  };
  const asExcelKeepsIt = (day: Date) => {
    const cells = line.split(",").map((cell) => (cell === "1980-04-01" ? day : cell));
    return workbook([ROSTER.split(","), cells]);
  };
  await comesToWork(page, hires("Importer"));
  await brings(page, "roster", "meibo.csv", cp932([ROSTER, line]));
  const ofCsv = await report();
  expect(ofCsv.rows).toContain("1行");
  await brings(page, "roster", "meibo.xlsx", asExcelKeepsIt(new Date(Date.UTC(1980, 3, 1))));
  expect(await report()).toEqual(ofCsv);
  await brings(page, "roster", "meibo.xlsx", asExcelKeepsIt(new Date(Date.UTC(2080, 3, 1))));
  await comesTo(page, "refused");
  await expect(page.getByRole("main")).toContainText("2行目");
  await expect(page.getByRole("main")).toContainText("生年月日");
});

test("whoever moves to another number is asked about, and stays one person", async ({ page, javaScriptEnabled, axe }) => {
  const [before, after] = [freeNumber(), freeNumber()];
  const given = givenName(before);
  await comesToWork(page, hires("Importer"));
  await brings(page, "roster", "meibo.csv", cp932([ROSTER, person(before, given, "1975-06-15")]));
  await comesIn(page);
  await brings(page, "roster", "meibo.csv", cp932([ROSTER, person(after, given, "1975-06-15")]));
  await comesTo(page, "questions");
  const asked = page.getByRole("group").filter({ hasText: "同じ人ですか" });
  await expect(asked).toContainText(`9999-${before}-00`);
  await expect(asked).toContainText(`9999-${after}-00`);
  await fits(page);
  if (javaScriptEnabled) await axe();
  await press(page, "回答してもう一度確認する");
  await expect(page.getByRole("alert")).toContainText("回答のない質問が1件あります");
  await asked.locator("[value=same]").check();
  await press(page, "回答してもう一度確認する");
  await comesIn(page);
  // Under the number of before there is nobody any more.
  await brings(page, "roster", "meibo.csv", cp932([ROSTER, person(after, given, "1975-06-15")]));
  await comesTo(page, "previewed");
  await expect(page.getByRole("main")).not.toContainText("変わるところ");
});

test("claims that came in by mistake go again, and who has seen them is told", async ({
  page,
  postcards,
  mailbox,
  browser,
  javaScriptEnabled,
  axe,
}) => {
  const { symbol, number, branch, ...rest } = postcards.take();
  const member = await elsewhere(browser, javaScriptEnabled);
  await new Newcomer(member, mailbox, { symbol, number, branch, ...rest }).comesIn();
  const provider = `まちがいの医院${randomInt(1_000_000)}`;
  const month = `${new Date().getFullYear()}-01`;
  await comesToWork(page, hires("HealthImporter"));
  const claim = `${symbol},${number},${branch},${month},${provider},外来,1,10000,7000,0,3000,0,0`;
  await brings(page, "expenses", "iryouhi.csv", cp932([EXPENSES, claim]));
  await comesTo(page, "previewed");
  await expect(page.getByRole("main")).not.toContainText(provider);
  await comesIn(page);
  await member.goto("/expenses");
  await expect(member.getByRole("main")).toContainText(provider);
  await expect(member.locator("#corrected")).toHaveCount(0);

  await page.getByLabel("この取込を取り消す").check();
  await press(page, "取り消す");
  await expect(page.getByRole("main")).toContainText("に取り消しました。");
  await fits(page);
  if (javaScriptEnabled) await axe();
  await member.goto("/expenses");
  await expect(member.getByRole("main")).not.toContainText(provider);
  await expect(member.locator("#corrected")).toContainText("この年の内容を訂正しました");
  await fits(member);
});
