// What the browser itself keeps: no inline script, no post from elsewhere.

import { expect, test } from "../fixtures";
import { field, message, press } from "../newcomer";

test.describe("the content security policy", { tag: "@javascript" }, () => {
  test.use({ expectedMessages: /^CSP: script-src|violates the following Content Security Policy directive|none\.png/ });

  test("holds an injected script back, and lets the checks run", async ({ page, instantChecks }) => {
    // As if somebody had found a way to write into the page.
    await page.route("**/register", async (route) => {
      const response = await route.fetch();
      const injected = `<script>window.stolen = 1</script><img src="/none.png" alt="" onerror="window.stolen = 2">
        <a id="bait" href="javascript:window.stolen=3">…</a>`;
      const body = (await response.text()).replace("</main>", `${injected}</main>`);
      await route.fulfill({ response, body });
    });
    await page.route("**/none.png", (route) => route.abort());
    await page.goto("/register");
    await page.locator("#bait").click();
    await instantChecks();
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.stolen = 4";
      document.body.append(script);
    });
    await field(page, "email").fill("hanako");
    await expect(message(page, "email")).toContainText("「@」を1つ入れてください。");
    expect(await page.evaluate(() => (window as any).stolen), "what an injected script has done").toBeUndefined();
  });
});

test("no page has an inline script or style", async ({ page }) => {
  for (const path of ["/", "/register", "/login", "/help", "/about", "/dev/mailbox"]) {
    await page.goto(path);
    const inline = page.locator("script:not([src]), style, [style], [onclick], [onload], [onsubmit]");
    expect(await inline.evaluateAll((found) => found.map((one) => one.outerHTML)), `on ${path}`).toEqual([]);
  }
});

test.describe("a form on somebody else's page", () => {
  test.use({ expectedMessages: /status of 403/ });

  test("cannot post to the portal", async ({ page, baseURL }) => {
    await page.route("http://elsewhere.example/", (route) =>
      route.fulfill({
        contentType: "text/html; charset=utf-8",
        body: `<form method="post" action="${baseURL}/login"><input name="login_id" value="hanako">
          <input name="password" value="hanako2026ko"><button>賞品を受け取る</button></form>`,
      }),
    );
    await page.goto("http://elsewhere.example/");
    const answer = page.waitForResponse((response) => response.url() === `${baseURL}/login`);
    await press(page, "賞品を受け取る");
    expect((await answer).status()).toBe(403);
    await expect(page.getByRole("main")).toContainText("この操作は行えません。");
    expect(await page.context().cookies(baseURL), "cookies set").toEqual([]);
  });
});

test("a nickname is shown as it is, whatever it holds", async ({ page, newcomer }) => {
  const nickname = "</script><b>花子&amp;";
  await newcomer.reachesTheProfile();
  await newcomer.chooses({ nickname });
  await expect(page).toHaveURL("/register/done");
  await newcomer.signsIn();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${nickname}さん、こんにちは`);
});

test.describe("a page for somebody else", () => {
  test.use({ expectedMessages: /status of 40[34]/ });

  test("is refused in words, with a way on", async ({ page }) => {
    for (const [path, sentence, wayOn] of [
      ["/register/verify?token=made-up", "このURLは使えません。期限（3時間）が切れたか、すでに使われています。もう一度お手続きください。", "/register"],
      ["/register/profile", "時間が過ぎたため中断しました。お手数ですが、下のボタンからもう一度お手続きください。", "/register"],
      ["/nothing/here", "お探しのページは見つかりませんでした。", "/"],
    ]) {
      await page.goto(path);
      await expect(page.getByRole("main")).toContainText(sentence);
      await expect(page.getByRole("main").locator("a.button")).toHaveAttribute("href", wayOn);
      expect(page.url(), "no token in the address").not.toContain("token");
    }
    await page.goto("/home");
    await expect(page).toHaveURL("/login");
  });
});
