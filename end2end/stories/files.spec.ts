// 取込: the office's roster comes in by the browser, and is looked at before.

import { randomInt } from "node:crypto";
import { comesToWork, fits, heading, press } from "../clerk";
import { expect, test } from "../fixtures";
import { hires } from "../office";

const HEADER = "記号,番号,枝番,氏名,氏名カナ,生年月日,性別,続柄,資格取得日,資格喪失日,事業所コード,事業所名,郵便番号,住所";

/** As Excel saves it on a Japanese Windows: Node decodes CP932 and does not encode it. */
function cp932(text: string): Buffer {
  const decoder = new TextDecoder("shift_jis");
  const bytes = new Map<string, number[]>();
  for (let lead = 0x81; lead <= 0xfc; lead++) {
    for (let trail = 0x40; trail <= 0xfc; trail++) {
      const letter = decoder.decode(Uint8Array.of(lead, trail));
      if (letter.length === 1 && !bytes.has(letter)) bytes.set(letter, [lead, trail]);
    }
  }
  return Buffer.from([...text].flatMap((letter) => bytes.get(letter) ?? [letter.charCodeAt(0)]));
}

test.use({ expectedMessages: /status of 422/ });

test("a wrong roster is mended, looked at, and comes in", async ({ page, axe, javaScriptEnabled }) => {
  const looksRight = async () => {
    await fits(page);
    if (javaScriptEnabled) await axe();
  };
  const number = `${randomInt(100_000, 999_999)}`;
  // A name of one's own: the same one under another number is asked about as a move.
  const given = number.replace(/\d/g, (digit) => "アイウエオカキクケコ".charAt(Number(digit)));
  const roster = (bornOn: string) =>
    cp932(`${HEADER}\r\n9999,${number},00,取込 ${given},トリコミ ${given},${bornOn},男,本人,2026-04-01,,0001,みほん商会,1050001,東京都架空区見本町1-2-3\r\n`);
  const brings = async (bornOn: string) => {
    await page.locator("[name=file]").setInputFiles({ name: "meibo.csv", mimeType: "text/csv", buffer: roster(bornOn) });
    await press(page, "送信して下見する");
  };
  const comesTo = async (state: string | RegExp) => {
    await expect(page.locator("[data-state]")).toHaveAttribute("data-state", state, { timeout: 30_000 });
  };

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

  await brings("1980-13-01");
  await comesTo("refused");
  await expect(page.getByRole("main")).toContainText("生年月日");
  await looksRight();
  await page.getByRole("link", { name: "直したファイルを送信する" }).click();
  await brings("1980-04-01");
  // Where nobody on file works for that employer it is asked whether the file is this society's.
  await comesTo(/questions|previewed/);
  if ((await page.locator("[data-state]").getAttribute("data-state")) === "questions") {
    await looksRight();
    await page.getByLabel("はい").check();
    await press(page, "回答してもう一度確認する");
  }
  await comesTo("previewed");
  await expect(page.getByRole("main")).toContainText("meibo.csv");
  await looksRight();
  await press(page, "取り込む");
  await expect(page.getByRole("alert")).toContainText("確認のチェックを入れてから");
  await page.getByLabel("下見の内容で取り込むことを確認しました").check();
  await press(page, "取り込む");
  await comesTo("done");
  await expect(page.getByRole("main")).toContainText("取り込みました。");
  await looksRight();
});
