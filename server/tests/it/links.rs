//! The link in the registration's letter: how long it works, who may look at it,
//! and that every one that is no good gets the same page.

use domain::text;
use reqwest::Method;

use crate::{
    browser::path_in,
    log,
    registration::accounts,
    test_app::{HANAKO, HOUR, INSTANT, JIRO, MINUTE, OTHER_WISH, TARO, TestApp, WISH, Wish},
};

on_both! {
    async fn case_04_link_works_until_three_hours(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (in_time, at_submit, too_late) = (
            app.with_open_link("a@example.jp").await,
            app.with_open_link("b@example.jp").await,
            app.with_open_link("c@example.jp").await,
        );
        app.clock.advance(3 * HOUR - INSTANT);
        in_time.get("/register/provisional").await.shows("今日 13:00");
        in_time.enter_with_postcard(&app.card(TARO)).await.leads_to("/register/profile");
        in_time.complete(&Wish { email: "a@example.jp", ..WISH }).await.leads_to("/register/done");
        at_submit.enter_with_postcard(&app.card(JIRO)).await.leads_to("/register/profile");

        app.clock.advance(INSTANT);
        at_submit.get("/register/profile").await.refuses(403).shows(text::SESSION_OVER);
        at_submit.complete(&OTHER_WISH).await.refuses(403).shows(text::SESSION_OVER);
        too_late.get("/register/provisional").await.refuses(403).shows(text::LINK_REFUSED);
        let late = too_late.enter_with_postcard(&app.card(HANAKO)).await;
        late.refuses(403).shows(text::LINK_REFUSED);
        assert_eq!(accounts(&app).await, 1);
    }
}

on_both! {
    /// What was typed is kept for the way back, but never a password.
    async fn case_04_who_ran_out_of_time_goes_on_with_a_fresh_link(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(TARO, "taro@example.jp").await;
        app.clock.advance(3 * HOUR);
        browser.complete(&WISH).await.refuses(403).shows("メールアドレスの登録からやり直す");
        browser.post_email("taro@example.jp").await.leads_to("/register/sent");
        let letter = app.newest_letter_to("taro@example.jp").await;
        browser.open_letter(&letter).await;
        browser.enter_with_postcard(&app.card(TARO)).await.leads_to("/register/profile");
        browser.get("/register/profile").await
            .shows("value=\"123456Taro\"").shows("value=\"たろう\"").hides("natsu2026yama");
        browser.complete(&WISH).await.leads_to("/register/done");
    }
}

on_both! {
    async fn case_05_a_scanner_may_look_at_the_link_ten_times(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        browser.post_email("taro@example.jp").await;
        let letter = app.newest_letter_to("taro@example.jp").await;
        let before = app.written().await;
        for _ in 0..10 {
            for method in [Method::HEAD, Method::GET] {
                let scanner = app.browser();
                let looked = scanner.request(method, &path_in(&letter));
                scanner.send(looked).await.leads_to("/register/provisional");
                scanner.get("/register/provisional").await.shows("仮パスワード");
            }
        }
        assert_eq!(app.written().await, before, "looking wrote something");
        browser.open_letter(&letter).await.shows("仮パスワード");
        browser.enter_with_postcard(&app.card(TARO)).await.leads_to("/register/profile");
    }
}

on_both! {
    async fn an_earlier_letter_keeps_working_until_the_registration_is_complete(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        let mut letters = Vec::new();
        for _ in 0..3 {
            browser.post_email("taro@example.jp").await.leads_to("/register/sent");
            letters.push(app.newest_letter_to("taro@example.jp").await);
            app.clock.advance(MINUTE);
        }
        for letter in &letters {
            app.browser().open_letter(letter).await.shows("仮パスワード");
        }
        browser.open_letter(&letters[0]).await;
        browser.enter_with_postcard(&app.card(TARO)).await.leads_to("/register/profile");
        browser.complete(&WISH).await.leads_to("/register/done");
        for letter in &letters {
            app.browser().open_letter(letter).await.refuses(403).shows(text::LINK_REFUSED);
        }
    }
}

