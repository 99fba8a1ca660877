// The way of most members, whatever their browser is: they register, read and sign out.

import { mailbox } from "../mailbox";
import { madeFrom } from "../newcomer";
import { checkupsOf, takePostcard } from "../office";
import { desktop, expect, phone, test } from "./visitor";

for (const [name, size] of Object.entries({ phone, desktop })) {
  test(`on a ${name}: registered with fields that answer at once, read, and signed out for good`, async ({ visitor }) => {
    const postcard = takePostcard((card) => checkupsOf(card).length > 0);
    const { address, choice } = madeFrom(postcard);
    await visitor.looksAt(size);

    await test.step("the letter", async () => {
      await visitor.opens("/register");
      await visitor.seesInstantChecks();
      await visitor.types("email", "hanako.");
      await visitor.fillsIn({ email: address });
      await visitor.presses("送信する");
      await visitor.isAt("/register/sent");
      const letter = await mailbox.newest(address, { subject: "利用登録手続きのご案内" });
      await visitor.opens(letter.link);
      await visitor.isAt("/register/provisional");
    });

    await test.step("the postcard", async () => {
      await visitor.seesInstantChecks();
      await visitor.fillsIn({ login_id: postcard.loginId, password: postcard.password });
      await visitor.presses("ログイン");
      await visitor.isAt("/register/profile");
    });

    await test.step("利用者情報入力 answers at every key", async () => {
      await visitor.seesInstantChecks();
      await visitor.types("login_id", "SKE1234");
      await visitor.readsBeside("login_id", "7桁目は数字にできません（今は「4」）。英字にしてください。");
      await visitor.types("password", "k");
      await visitor.readsBeside("password", "8文字以上にしてください（あと7文字）。");
      await visitor.types("password", "E");
      await visitor.readsBeside("password", "大文字は使えません。小文字で入力してください。");
      await visitor.fillsIn(choice);
      await visitor.readsBeside("login_id", "");
      await visitor.presses("登録");
      await visitor.isAt("/register/done");
    });

    await test.step("a notice, an article and the checkups", async () => {
      await visitor.opens("/login");
      await visitor.fillsIn({ login_id: choice.login_id, password: choice.password });
      await visitor.presses("ログイン");
      await visitor.isAt("/home");
      await visitor.reads(choice.nickname);
      await visitor.opens("/notices");
      await visitor.follows("インフルエンザ予防接種の費用を補助します");
      await visitor.reads("1人あたり2,000円まで");
      await visitor.opens("/health");
      await visitor.follows("おいしく減塩");
      await visitor.reads("診断ではありません。");
      await visitor.opens("/checkups");
      await visitor.reads("収縮期血圧");
    });

    await test.step("after ログアウト, Back shows nothing", async () => {
      await visitor.signsOut();
      await visitor.goesBack();
      await visitor.isAt("/login");
      expect(await visitor.text()).not.toContain("収縮期血圧");
    });
  });
}
