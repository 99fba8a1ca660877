// Files as the office brings them, and their way in by the browser.

import { expect, type Page } from "@playwright/test";
import { press } from "./clerk";

/** 加入者名簿 */
export const ROSTER = "記号,番号,枝番,氏名,氏名カナ,生年月日,性別,続柄,資格取得日,資格喪失日,事業所コード,事業所名,郵便番号,住所";

/** 医療費 */
export const EXPENSES =
  "記号,番号,枝番,診療年月,医療機関名,区分,日数,医療費総額,保険者負担額,公費負担額,窓口負担額,食事療養費,付加給付額";

/** A given name that no other run's person has: the same one under another number would be asked about as a move. */
export const givenName = (number: string) => number.replace(/\d/g, (digit) => "アイウエオカキクケコ".charAt(Number(digit)));

/** As Excel saves it on a Japanese Windows: Node decodes CP932 and does not encode it. */
export function cp932(lines: string[]): Buffer {
  const text = lines.map((line) => `${line}\r\n`).join("");
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

/** Sends a file from the page that has its form. */
export async function sends(page: Page, name: string, buffer: Buffer) {
  await page.locator("[name=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  await press(page, "送信して下見する");
}

/** Opens the form for a file of that kind, and sends one. */
export async function brings(page: Page, kind: "roster" | "expenses", name: string, buffer: Buffer) {
  await page.goto(`/office/files/new?kind=${kind}`);
  await sends(page, name, buffer);
}

/** Waits until the file has come that far; the page asks anew by itself. */
export async function comesTo(page: Page, state: string | RegExp) {
  await expect(page.locator("[data-state]")).toHaveAttribute("data-state", state, { timeout: 30_000 });
}

/** Brings in what is previewed. */
export async function comesIn(page: Page) {
  await comesTo(page, "previewed");
  await page.getByLabel("下見の内容で取り込むことを確認しました").check();
  await press(page, "取り込む");
  await comesTo(page, "done");
}
