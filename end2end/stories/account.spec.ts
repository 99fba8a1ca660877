// The life of an account: where it is signed in, what has happened, a new device, and
// the end of it; with and without JavaScript.

import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { elsewhere, field, fillIn, goTo, leaveFor, press } from "../newcomer";

test("a new device is told by letter, and its sign-in is ended from there", async ({
  page,
  newcomer,
  mailbox,
  browser,
  javaScriptEnabled,
}) => {
  const { address, choice } = newcomer;
  const main = page.getByRole("main");
  await newcomer.registers();
  await newcomer.signsIn();
  await expect(page).toHaveURL("/home");

  const stranger = await elsewhere(browser, javaScriptEnabled);
  await test.step("somebody signs in somewhere else", async () => {
    await stranger.goto("/login");
    await fillIn(stranger, { login_id: choice.login_id, password: choice.password });
    await press(stranger, "ログイン");
    await expect(stranger).toHaveURL("/home");
  });

  const letter = await mailbox.newest(address, { subject: "新しい端末からのログイン" });
  await test.step("the letter's button ends that sign-in alone, and asks for the reissue", async () => {
    await leaveFor(page, letter.link);
    await expect(main).toContainText("このログインにお心当たりがない場合は、ボタンを押してください。");
    await stranger.goto("/home");
    await expect(stranger, "looking at the letter ends nothing").toHaveURL("/home");
    await press(page, "ログインを終了し、パスワードを再発行する");
    await expect(page).toHaveURL("/reissue/sent");
    await stranger.goto("/home");
    await expect(stranger, "the stranger").toHaveURL("/login");
    await leaveFor(page, "/home");
    await expect(page, "the member").toHaveURL("/home");
  });

  await test.step("the reissue's letter is there, and the history tells it all", async () => {
    await mailbox.newest(address, { subject: "パスワード再発行のご案内" });
    await page.goto("/security");
    for (const line of [
      "利用登録が完了しました",
      "メール「新しい端末からのログイン」をお送りしました",
      "メールのURLから、お心当たりのないログインを終了しました",
      "パスワード再発行のメールが依頼されました",
    ]) {
      await expect(main).toContainText(line);
    }
  });
  await stranger.context().close();
});

test("a member sees where the account is signed in, and ends it there", async ({
  page,
  newcomer,
  browser,
  javaScriptEnabled,
}) => {
  const { choice } = newcomer;
  await newcomer.registers();
  await newcomer.signsIn();
  await expect(page).toHaveURL("/home");
  const others: Page[] = [];
  for (let n = 0; n < 3; n++) {
    const other = await elsewhere(browser, javaScriptEnabled);
    await other.goto("/login");
    await fillIn(other, { login_id: choice.login_id, password: choice.password });
    await press(other, "ログイン");
    await expect(other).toHaveURL("/home");
    others.push(other);
  }
  await goTo(page, "セキュリティ");
  const main = page.getByRole("main");
  await expect(main).toContainText("この端末");
  const ending = main.getByRole("button", { name: "ログインを終了する" });
  await expect(ending).toHaveCount(3);
  await ending.first().click();
  await expect(ending).toHaveCount(2);
  await press(page, "ほかの端末をすべて終了する");
  await expect(main).toContainText("ほかにログイン中の端末はありません。");
  for (const other of others) {
    await other.goto("/home");
    await expect(other).toHaveURL("/login");
    await other.context().close();
  }
  await page.goto("/home");
  await expect(page).toHaveURL("/home");
});

test("whoever leaves is asked twice, and learns how to come back", async ({ page, newcomer, mailbox }) => {
  const { address, choice } = newcomer;
  const main = page.getByRole("main");
  await newcomer.registers();
  await newcomer.signsIn();
  await expect(page).toHaveURL("/home");
  await page.goto("/security");
  await page.getByRole("link", { name: "ポータルの利用をやめる" }).click();
  await expect(main).toContainText("残るもの");
  await page.getByRole("link", { name: "利用をやめる手続きへ" }).click();
  await field(page, "current_password").fill("wrong1234");
  await press(page, "利用をやめる");
  await expect(page.locator("#current_password-error")).toContainText("現在のパスワードが違うか、いまは確認できません。");
  await field(page, "current_password").fill(choice.password);
  await press(page, "利用をやめる");
  await expect(page).toHaveURL("/security/left");
  await expect(main).toContainText("新しいハガキをお送りします。");
  await expect(main.getByRole("link", { name: "TEL:03-6219-8877" })).toBeVisible();
  const letter = await mailbox.newest(address, { subject: "利用停止のお知らせ" });
  expect(letter.text).toContain("ハガキ");
  await newcomer.signsIn();
  await expect(page.getByRole("alert")).toContainText("ログインIDまたはパスワードが違うか");
});
