// The entry page, as somebody sees it who has just got the postcard.

import { expect, test } from "../fixtures";

test("the entry page shows both ways in, what is inside, and what is needed", async ({ page }) => {
  await page.goto("/");
  const main = page.getByRole("main");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("AB健康マイポータル");
  await expect(main.getByRole("link", { name: "新規利用登録" })).toHaveAttribute("href", "/register");
  await expect(main.getByRole("link", { name: "ログイン" })).toHaveAttribute("href", "/login");
  for (const words of [
    "健保からのお知らせ",
    "各種健康情報の閲覧",
    "医療費通知の確認",
    "被保険者・20歳以上の被扶養者",
    "スマートフォン等で受信できるもの",
    "最大3つまで",
    "「AB健康マイポータル登録について」",
    "autobacs-kenpo.jp",
  ]) {
    await expect(main).toContainText(words);
  }
});

test("ログイン has its four ways on", async ({ page }) => {
  await page.goto("/login");
  const main = page.getByRole("main");
  for (const [name, path] of [
    ["こちら", /\/(help|reissue)/],
    ["はじめてご利用になる方", /\/register/],
    ["再発行手続きをされた方", /\/(help|reissue)/],
    ["その他の情報開示", /\/about/],
  ] as const) {
    await expect(main.getByRole("link", { name })).toHaveAttribute("href", path);
  }
});