on_both! {
    async fn case_07_whatever_is_wrong_with_a_link_its_page_is_the_same(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let done = app.browser();
        done.post_email("taro@example.jp").await;
        let used = path_in(&app.newest_letter_to("taro@example.jp").await);
        done.get(&used).await;
        done.enter_with_postcard(&app.card(TARO)).await.leads_to("/register/profile");
        done.complete(&Wish { email: "second@example.jp", ..WISH }).await.leads_to("/register/done");
        let confirmation = app.newest_letter_to("second@example.jp").await;
        let (_, other_purpose) = confirmation.text.split_once("/profile/emails/confirm").unwrap();
        let other_purpose = format!("/register/verify{}", other_purpose.lines().next().unwrap());

        app.browser().post_email("jiro@example.jp").await;
        let good = path_in(&app.newest_letter_to("jiro@example.jp").await);
        let flipped = if good.ends_with('A') { "B" } else { "A" };
        let mut seen = Vec::new();
        for path in [
            "/register/verify".to_owned(),
            "/register/verify?token=".to_owned(),
            format!("{}{flipped}", &good[..good.len() - 1]),
            good[..good.len() - 1].to_owned(),
            format!("{good}AAAA"),
            format!("/register/verify?token={}", "A".repeat(5_000)),
            used,
            other_purpose,
        ] {
            let browser = app.browser();
            browser.get(&path).await.leads_to("/register/provisional");
            let page = browser.get("/register/provisional").await.refuses(403).shows(text::LINK_REFUSED);
            let post = browser.enter_with_postcard(&app.card(JIRO)).await.refuses(403);
            seen.push((path, page.but_for(""), post.but_for("")));
        }
        let (_, page, post) = &seen[0];
        for (path, other_page, other_post) in &seen {
            assert_eq!((other_page, other_post), (page, post), "{path}");
        }
        app.browser().get(&good).await;
        let rightful = app.browser();
        rightful.get(&good).await;
        rightful.get("/register/provisional").await.shows("仮パスワード");
    }
}

on_both! {
    async fn case_10_the_token_is_in_no_address_and_on_no_page_after_the_first_redirect(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        browser.post_email("taro@example.jp").await;
        let path = path_in(&app.newest_letter_to("taro@example.jp").await);
        let (_, token) = path.split_once("token=").unwrap();
        let opened = browser.get(&path).await.leads_to("/register/provisional");
        assert_eq!(opened.header("referrer-policy"), "same-origin");
        assert_eq!(opened.header("cache-control"), "no-store");
        assert_eq!(opened.body, "");
        let everything = [
            opened.but_for(""),
            browser.cookie("__Host-registration").unwrap(),
            browser.get("/register/provisional").await.but_for(""),
            browser.enter_with_postcard(&app.card(TARO)).await.but_for(""),
            browser.get("/register/profile").await.but_for(""),
        ];
        for seen in everything {
            assert!(!seen.contains(token), "{seen}");
        }
        let stored: i64 = ask!(&app.fresh.db, "select count(*) from audit where detail like $1", format!("%{token}%"));
        assert_eq!(stored, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_10_no_secret_is_in_the_log_however_much_is_logged() {
    let test = "links::case_10_no_secret_is_in_the_log_however_much_is_logged";
    let Some(log) = log::everything(test) else {
        return;
    };
    let app = TestApp::start(crate::fresh::sqlite().await).await;
    let browser = app.with_postcard(TARO, "taro@example.jp").await;
    let letter = app.newest_letter_to("taro@example.jp").await;
    let provisional = browser.cookie("__Host-session").unwrap();
    browser.complete(&WISH).await.leads_to("/register/done");
    browser
        .sign_in(WISH.login_id, "wrong2026haru")
        .await
        .refuses(422);
    browser
        .sign_in(WISH.login_id, WISH.password)
        .await
        .leads_to("/home");
    app.browser()
        .get("/register/verify?token=forged0123456789")
        .await;

    let log = log.text();
    assert!(
        log.contains("sqlx"),
        "not even statements were logged: {log}"
    );
    let path = path_in(&letter);
    let (_, token) = path.split_once("token=").unwrap();
    let card = app.card(TARO).password;
    let session = browser.cookie("__Host-session").unwrap();
    for secret in [
        token,
        &card,
        &card.replace('-', ""),
        &provisional,
        &session,
        WISH.password,
        "wrong2026haru",
        "forged0123456789",
    ] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}
