// Login ID or password forgotten: from the sign-in page to a new password, with and
// without JavaScript.

import { expect, test } from "../fixtures";
import { field, fillIn, fullWidth, message, press } from "../newcomer";

test("from the forgotten password to a new one", async ({ page, newcomer, mailbox, browser, javaScriptEnabled }) => {
  const { address, choice } = newcomer;
  const main = page.getByRole("main");
  await newcomer.registers();
  await newcomer.signsIn();
  await expect(page).toHaveURL("/home");
  const elsewhere = await browser.newContext({ storageState: await page.context().storageState(), javaScriptEnabled });
  await page.context().clearCookies();

  await test.step("ログイン leads to パスワード再発行, and that to the letter", async () => {
    await newcomer.forgets();
    await expect(main).toContainText("パスワード再発行のメールを送信しました");
    await expect(main).toContainText(address);
    await expect(page.getByRole("status")).toContainText("メールサーバーに渡しました");
  });

  await test.step("the letter's pair is copied as a phone's keyboard types it", async () => {
    const { letter, login_id, password } = await newcomer.readsTheReissue();
    expect(login_id).toBe(choice.login_id);
    expect(letter.text).not.toContain(choice.password);
    await newcomer.opensTheReissue();
    await expect(main).toContainText("メールでお知らせしたログインIDと仮パスワードでログインしてください。");
    await fillIn(page, { login_id: fullWidth(login_id.toLowerCase()), password: fullWidth(password.toUpperCase()) });
    await press(page, "ログイン");
    await expect(page).toHaveURL("/reissue/password");
  });

  await test.step("the new password is checked like the first one", async () => {
    await expect(main).toContainText("新しいパスワードに変更してください。");
    await fillIn(page, { password: "kenpokenpo", password_confirmation: "kenpokenpo", login_id: "SKE123456" });
    await press(page, "登録");
    await expect(message(page, "password")).toHaveText("半角数字も入れてください。");
    await expect(message(page, "login_id")).toHaveText(
      "7・8桁目は数字にできません（今は「45」）。英字にしてください。",
    );
    await expect(page).toHaveURL("/reissue/password");
  });

  await test.step("完了 tells that other devices are signed out, and signs nobody in", async () => {
    await fillIn(page, { password: "sakura2027ko", password_confirmation: "sakura2027ko", login_id: "" });
    await press(page, "登録");
    await expect(page).toHaveURL("/reissue/done");
    await expect(main).toContainText("変更完了です！");
    await page.goto("/home");
    await expect(page).toHaveURL("/login");
    const other = await elsewhere.newPage();
    await other.goto("/home");
    await expect(other, "the other device").toHaveURL("/login");
    await elsewhere.close();
    expect((await mailbox.newest(address, { subject: "登録内容の変更のお知らせ" })).text).toContain("パスワード");
  });

  await test.step("the old password is refused, the new one opens the portal", async () => {
    await newcomer.signsIn();
    await expect(page.getByRole("alert")).toContainText("ログインIDまたはパスワードが違うか");
    await newcomer.signsIn({ password: "sakura2027ko" });
    await expect(page).toHaveURL("/home");
  });
});

test("再発行手続きをされた方 learns to open the letter, and can have it sent again", async ({ page, newcomer, mailbox }) => {
  await newcomer.registers();
  await page.context().clearCookies();
  await page.goto("/login");
  await page.getByRole("link", { name: "再発行手続きをされた方" }).click();
  const main = page.getByRole("main");
  await expect(main).toContainText("「パスワード再発行のご案内」のURLを開いてください。");
  await field(page, "email").fill(newcomer.address);
  await press(page, "送信");
  await expect(page).toHaveURL("/reissue/sent");
  await expect(main).toContainText(newcomer.address);
  expect(await mailbox.newest(newcomer.address, { subject: "パスワード再発行のご案内" })).toBeTruthy();
});

test("an address that nobody has registered: the page says the same, the letter the truth", async ({ page, mailbox }) => {
  const address = `nobody.${Date.now()}.${Math.trunc(Math.random() * 1e6)}@example.jp`;
  await page.goto("/reissue");
  await field(page, "email").fill(address);
  await press(page, "送信");
  await expect(page.getByRole("main")).toContainText("パスワード再発行のメールを送信しました");
  const letter = await mailbox.newest(address);
  expect(letter.subject).toContain("登録が見つかりませんでした");
  expect(letter.text).toContain("03-6219-8877");
});

test.describe(() => {
  // The tenth answer is a refusal.
  test.use({ expectedMessages: /status of 403/ });

  test("a letter's password that is wrong ten times ends the letter, not the account", async ({ page, newcomer }) => {
    await newcomer.registers();
    await page.context().clearCookies();
    await newcomer.forgets();
    await newcomer.opensTheReissue();
    const { login_id } = await newcomer.readsTheReissue();
    for (let wrong = 1; wrong <= 10; wrong++) {
      await fillIn(page, { login_id, password: "aaaa-bbbb-cccc" });
      await press(page, "ログイン");
      await expect(page.getByRole("main")).toContainText(wrong < 10 ? "ログインできませんでした。" : "このURLは使えません。");
    }
    await expect(page.getByRole("link", { name: "パスワード再発行からやり直す" })).toBeVisible();
    await newcomer.signsIn();
    await expect(page).toHaveURL("/home");
  });
});
