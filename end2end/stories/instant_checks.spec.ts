// The page checks every field while it is being filled in.

import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../fixtures";
import { field, fillIn, fullWidth, message, press } from "../newcomer";

test.describe("instant checks", { tag: "@javascript" }, () => {
  test("利用者情報入力 says at every keystroke what is missing", async ({ page, newcomer, instantChecks }) => {
    await newcomer.reachesTheProfile();
    await instantChecks();

    await test.step("the manual's example of a login ID", async () => {
      const says = typing(field(page, "login_id"), message(page, "login_id"));
      await says("SKE123", "");
      await says("4", "7桁目は数字にできません（今は「4」）。英字にしてください。");
      await says("56", "7・8桁目は数字にできません（今は「45」）。英字にしてください。");
      await expect(field(page, "login_id")).toHaveAttribute("aria-invalid", "true");
      await field(page, "login_id").fill("123456SKE");
      await expect(message(page, "login_id")).toHaveText("");
      await expect(field(page, "login_id")).not.toHaveAttribute("aria-invalid");
    });

    await test.step("a password that grows", async () => {
      const says = typing(field(page, "password"), message(page, "password"));
      await says("k", "8文字以上にしてください（あと7文字）。");
      await says("E", "大文字は使えません。小文字で入力してください。");
      await field(page, "password").press("Backspace");
      await says("enpo12", "8文字以上にしてください（あと1文字）。");
      await says("3", "手引きの例と同じパスワードは推測されやすいです。");
      await expect(field(page, "password"), "a hint is no error").not.toHaveAttribute("aria-invalid");
      await says("x", "使用できるパスワードです");
    });

    await test.step("a confirmation that follows the password above it", async () => {
      const again = message(page, "password_confirmation");
      await expect(again, "nobody is scolded for a field not reached yet").toHaveText("");
      await field(page, "password_confirmation").pressSequentially("kenpo123");
      await expect(again).toHaveText("上のパスワードと違います。もう一度入力してください。");
      await field(page, "password_confirmation").pressSequentially("x");
      await expect(again).toHaveText("");
      await field(page, "password").pressSequentially("y");
      await expect(again).toHaveText("上のパスワードと違います。もう一度入力してください。");
    });

    await test.step("a field that is left empty", async () => {
      await expect(message(page, "nickname")).toHaveText("");
      await field(page, "nickname").focus();
      await field(page, "nickname").blur();
      await expect(message(page, "nickname")).toHaveText("ニックネームを入力してください。");
    });
  });

  test("what fails is not sent, and the first wrong field has the focus", async ({ page, newcomer, instantChecks }) => {
    await newcomer.reachesTheProfile();
    await instantChecks();
    const posts = postsOf(page);
    await newcomer.chooses({ password: "hanako", nickname: "" });
    await expect(field(page, "password")).toBeFocused();
    await expect(message(page, "password")).toHaveText("8文字以上にしてください（あと2文字）。");
    await expect(message(page, "password_confirmation")).toHaveText(/^上のパスワードと違います/);
    await expect(message(page, "nickname")).toHaveText("ニックネームを入力してください。");
    await expect(field(page, "login_id"), "what was typed stays").toHaveValue(newcomer.choice.login_id);
    await expect(page).toHaveURL("/register/profile");
    expect(posts, "posts").toEqual([]);

    await newcomer.chooses();
    await expect(page).toHaveURL("/register/done");
    expect(posts, "posts").toEqual(["/register/profile"]);
  });

  test("「半角に直す」 puts the half-width characters into the field", async ({ page, instantChecks }) => {
    await page.goto("/register");
    await instantChecks();
    const fix = page.getByRole("button", { name: "半角に直す" });
    await field(page, "email").fill(fullWidth("taro@example.jp"));
    await expect(message(page, "email")).toContainText("全角文字が入っています。半角で入力してください。");
    await fix.click();
    await expect(field(page, "email")).toHaveValue("taro@example.jp");
    await expect(field(page, "email")).toBeFocused();
    await expect(message(page, "email")).toHaveText("");

    // There is no half-width 花: the sentence stays, the button would not help.
    await field(page, "email").fill(fullWidth("taro@example.jp"));
    await expect(fix).toBeVisible();
    await field(page, "email").fill(fullWidth("花taro@example.jp"));
    await expect(message(page, "email")).toHaveText("全角文字が入っています。半角で入力してください。");
    await expect(fix).toHaveCount(0);
  });

  test("a password can be shown and hidden", async ({ page, instantChecks }) => {
    await page.goto("/login");
    await instantChecks();
    const password = field(page, "password");
    await password.fill("hanako2026ko");
    await expect(password).toHaveAttribute("type", "password");
    await page.getByRole("button", { name: /^パスワードを ?表示$/ }).click();
    await expect(password).toHaveAttribute("type", "text");
    await page.getByRole("button", { name: /^パスワードを ?隠す$/ }).click();
    await expect(password).toHaveAttribute("type", "password");
    await expect(password).toHaveValue("hanako2026ko");
  });

  test("ログイン hints at capitals before a try is counted, and a hint does not hold anybody back", async ({
    page,
    instantChecks,
  }) => {
    await page.goto("/login");
    await instantChecks();
    await fillIn(page, { login_id: "nobody", password: "Hanako2026" });
    await expect(message(page, "password")).toHaveText("大文字が入っています。パスワードは小文字と数字だけです。");
    await expect(field(page, "password")).not.toHaveAttribute("aria-invalid");
    await press(page, "ログイン");
    await expect(page.getByRole("alert")).toContainText("ログインIDまたはパスワードが違うか、現在ログインできません。");
  });

  test("a likely slip in a mail domain is a question, not an error", async ({ page, newcomer, instantChecks }) => {
    await page.goto("/register");
    await instantChecks();
    const address = newcomer.address.replace("example.jp", "gmail.con");
    await field(page, "email").fill(address);
    await expect(message(page, "email")).toHaveText("もしかして「@gmail.com」ですか？");
    await press(page, "送信する");
    await expect(page).toHaveURL("/register/sent");
    await expect(page.getByRole("main")).toContainText(address);
  });

  test("what was typed before the checks have arrived is kept and judged", async ({ page, instantChecks }) => {
    const arrive = await holdBack(page, "**/*_bg.wasm");
    await page.goto("/login");
    await field(page, "login_id").pressSequentially("花子");
    await field(page, "password").pressSequentially("HANAKO");
    await expect(message(page, "login_id")).toHaveText("");
    arrive();
    await instantChecks();
    await expect(field(page, "login_id")).toHaveValue("花子");
    await expect(message(page, "login_id")).toHaveText(
      "使えない文字「花」があります。半角の英字と数字だけで入力してください。",
    );
    await expect(field(page, "password")).toHaveValue("HANAKO");
    await expect(message(page, "password")).toHaveText("大文字が入っています。パスワードは小文字と数字だけです。");
    await expect(field(page, "password"), "the cursor stays").toBeFocused();
  });

  test("a form sent before the checks have arrived is judged by the server", async ({ page }) => {
    await holdBack(page, "**/*_bg.wasm");
    await page.goto("/register");
    await field(page, "email").fill("hanako");
    await press(page, "送信する");
    await expect(page.getByRole("alert")).toContainText("ご確認ください（1か所）");
    await expect(message(page, "email")).toHaveText("「@」を1つ入れてください。例：taro@example.jp");
    await expect(field(page, "email")).toHaveValue("hanako");
  });

  test("a paste is judged like typing", async ({ page, context, instantChecks }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto("/register");
    await instantChecks();
    await page.evaluate(() => navigator.clipboard.writeText("hanako@example.jp、"));
    await field(page, "email").focus();
    await page.keyboard.press("Control+V");
    await expect(field(page, "email")).toHaveValue("hanako@example.jp、");
    await expect(message(page, "email")).toHaveText("使えない文字「、」があります。取り除いてください。");
  });

  test("what a password manager fills in is judged like typing", async ({ page, instantChecks }) => {
    await page.goto("/login");
    await instantChecks();
    // A password manager sets the values and tells the page so; no key is pressed.
    await page.evaluate(() => {
      for (const [name, value] of [["login_id", "hanako-2026"], ["password", "Hanako2026"]]) {
        const input = document.querySelector<HTMLInputElement>(`input[name=${name}]`);
        if (!input) continue;
        input.value = value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
    await expect(message(page, "login_id")).toHaveText(
      "使えない文字「-」があります。半角の英字と数字だけで入力してください。",
    );
    await expect(message(page, "password")).toHaveText("大文字が入っています。パスワードは小文字と数字だけです。");
  });

  test("nobody is judged in the middle of a composition (かな → 漢字)", async ({ page, context, instantChecks }) => {
    await page.goto("/register");
    await instantChecks();
    // As a Japanese input method does it: composed text that changes, then one that stays.
    const keyboard = await context.newCDPSession(page);
    await field(page, "email").focus();
    for (const text of ["ｔ", "ｔａ", "たｒ", "たろ", "太郎"]) {
      await keyboard.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
      await expect(field(page, "email")).toHaveValue(text);
      await expect(message(page, "email"), `while 「${text}」 is composed`).toHaveText("");
    }
    await keyboard.send("Input.insertText", { text: "太郎" });
    await expect(field(page, "email")).toHaveValue("太郎");
    await expect(message(page, "email")).toHaveText("使えない文字「太」があります。取り除いてください。");
  });

  test("Latin letters that a keyboard composes are judged at once, and what is no longer true goes", async ({
    page,
    context,
    instantChecks,
  }) => {
    await page.goto("/register");
    await instantChecks();
    const line = message(page, "email");
    const keyboard = await context.newCDPSession(page);
    const composes = (text: string) =>
      keyboard.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    await field(page, "email").focus();
    await field(page, "email").blur();
    await expect(line).toHaveText("メールアドレスを入力してください。");
    await field(page, "email").focus();
    await composes("た");
    await expect(line, "it is not empty any more").toHaveText("");
    await composes("h");
    await expect(line).toHaveText("「@」を1つ入れてください。例：taro@example.jp");
    await composes("hanako@example.jp");
    await expect(line).toHaveText("");
  });

  test("what is said beside a field is read out after a pause", async ({ page, instantChecks }) => {
    await page.goto("/register");
    await instantChecks();
    const live = page.locator("#live");
    await field(page, "email").pressSequentially("hana");
    await expect(message(page, "email")).toHaveText("「@」を1つ入れてください。例：taro@example.jp");
    expect(await live.textContent(), "not at every key").toBe("");
    await expect(live).toHaveText("「@」を1つ入れてください。例：taro@example.jp");
  });

  test("after a refusal the summary is in view, and Back leads to our page", async ({ page, instantChecks }) => {
    await page.goto("/login");
    await instantChecks();
    await fillIn(page, { login_id: "nobody", password: "hanako2026ko" });
    await press(page, "ログイン");
    await expect(page).toHaveTitle(/^エラー：ログイン｜/);
    await expect(page.getByRole("alert")).toBeFocused();
    await expect(page.getByRole("alert")).toBeInViewport({ ratio: 1 });
    await page.getByRole("link", { name: "パスワードを忘れた方はこちら" }).click();
    await expect(page).toHaveURL("/reissue");
    await page.goBack();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("ログイン");
    await page.reload();
    await expect(page.getByRole("alert"), "a reload sends nothing again").toHaveCount(0);
  });

  test("a page without a form loads no checks", async ({ page }) => {
    const fetched: string[] = [];
    page.on("request", (request) => fetched.push(request.url()));
    await page.goto("/help", { waitUntil: "networkidle" });
    expect(fetched.filter((address) => address.includes("wasm"))).toEqual([]);
  });
});

/** Types into a field, and expects what the line beside it says then. */
function typing(input: Locator, line: Locator) {
  return async (keys: string, sentence: string) => {
    await input.pressSequentially(keys);
    await expect(line, `after typing 「${keys}」`).toHaveText(sentence);
  };
}

/** The paths that the page posts to from now on. */
function postsOf(page: Page): string[] {
  const paths: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "POST") paths.push(new URL(request.url()).pathname);
  });
  return paths;
}

/** Holds back what is fetched from such an address, until the function given back is called. */
async function holdBack(page: Page, address: string): Promise<() => void> {
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await page.route(address, async (route) => {
    await arrived;
    await route.continue().catch(() => {}); // the page may be gone by now
  });
  return arrive;
}
