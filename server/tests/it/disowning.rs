//! 新しい端末からのログイン, when whoever came in with a stolen password tries to put the
//! owner's letter out, and what a page says of a link that was taken back.

use domain::text;

use crate::{
    browser::Browser,
    own_addresses::{add_and_confirm, press},
    registration::answered,
    reissue::{asked, at_the_change, change, open, read},
    test_app::{MINUTE, PUBLIC, TARO, TestApp, WISH},
};

const INTRUDER: &str = "intruder@example.jp";
const NEW: &str = "haru2027sakura";
const GREETING: &str = "たろうさん、こんにちは";

/// Taro is a member, and somebody with his password comes in from elsewhere.
async fn a_stolen_password(app: &TestApp) -> Browser {
    app.signed_in(TARO, &WISH).await;
    app.clock.advance(MINUTE);
    let intruder = app.browser();
    intruder
        .sign_in(WISH.login_id, WISH.password)
        .await
        .leads_to("/home");
    intruder
}

/// His address takes the place of the owner's.
async fn take_over(app: &TestApp, intruder: &Browser) {
    add_and_confirm(app, intruder, INTRUDER).await;
    press(app, intruder, "remove", WISH.email)
        .await
        .leads_to("/profile?told=removed");
    assert_eq!(confirmed(app).await, INTRUDER);
}

/// The link in the newest letter about a sign-in.
async fn report_path(app: &TestApp, address: &str) -> String {
    let letters = app.letters_to(address).await;
    let mut letters = letters
        .iter()
        .rev()
        .filter(|letter| letter.subject.ends_with("新しい端末からのログイン"));
    let mut links = letters
        .next()
        .unwrap()
        .text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(PUBLIC));
    links
        .find(|path| path.starts_with("/security/report?token="))
        .unwrap()
        .to_owned()
}

/// A browser at the page of the letter about a sign-in.
async fn at_the_report(app: &TestApp, path: &str) -> Browser {
    let browser = app.browser();
    browser.get(path).await.leads_to("/security/report");
    browser
}

/// Every confirmed address, in one word where there is one.
async fn confirmed(app: &TestApp) -> String {
    ask!(
        &app.fresh.db,
        "select min(address) || case when count(*) > 1 then ' and others' else '' end
         from email where confirmed_at is not null"
    )
}

/// 登録が見つかりませんでした is the answer to a reissue from there.
async fn opens_nothing(app: &TestApp, address: &str) {
    app.clock.advance(MINUTE);
    answered(app, address, "登録が見つかりませんでした").await;
}

on_both! {
    /// He adds his address, confirms it and removes the owner's: her letter still ends his
    /// session, brings the reissue into her mailbox, and gives her the account back.
    async fn case_an_intruder_does_not_disarm_that_was_not_me(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let intruder = a_stolen_password(&app).await;
        take_over(&app, &intruder).await;

        let owner = at_the_report(&app, &report_path(&app, WISH.email).await).await;
        owner.get("/security/report").await.shows("ログインを終了し、パスワードを再発行する");
        owner.post("/security/report", &[]).await.leads_to("/reissue/sent");
        intruder.home().await.leads_to("/login");
        let letter = read(&app.newest_letter_to(WISH.email).await);
        // He comes back while she reads, and changes what ends other reissues.
        intruder.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let profile = [
            ("login_id", WISH.login_id), ("nickname", WISH.nickname), ("current_password", WISH.password),
            ("password_wanted", "true"), ("password", "natsu2027umi"), ("password_confirmation", "natsu2027umi"),
        ];
        intruder.post("/profile", &profile).await.leads_to("/profile?told=changed");
        let browser = at_the_change(&app, &letter).await;
        change(&browser, NEW, "").await.leads_to("/reissue/done");

        intruder.home().await.leads_to("/login");
        for old in [WISH.password, "natsu2027umi"] {
            intruder.sign_in(WISH.login_id, old).await.refuses(422);
        }
        browser.sign_in(WISH.login_id, NEW).await.leads_to("/home");
        assert_eq!(confirmed(&app).await, WISH.email, "his is gone, and hers is back");
        let told = app.newest_letter_to(INTRUDER).await;
        assert!(told.text.contains("削除したメールアドレス"), "{}", told.text);
        opens_nothing(&app, INTRUDER).await;
        open(&app.browser(), &letter).await.refuses(403).shows(text::LINK_REFUSED);
    }
}

on_both! {
    /// It waited for the mail server while the address was removed.
    async fn case_a_queued_letter_to_a_removed_address_still_goes(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let intruder = a_stolen_password(&app).await;
        take_over(&app, &intruder).await;
        app.post_is_out().await;
        let sent = async || -> i64 {
            ask!(&app.fresh.db, "select count(*) from letter where kind = 'new_device' and sent_at is not null")
        };
        let before = sent().await;
        tell!(
            &app.fresh.db,
            "update letter set sent_at = null, due_at = asked_at where kind = $1",
            "new_device"
        );
        app.post_is_out().await;
        assert_eq!(sent().await, before);
    }
}

