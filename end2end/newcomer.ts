// Somebody with a postcard in hand, and what such a person does: the verbs that
// the stories are told in.

import { type Browser, expect, type Locator, type Page } from "@playwright/test";
import type { Letter, Mailbox, Postcard } from "./types";

/** The names of the forms' fields. */
export type FieldName =
  | "email"
  | "login_id"
  | "password"
  | "password_confirmation"
  | "nickname"
  | "code"
  | "current_password";

/** What a newcomer chooses at 利用者情報入力. */
export type Choice = Record<Exclude<FieldName, "email" | "code" | "current_password">, string>;

/** The address and the choice of whoever has that postcard: its ID is nobody else's, so neither are these. */
export function madeFrom({ loginId }: Postcard): { address: string; choice: Choice } {
  return {
    address: `hanako.${loginId}@example.jp`,
    choice: {
      login_id: `123456${loginId.slice(0, 6).toUpperCase()}`,
      password: "hanako2026ko",
      password_confirmation: "hanako2026ko",
      nickname: `花子 ${loginId}`,
    },
  };
}

export class Newcomer {
  readonly address: string;
  readonly choice: Choice;

  constructor(
    readonly page: Page,
    private readonly mailbox: Mailbox,
    readonly postcard: Postcard,
  ) {
    ({ address: this.address, choice: this.choice } = madeFrom(postcard));
  }

  /** 新規利用登録: from anywhere to 「手続き案内メールを送信しました」. */
  async asksForTheLetter() {
    await this.page.goto("/register");
    await field(this.page, "email").fill(this.address);
    await press(this.page, "送信する");
    await expect(this.page).toHaveURL("/register/sent");
  }

  /** Follows the link of the newest letter. */
  async opensTheLetter(): Promise<Letter> {
    const letter = await this.mailbox.newest(this.address, { subject: "利用登録手続きのご案内" });
    await leaveFor(this.page, letter.link);
    await expect(this.page).toHaveURL("/register/provisional");
    return letter;
  }

  /** Signs in with the postcard, copied as `copied` says: as it is printed, if nothing else. */
  async copiesThePostcard(copied: Partial<Postcard> = {}) {
    const { loginId, password } = { ...this.postcard, ...copied };
    await field(this.page, "login_id").fill(loginId);
    await field(this.page, "password").fill(password);
    await press(this.page, "ログイン");
  }

  /** All the way to 利用者情報入力. */
  async reachesTheProfile() {
    await this.asksForTheLetter();
    await this.opensTheLetter();
    await this.copiesThePostcard();
    await expect(this.page).toHaveURL("/register/profile");
  }

  /** Fills in 利用者情報入力 and sends it. */
  async chooses(other: Partial<Choice> = {}) {
    await fillIn(this.page, { ...this.choice, ...other });
    await press(this.page, "登録");
  }

  /** From the entry page to 利用者情報登録完了. */
  async registers() {
    await this.reachesTheProfile();
    await this.chooses();
    await expect(this.page).toHaveURL("/register/done");
  }

  /** Signs in with what was chosen, or with something else. */
  async signsIn(other: Partial<Choice> = {}) {
    await this.page.goto("/login");
    const { login_id, password } = { ...this.choice, ...other };
    await fillIn(this.page, { login_id, password });
    await press(this.page, "ログイン");
  }

  /** All the way from the postcard to the first page inside. */
  async comesIn() {
    await this.registers();
    await this.signsIn();
    await expect(this.page).toHaveURL("/home");
  }

  /** パスワード再発行: from the sign-in page to 「メールを送信しました」. */
  async forgets() {
    await this.page.goto("/login");
    await this.page.getByRole("link", { name: "パスワードを忘れた方はこちら" }).click();
    await field(this.page, "email").fill(this.address);
    await press(this.page, "送信");
    await expect(this.page).toHaveURL("/reissue/sent");
  }

  /** What the newest letter of a reissue bears. */
  async readsTheReissue(): Promise<{ letter: Letter; login_id: string; password: string }> {
    const letter = await this.mailbox.newest(this.address, { subject: "パスワード再発行のご案内" });
    const lines = letter.text.split("\n").map((line) => line.trim());
    const below = (name: string) => lines[lines.indexOf(name) + 1];
    return { letter, login_id: below("ログインID"), password: below("仮パスワード") };
  }

  /** Follows that letter's link. */
  async opensTheReissue() {
    const { letter } = await this.readsTheReissue();
    await leaveFor(this.page, letter.link);
    await expect(this.page).toHaveURL("/reissue/provisional");
  }

  /** Signs in with that letter's pair. */
  async copiesTheReissue() {
    const { login_id, password } = await this.readsTheReissue();
    await fillIn(this.page, { login_id, password });
    await press(this.page, "ログイン");
  }
}

/** The field of that name. */
export function field(page: Page, name: FieldName): Locator {
  return page.locator(`input[name=${name}]`);
}

/** The line beside that field. */
export function message(page: Page, name: FieldName): Locator {
  return page.locator(`#${name}-error`);
}

/** Puts each value into its field. */
export async function fillIn(page: Page, values: Partial<Record<FieldName, string>>) {
  for (const [name, value] of Object.entries(values)) await field(page, name as FieldName).fill(value);
}

/** Presses the button of that name. */
export async function press(page: Page, button: string) {
  await page.getByRole("button", { name: button, exact: true }).click();
}

/** Opens an address, such as a letter's link. The page that waits for a letter asks for itself again
 * every few seconds, and may do so at this very moment: then the address is opened once more. */
export async function leaveFor(page: Page, address = "a letter without a link") {
  await page.goto(address).catch((error: Error) => {
    if (!error.message.includes("ERR_ABORTED")) throw error;
    return page.goto(address);
  });
}

/** Goes to one of the places that the header names; on a phone some of them are in the menu. */
export async function goTo(page: Page, place: string) {
  await opensTheMenu(page);
  await page.getByRole("banner").getByRole("link", { name: place, exact: true }).click();
}

/** Presses ログアウト. */
export async function signsOut(page: Page) {
  await opensTheMenu(page);
  await press(page, "ログアウト");
  await expect(page).toHaveURL("/login");
}

async function opensTheMenu(page: Page) {
  const menu = page.getByRole("banner").getByText("メニュー", { exact: true });
  if (await menu.isVisible()) await menu.click();
}

/** A browser that has never been here. */
export async function elsewhere(browser: Browser, javaScriptEnabled: boolean | undefined): Promise<Page> {
  const context = await browser.newContext({ javaScriptEnabled });
  return context.newPage();
}

/** As a Japanese keyboard types it that was left in full-width mode. */
export function fullWidth(text: string): string {
  return text.replace(/[!-~]/g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
}
