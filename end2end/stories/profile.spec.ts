// プロフィール設定 as a member meets it: two forms on one page, each with its own checks.

import { expect, test } from "../fixtures";
import { field, fillIn, goTo, leaveFor, message, press } from "../newcomer";

test("a member changes what the portal knows, and adds an address", async ({ page, newcomer, mailbox }) => {
  const { address, choice } = newcomer;
  const main = page.getByRole("main");
  await newcomer.registers();
  await newcomer.signsIn();
  await expect(page).toHaveURL("/home");

  await test.step("the page shows what is known, and 変更完了です！ afterwards", async () => {
    await goTo(page, "プロフィール設定");
    await expect(main.getByRole("heading", { level: 1 })).toHaveText("プロフィール設定");
    await expect(field(page, "login_id")).toHaveValue(choice.login_id);
    await expect(field(page, "nickname")).toHaveValue(choice.nickname);
    await expect(field(page, "current_password")).toHaveCount(0);
    await fillIn(page, { nickname: "はな", password: "aki2026mori", password_confirmation: "aki2026mori" });
    await press(page, "登録");
    await expect(page.getByRole("status")).toHaveText("変更完了です！");
    await expect(field(page, "nickname")).toHaveValue("はな");
    const letter = await mailbox.newest(address, { subject: "登録内容の変更のお知らせ" });
    expect(letter.text).toContain("パスワード");
  });

  // Asked once more, by its name.
  const removes = async (one: string) => {
    await page.getByText(`削除（${one}）`).click();
    await expect(page.getByText(`「${one}」を削除しますか？`)).toBeVisible();
    await page.getByRole("button", { name: `削除する （${one}）` }).click();
  };
  const second = `second.${address}`;
  await test.step("an added address waits until the link in its letter was opened", async () => {
    await field(page, "email").fill(second);
    await press(page, "追加");
    await expect(page.getByRole("status")).toContainText("確認のメールをお送りしました。");
    await expect(main).toContainText("まだ完了していません。届いたメールのURLを開いてください。");
    await expect(main).toContainText(/このURLは (今日|明日) \d{1,2}:\d{2} まで/);
    const letter = await mailbox.newest(second, { subject: "メールアドレスの確認" });
    await leaveFor(page, letter.link);
    await press(page, "このアドレスを登録する");
    await page.goto("/profile");
    await expect(main).not.toContainText("確認待ち");
  });

  await test.step("notices go there, and the first address may go", async () => {
    await page.getByRole("button", { name: `お知らせの宛先にする （${second}）` }).click();
    await expect(page.getByRole("status")).toHaveText("お知らせの宛先を変更しました。");
    await removes(address);
    await expect(page.getByRole("status")).toHaveText("メールアドレスを削除しました。");
    await removes(second);
    await expect(page.getByRole("alert")).toContainText("最後のアドレスは削除できません。");
  });
});

test("both forms of the page check themselves while they are filled in", { tag: "@javascript" }, async ({
  page,
  newcomer,
  instantChecks,
}) => {
  await newcomer.registers();
  await newcomer.signsIn();
  await expect(page).toHaveURL("/home");
  await page.goto("/profile");
  await instantChecks();
  await field(page, "login_id").fill("SKE123456");
  await expect(message(page, "login_id")).toContainText("7・8桁目は数字にできません");
  await field(page, "email").fill("hanako");
  await expect(message(page, "email")).toContainText("「@」を1つ入れてください。");
  await field(page, "password").fill("hanako2026ko");
  await expect(message(page, "password")).toHaveText("使用できるパスワードです");
  await field(page, "password").fill("");
  await expect(message(page, "password")).toHaveText("");

  // What is wrong in one form keeps nobody from sending the other.
  await field(page, "email").fill(`second.${newcomer.address}`);
  await press(page, "追加");
  await expect(page.getByRole("status")).toContainText("確認のメールをお送りしました。");
  await field(page, "email").fill("hanako");
  await field(page, "nickname").fill("はな");
  await press(page, "登録");
  await expect(page.getByRole("status")).toHaveText("変更完了です！");

  // And the answer to one of them stands in that one only.
  await field(page, "email").fill(newcomer.address);
  await press(page, "追加");
  await expect(page.getByRole("alert")).toHaveCount(1);
  await expect(message(page, "email")).toHaveText("このアドレスはすでに登録されています。");
  await expect(field(page, "nickname")).toHaveValue("はな");
  await expect(message(page, "login_id")).toHaveText("");
});