on_both! {
    /// A reissue by his own address ends every session, and not her letter; where the
    /// owner's address is still there, nothing of hers is lost either.
    async fn case_an_intruder_s_own_reissue_leaves_the_owner_her_letter(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let intruder = a_stolen_password(&app).await;
        take_over(&app, &intruder).await;
        app.clock.advance(MINUTE);
        let his = at_the_change(&app, &asked(&app, INTRUDER).await).await;
        change(&his, "natsu2027umi", "natsuumi").await.leads_to("/reissue/done");
        his.sign_in("natsuumi", "natsu2027umi").await.leads_to("/home");

        let owner = at_the_report(&app, &report_path(&app, WISH.email).await).await;
        owner.post("/security/report", &[]).await.leads_to("/reissue/sent");
        his.home().await.leads_to("/login");
        let letter = read(&app.newest_letter_to(WISH.email).await);
        // Another one that he has begun does not end hers.
        app.clock.advance(MINUTE);
        let again = at_the_change(&app, &asked(&app, INTRUDER).await).await;
        change(&again, "aki2027momiji", "").await.leads_to("/reissue/done");
        let browser = at_the_change(&app, &letter).await;
        change(&browser, NEW, WISH.login_id).await.leads_to("/reissue/done");
        browser.sign_in(WISH.login_id, NEW).await.leads_to("/home");
        assert_eq!(confirmed(&app).await, WISH.email);
    }
}

on_both! {
    /// He comes in a second time, and so has a letter in his own mailbox: it falls with his
    /// address, whoever removes it.
    async fn case_an_intruder_s_own_letter_falls_with_his_address(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let intruder = a_stolen_password(&app).await;
        add_and_confirm(&app, &intruder, INTRUDER).await;
        app.clock.advance(MINUTE);
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let his = report_path(&app, INTRUDER).await;
        let owner = app.browser();
        owner.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        press(&app, &owner, "remove", INTRUDER).await.leads_to("/profile?told=removed");
        let tab = at_the_report(&app, &his).await;
        tab.get("/security/report").await.refuses(403).shows(text::REPORT_TAKEN_BACK);
        tab.post("/security/report", &[]).await.refuses(403).shows(text::REPORT_TAKEN_BACK);
        owner.home().await.shows(GREETING);
    }
}

on_both! {
    /// The same where the owner's reissue removes it, even after he has used it.
    async fn case_after_that_was_not_me_the_intruder_has_no_letter_left(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let intruder = a_stolen_password(&app).await;
        let hers = report_path(&app, WISH.email).await;
        take_over(&app, &intruder).await;
        app.clock.advance(MINUTE);
        for _ in 0..2 {
            app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        }
        let letters = app.letters_to(INTRUDER).await;
        let his: Vec<_> = letters.iter().flat_map(|letter| letter.text.lines())
            .filter_map(|line| line.trim().strip_prefix(PUBLIC))
            .filter(|path| path.starts_with("/security/report?token=")).collect();
        assert_eq!(his.len(), 2);
        let used = at_the_report(&app, his[0]).await;
        used.post("/security/report", &[]).await.leads_to("/reissue/sent");
        let begun = at_the_change(&app, &read(&app.newest_letter_to(INTRUDER).await)).await;

        let owner = at_the_report(&app, &hers).await;
        owner.post("/security/report", &[]).await.leads_to("/reissue/sent");
        let browser = at_the_change(&app, &read(&app.newest_letter_to(WISH.email).await)).await;
        change(&browser, NEW, "").await.leads_to("/reissue/done");
        change(&begun, "natsu2027umi", "").await.refuses(403).shows(text::LINK_TAKEN_BACK);
        at_the_report(&app, his[1]).await.post("/security/report", &[]).await
            .refuses(403).shows(text::REPORT_TAKEN_BACK);
        browser.sign_in(WISH.login_id, NEW).await.leads_to("/home");
    }
}

on_both! {
    /// "Already" is said of what was used, and of nothing else.
    async fn case_a_link_that_was_taken_back_is_not_said_to_be_used(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let intruder = a_stolen_password(&app).await;
        let hers = at_the_report(&app, &report_path(&app, WISH.email).await).await;
        let reissue = asked(&app, WISH.email).await;
        let begun = at_the_change(&app, &reissue).await;
        add_and_confirm(&app, &intruder, INTRUDER).await;
        press(&app, &intruder, "remove", WISH.email).await.leads_to("/profile?told=removed");
        open(&app.browser(), &reissue).await.refuses(403).shows(text::LINK_TAKEN_BACK);
        begun.get("/reissue/password").await.refuses(403).shows(text::LINK_TAKEN_BACK);
        change(&begun, NEW, "").await.refuses(403).shows(text::LINK_TAKEN_BACK);

        // The account ends, and what disowns a sign-in with it.
        intruder.post("/security/leave/confirm", &[("current_password", WISH.password)]).await
            .leads_to("/security/left");
        hers.get("/security/report").await.refuses(403).shows(text::REPORT_TAKEN_BACK)
            .shows("すぐに健康保険組合へお知らせください");
        hers.post("/security/report", &[]).await.refuses(403).shows(text::REPORT_TAKEN_BACK);
    }
}
