// The entry page, as somebody sees it who has just got the postcard.

import { expect, test } from "../fixtures";

test("the entry page shows both ways in", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expect(page.getByRole("link", { name: "新規利用登録" })).toBeVisible();
  await expect(page.getByRole("link", { name: "ログイン" })).toBeVisible();
});

test("the entry page is open to everybody", { tag: "@javascript" }, async ({ page, axe }) => {
  await page.goto("/");
  await axe();
});
