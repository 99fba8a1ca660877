// From the postcard to the first sign-in: the main story, with and without JavaScript.

import { expect, test } from "../fixtures";
import { field, fillIn, fullWidth, leaveFor, message, Newcomer, press, signsOut } from "../newcomer";

test("from the postcard to the first sign-in", async ({ page, newcomer, mailbox, baseURL }) => {
  const { address, choice, postcard } = newcomer;
  const main = page.getByRole("main");

  await test.step("the entry page leads to 新規利用登録, and that to the letter", async () => {
    await page.goto("/");
    await expect(main).toContainText(
      "オートバックス健康保険組合にご加入の方はAB健康マイポータルにご登録ください。",
    );
    await main.getByRole("link", { name: "新規利用登録" }).click();
    await expect(main).toContainText("メールアドレスを入力し、送信してください。");
    await field(page, "email").fill(address);
    await press(page, "送信する");
  });

  await test.step("the sent page shows the address, until when, and the delivery", async () => {
    await expect(page).toHaveURL("/register/sent");
    await expect(main).toContainText(address);
    await expect(main).toContainText(/(今日|明日) \d{1,2}:\d{2} まで/);
    await expect(main).toContainText("autobacs-kenpo.jp");
    await expect(main.getByRole("link", { name: "入力し直す" })).toHaveAttribute("href", "/register");
    // It asks again by itself.
    await expect(page.getByRole("status")).toContainText("メールサーバーに渡しました");
  });

  await test.step("the letter's link leads to the postcard, and leaves no token in the address", async () => {
    const letter = await newcomer.opensTheLetter();
    expect(letter.subject).toBe("【AB健康マイポータル】利用登録手続きのご案内");
    expect(letter.from).toContain("@autobacs-kenpo.jp");
    await expect(main).toContainText("AB健康マイポータル登録について");
    await expect(main.getByRole("link", { name: "TEL:03-6219-8877" })).toHaveAttribute("href", "tel:03-6219-8877");
  });

  await test.step("the postcard may be copied with capitals, spaces and full-width characters", async () => {
    await newcomer.copiesThePostcard({
      loginId: ` ${postcard.loginId.slice(0, 3).toUpperCase()} ${postcard.loginId.slice(3, 6)} ${fullWidth(postcard.loginId.slice(6))}`,
      password: fullWidth(postcard.password.toUpperCase()).replaceAll("－", "　"),
    });
    await expect(page).toHaveURL("/register/profile");
  });

  await test.step("利用者情報入力 has the confirmed address filled in", async () => {
    await expect(main).toContainText("新しいログインID、パスワードを入力してください。");
    await expect(main).toContainText("SKE123456");
    await expect(main).toContainText("123456SKE");
    await expect(main).toContainText("kenpo123");
    await expect(field(page, "email")).toHaveValue(address);
    await newcomer.chooses();
  });

  await test.step("完了 has what to keep, without the password; going back changes nothing", async () => {
    await expect(page).toHaveURL("/register/done");
    await expect(main).toContainText("利用登録が完了しました。ログイン画面へ進んでください。");
    const keep = main.locator("section", { hasText: "控え" });
    await expect(keep).toContainText(`${baseURL}/`);
    await expect(keep).toContainText(choice.login_id);
    await expect(keep).toContainText("03-6219-8877");
    await expect(main).not.toContainText(choice.password);
    await page.goBack();
    await expect(page).toHaveURL("/register/done");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("利用者情報登録完了");
  });

  await test.step("ログイン leads to a page that greets by nickname", async () => {
    await page.getByRole("link", { name: "ログイン画面" }).click();
    await expect(page).toHaveURL("/login");
    await field(page, "login_id").fill(choice.login_id);
    await field(page, "password").fill(choice.password);
    await press(page, "ログイン");
    await expect(page).toHaveURL("/home");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${choice.nickname}さん、こんにちは`);
    expect((await mailbox.newest(address, { subject: "ようこそ" })).text).toContain(choice.login_id);
  });

  await test.step("ログアウト leaves nothing to go back to", async () => {
    await signsOut(page);
    await page.goBack();
    await expect(page).toHaveURL("/login");
    await expect(main).not.toContainText(choice.nickname);
  });
});

test("a login ID that somebody has already is refused beside its field", async ({
  page,
  newcomer,
  mailbox,
  postcards,
  instantChecks,
  javaScriptEnabled,
}) => {
  await newcomer.registers();
  const taken = newcomer.choice.login_id.toLowerCase();
  await page.context().clearCookies();

  const next = new Newcomer(page, mailbox, postcards.take());
  await next.reachesTheProfile();
  await next.chooses({ login_id: taken });
  // Only the server knows; the browser's own checks must not take it back.
  if (javaScriptEnabled) await instantChecks();
  await expect(message(page, "login_id")).toHaveText("このログインIDは使われています。別のIDを入力してください。");
  await expect(field(page, "login_id")).toHaveAttribute("aria-invalid", "true");
  await expect(field(page, "login_id")).toHaveValue(taken);
  await expect(field(page, "password")).toHaveValue("");

  await next.chooses();
  await expect(page).toHaveURL("/register/done");
});

test("a different address at 利用者情報入力 counts once its own letter is confirmed", async ({
  page,
  newcomer,
  mailbox,
}) => {
  const other = `taro.${newcomer.postcard.loginId}@example.jp`;
  await newcomer.reachesTheProfile();
  await field(page, "email").fill(other);
  await newcomer.chooses();
  await expect(page).toHaveURL("/register/done");

  const letter = await mailbox.newest(other, { subject: "メールアドレスの確認" });
  await leaveFor(page, letter.link);
  await expect(page).toHaveURL("/profile/emails/confirm");
  await expect(page.getByRole("main")).toContainText(other);
  await press(page, "このアドレスを登録する");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("メールアドレスを登録しました");
});

test("a double click registers once", async ({ page, newcomer, mailbox }) => {
  await newcomer.reachesTheProfile();
  await fillIn(page, newcomer.choice);
  await page.getByRole("button", { name: "登録", exact: true }).dblclick();
  await expect(page).toHaveURL("/register/done");
  await expect(page.getByRole("main")).toContainText(newcomer.choice.login_id);
  await newcomer.signsIn();
  await expect(page).toHaveURL("/home");
  await mailbox.newest(newcomer.address, { subject: "ようこそ" });
  expect(await mailbox.count(newcomer.address, "ようこそ"), "letters of welcome").toBe(1);
});

test("a link that somebody passed on opens no account for their mailbox", async ({ page, newcomer, mailbox }) => {
  const { address } = newcomer;
  const own = `own.${address}`;
  const main = page.getByRole("main");
  await newcomer.asksForTheLetter();
  await newcomer.opensTheLetter();
  await expect(main).toContainText(`このメールアドレスで登録します：${address}`);
  await expect(main.getByRole("link", { name: "最初から" })).toHaveAttribute("href", "/register");
  await newcomer.copiesThePostcard();
  await expect(page).toHaveURL("/register/profile");
  await expect(main).toContainText(`このメールアドレスで登録します：${address}`);

  await field(page, "email").fill(own);
  await newcomer.chooses();
  await expect(page).toHaveURL("/register/done");
  await expect(main).toContainText(`メールアドレス ${own} は、まだ確認が済んでいません。`);

  const letter = await mailbox.newest(own, { subject: "メールアドレスの確認" });
  await leaveFor(page, letter.link);
  await press(page, "このアドレスを登録する");
  await expect(main).toContainText("メールアドレスを登録しました");
  await page.goto("/register/done");
  await expect(main).not.toContainText("まだ確認が済んでいません");
});
