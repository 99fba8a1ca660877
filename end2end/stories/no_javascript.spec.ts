// Wrong input without JavaScript: the same screen comes back with what was typed,
// what is wrong beside each field, and a summary that leads there.

import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { type FieldName, field, fillIn, message, press } from "../newcomer";

test.describe("without JavaScript", { tag: "@no-javascript" }, () => {
  test("no e-mail address", async ({ page }) => {
    await page.goto("/register");
    await sends(page, "送信する", {});
    await comesBack(page, "/register", { email: "メールアドレスを入力してください。" });
  });

  test("an e-mail address without @", async ({ page }) => {
    await page.goto("/register");
    await sends(page, "送信する", { email: "hanako.example.jp" });
    await comesBack(page, "/register", { email: "「@」を1つ入れてください。例：taro@example.jp" });
    await expect(field(page, "email")).toHaveValue("hanako.example.jp");
  });

  test("wrong input on the way, corrected each time, leads to the account all the same", async ({ page, newcomer }) => {
    const { loginId, password } = newcomer.postcard;
    await newcomer.asksForTheLetter();
    await newcomer.opensTheLetter();

    await test.step("a character that no postcard has", async () => {
      await sends(page, "ログイン", { login_id: loginId.replace(/^./, "l"), password: password.slice(0, -1) });
      await comesBack(page, "/register/provisional", {
        login_id: "「l」は使われていない文字です。似た文字でないかお確かめください。",
        password: "「-」を除いて12文字です（今は11文字）。もう一度お確かめください。",
      });
      await expect(field(page, "login_id")).toHaveValue(loginId.replace(/^./, "l"));
    });

    await test.step("a postcard that does not exist", async () => {
      const other = password.startsWith("a") ? `b${password.slice(1)}` : `a${password.slice(1)}`;
      await sends(page, "ログイン", { login_id: loginId, password: other });
      await expect(page.getByRole("alert")).toHaveText(
        "ログインできませんでした。入力内容とハガキの有効期限をご確認ください。使用済みのハガキ、再発行される前のハガキは使えません。ご不明な場合は03-6219-8877へ。",
      );
      await expect(field(page, "login_id")).toHaveValue(loginId);
      await expect(field(page, "password")).toHaveValue("");
      await newcomer.copiesThePostcard();
    });

    await test.step("everything wrong at 利用者情報入力", async () => {
      await expect(page).toHaveURL("/register/profile");
      const typed = {
        login_id: "SKE123456",
        password: "KENPO123",
        password_confirmation: "KENPO124",
        email: "花子@example.jp",
        nickname: "あいうえおかきくけこさしすせそたちつてとな",
      };
      await sends(page, "登録", typed);
      await comesBack(page, "/register/profile", {
        login_id: "7・8桁目は数字にできません（今は「45」）。英字にしてください。",
        password: "大文字は使えません。小文字で入力してください。",
        password_confirmation: "上のパスワードと違います。もう一度入力してください。",
        email: "使えない文字「花」があります。取り除いてください。",
        nickname: "20文字以内にしてください（今は21文字）。",
      });
      for (const name of ["login_id", "email", "nickname"] as const) {
        await expect(field(page, name)).toHaveValue(typed[name]);
      }
      for (const name of ["password", "password_confirmation"] as const) {
        await expect(field(page, name), "no password comes back").toHaveValue("");
      }
    });

    await test.step("the right values", async () => {
      await fillIn(page, { email: newcomer.address });
      await newcomer.chooses();
      await expect(page).toHaveURL("/register/done");
    });

    await test.step("ログイン answers every failure with one sentence", async () => {
      await page.goto("/login");
      for (const pair of [
        { login_id: newcomer.choice.login_id, password: "hanako2027ko" },
        { login_id: "nobody", password: "hanako2026ko" },
        { login_id: loginId, password: "hanako2026ko" },
      ]) {
        await sends(page, "ログイン", pair);
        await expect(page.getByRole("alert")).toHaveText(
          "ログインIDまたはパスワードが違うか、現在ログインできません。仮パスワードはメールのURLからお使いください。続けて間違えると、しばらくログインできません。",
        );
        await expect(field(page, "login_id")).toHaveValue(pair.login_id);
        await expect(field(page, "password")).toHaveValue("");
      }
      await sends(page, "ログイン", { login_id: loginId, password });
      await comesBack(page, "/login", {
        password: "ハガキやメールの仮パスワードは、ここでは使えません。届いたメールのURLを開いて入力してください。",
      });
    });
  });
});

/** Fills in the form and sends it, which the server answers with the same screen. */
async function sends(page: Page, button: string, values: Partial<Record<FieldName, string>>) {
  await fillIn(page, values);
  const answer = page.waitForResponse((response) => response.request().method() === "POST");
  await press(page, button);
  expect((await answer).status()).toBe(422);
}

/** The page is at `path` and says what is wrong, beside each field and in its summary. */
async function comesBack(page: Page, path: string, wrong: Partial<Record<FieldName, string>>) {
  expect(new URL(page.url()).pathname).toBe(path);
  const summary = page.getByRole("alert");
  await expect(page).toHaveTitle(/^エラー：/);
  await expect(summary).toBeFocused();
  await expect(summary).toBeInViewport({ ratio: 1 });
  // Beside them, a sentence may have the telephone's.
  await expect(summary.getByRole("listitem").getByRole("link")).toHaveCount(Object.keys(wrong).length);
  for (const [name, sentence] of Object.entries(wrong)) {
    await expect(message(page, name as FieldName)).toHaveText(sentence);
    await expect(field(page, name as FieldName)).toHaveAttribute("aria-invalid", "true");
    await expect(field(page, name as FieldName)).toHaveAccessibleDescription(new RegExp(`${escaped(sentence)}$`));
    await summary.getByRole("link", { name: `：${sentence}` }).click();
    await expect(field(page, name as FieldName)).toBeFocused();
  }
}

function escaped(sentence: string): string {
  return sentence.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
