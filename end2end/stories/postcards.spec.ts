// Postcards from the office's own printer: made in the browser, handed out once, and one of
// them used by the member it is for.

import type { Page } from "@playwright/test";
import { comesToWork, fits, heading, press } from "../clerk";
import { expect, test } from "../fixtures";
import { elsewhere, Newcomer } from "../newcomer";
import { hires } from "../office";
import type { Postcard } from "../types";

const main = (page: Page) => page.getByRole("main");

/** Chooses a new postcard for somebody, and waits until it is made. */
async function reissues(page: Page, { symbol, number, branch }: Postcard) {
  await page.goto("/office/postcards");
  await main(page).locator("[name=choice][value=reissue]").check();
  await main(page).locator("[name=person]").fill(`${symbol}-${number}-${branch}`);
  await press(page, "対象の人数を確かめる");
  await expect(heading(page)).toHaveText("発行の確認");
  await expect(page.locator("#people")).toHaveText("1人");
  await press(page, "1人に発行する");
  // The page asks anew by itself.
  await expect(page.locator("[data-state=done]")).toBeVisible();
}

const says = async (sheet: Page, what: string) =>
  ((await sheet.locator("dt", { hasText: what }).first().locator("xpath=following-sibling::dd[1]").textContent()) ?? "").trim();

test("a postcard is printed and its member comes in with it", async ({ page, postcards, mailbox, browser, javaScriptEnabled, axe }) => {
  const looksRight = async () => {
    await fits(page);
    if (javaScriptEnabled) await axe();
  };
  const old = postcards.take();
  await comesToWork(page, hires("Importer"));
  await page.goto("/office/postcards");
  await expect(heading(page)).toHaveText("ハガキの発行");
  await looksRight();
  await reissues(page, old);
  await looksRight();
  const run = page.url().replace(/\?.*/, "");

  await press(page, "印刷シートを開く");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("ハガキの印刷シート");
  if (javaScriptEnabled) await axe();
  await expect(page.locator(".side")).toHaveCount(2);
  await expect(page.locator(".name")).toHaveText(`${old.name} 様`);
  const sides = await page.locator(".side").evaluateAll((all) =>
    all.map((side) => [side.scrollWidth <= side.clientWidth + 1, side.scrollHeight <= side.clientHeight + 1]),
  );
  expect(sides.flat(), "what stands on a side fits on it").toEqual([true, true, true, true]);
  const fresh: Postcard = {
    ...old,
    loginId: await says(page, "仮ログインID"),
    password: await says(page, "仮ログインパスワード"),
  };
  expect(fresh.password).toMatch(/^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/);

  await page.getByRole("link", { name: /印刷したら/ }).click();
  await expect(page).toHaveURL(run);
  await expect(main(page)).toContainText("受け取れましたか");
  await looksRight();
  await press(page, "受け取りました");
  await expect(main(page)).toContainText("発行データは削除しました");

  const member = await elsewhere(browser, javaScriptEnabled);
  const newcomer = new Newcomer(member, mailbox, fresh);
  await newcomer.asksForTheLetter();
  await newcomer.opensTheLetter();
  await newcomer.copiesThePostcard({ loginId: old.loginId, password: old.password });
  await expect(member).toHaveURL("/register/provisional");
  await newcomer.copiesThePostcard();
  await expect(member).toHaveURL("/register/profile");
  await newcomer.chooses();
  await expect(member).toHaveURL("/register/done");
  await page.goto("/office/postcards");
  await expect(main(page)).toContainText("受け取り済み");
  await looksRight();
});

test("a run that was not received is void @once", async ({ page, postcards, mailbox, browser, javaScriptEnabled }) => {
  const old = postcards.take();
  await comesToWork(page, hires("Importer"));
  await reissues(page, old);
  await press(page, "印刷シートを開く");
  const fresh = { ...old, loginId: await says(page, "仮ログインID"), password: await says(page, "仮ログインパスワード") };
  await page.getByRole("link", { name: /印刷したら/ }).click();
  await main(page).getByRole("checkbox").check();
  await press(page, "受け取れませんでした");
  await expect(main(page)).toContainText("発行を取り消しました");
  const member = await elsewhere(browser, javaScriptEnabled);
  const newcomer = new Newcomer(member, mailbox, fresh);
  await newcomer.asksForTheLetter();
  await newcomer.opensTheLetter();
  await newcomer.copiesThePostcard();
  await expect(member).toHaveURL("/register/provisional");
});
