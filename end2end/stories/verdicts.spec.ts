// The browser judges as the server does: ten thousand filled-in forms, judged natively
// (app/domain/examples/verdicts.rs) and by the wasm on the real pages, with identical verdicts.

import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures";

type Note = { tone: "error" | "hint" | "good"; text: string; half_width: string | null };
type Case = { form: string; values: Record<string, string>; notes: Record<string, Note | null> };
type Difference = { values: Record<string, string>; field: string; natively: string; browser: string };

/** Differences told; the others are only counted. */
const TOLD = 5;
/** Cases judged in one go, so that a page that hangs is noticed. */
const BATCH = 500;

test("10,000 filled-in forms are judged alike here and there", { tag: ["@javascript", "@once"] }, async ({
  page,
  newcomer,
  instantChecks,
}) => {
  test.setTimeout(120_000);
  const verdicts = execFileSync(`${process.env.CARGO_TARGET_DIR}/debug/examples/verdicts`, { maxBuffer: 2 ** 28 });
  const cases: Case[] = JSON.parse(verdicts.toString());
  expect(cases).toHaveLength(10_000);
  let judged = 0;
  const judge = async (path: string, form: string) => {
    await page.goto(path);
    await instantChecks();
    const own = cases.filter((one) => one.form === form);
    judged += own.length;
    await judgedAlike(page, form, own);
  };

  await withoutHiddenFields(page);
  await judge("/login", "sign_in");
  await judge("/register", "address");
  await newcomer.asksForTheLetter();
  await newcomer.opensTheLetter();
  await judge("/register/provisional", "provisional");
  await newcomer.copiesThePostcard();
  await expect(page).toHaveURL("/register/profile");
  await judge("/register/profile", "registration_profile");
  await page.reload();
  await newcomer.chooses();
  await expect(page).toHaveURL("/register/done");
  await newcomer.signsIn();
  await expect(page).toHaveURL("/home");
  await judge("/profile", "profile");
  await judge("/profile/confirm-password", "present_password");
  await page.context().clearCookies();
  await newcomer.forgets();
  await newcomer.opensTheReissue();
  await judge("/reissue/provisional", "reissue_provisional");
  await newcomer.copiesTheReissue();
  await expect(page).toHaveURL("/reissue/password");
  await judge("/reissue/password", "new_password");
  expect(judged, "no form is left out").toBe(cases.length);
});

/**
 * The pages as they are, but with every password shown: Chromium's password manager takes
 * half a millisecond for each value that a script puts into a hidden field.
 */
async function withoutHiddenFields(page: Page) {
  await page.route(/\/(login|profile|confirm-password|reissue\/password)$/, async (route) => {
    if (route.request().method() !== "GET") return route.continue();
    const response = await route.fetch();
    const body = (await response.text()).replaceAll('type="password"', 'type="text"');
    await route.fulfill({ response, body });
  });
}

async function judgedAlike(page: Page, form: string, cases: Case[]) {
  const started = Date.now();
  const differences: Difference[] = [];
  for (let first = 0; first < cases.length; first += BATCH) {
    differences.push(...(await page.evaluate(fillInAndCompare, { form, cases: cases.slice(first, first + BATCH) })));
  }
  console.log(`${form}: ${cases.length} forms judged in ${Date.now() - started} ms`);
  const told = differences
    .slice(0, TOLD)
    .map(
      ({ values, field, natively, browser }) =>
        `${field}: natively ${natively}, in the browser ${browser}; typed: ${JSON.stringify(values)}`,
    );
  expect(told, `${differences.length} of ${form}'s verdicts differ`).toEqual([]);
}

/**
 * Runs in the page: fills in each form, as somebody who types would, and reads what is said beside the fields.
 * 現在のパスワード is on プロフィール設定 only when it is due; it is judged on its own page.
 */
function fillInAndCompare({ form, cases }: { form: string; cases: Case[] }): Difference[] {
  const inputs = document.querySelector<HTMLFormElement>(`form[data-form=${form}]`)?.elements;
  if (!inputs) throw new Error(`no form ${form} on this page`);
  const input = (name: string) => inputs.namedItem(name) as HTMLInputElement;
  const line = (name: string) => document.getElementById(`${name}-error`) as HTMLElement;
  const changed = () => new InputEvent("input", { bubbles: true, inputType: "insertText" });
  const shown = (name: string) => {
    const text = line(name).firstChild?.nodeValue;
    if (!text) return "nothing";
    const tone = /is-(\w+)/.exec(line(name).className)?.[1];
    return `${tone}: ${text}${line(name).querySelector("button.fix") ? " [半角に直す]" : ""}`;
  };
  const differences: Difference[] = [];
  const isHere = ([name]: [string, unknown]) => inputs.namedItem(name) !== null;
  for (const [number, one] of cases.entries()) {
    const values = Object.fromEntries(Object.entries(one.values).filter(isHere));
    const notes = Object.fromEntries(Object.entries(one.notes).filter(isHere));
    for (const [name, value] of Object.entries(values)) input(name).value = value;
    for (const name of Object.keys(values)) input(name).dispatchEvent(changed());
    for (const [field, note] of Object.entries(notes)) {
      const differs = (natively: string, browser: string) => differences.push({ values, field, natively, browser });
      const natively = note ? `${note.tone}: ${note.text}${note.half_width === null ? "" : " [半角に直す]"}` : "nothing";
      if (shown(field) !== natively) differs(natively, shown(field));
      const isWrong = note?.tone === "error";
      if ((input(field).getAttribute("aria-invalid") === "true") !== isWrong) {
        differs(`aria-invalid=${isWrong}`, `aria-invalid=${!isWrong}`);
      }
    }
    // Now and then an offer to put it right is taken: it moves the focus, which takes its time.
    if (number % 10 > 0) continue;
    const [offered] = Object.entries(notes).filter(([, note]) => typeof note?.half_width === "string");
    if (!offered) continue;
    const [field, note] = offered;
    line(field).querySelector<HTMLButtonElement>("button.fix")?.click();
    if (input(field).value !== note?.half_width) {
      differences.push({ values, field, natively: `${note?.half_width}`, browser: input(field).value });
    }
  }
  return differences;
}
