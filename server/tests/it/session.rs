//! Sessions over HTTP: how they begin, what ends them, and what a stolen or a
//! planted cookie is worth.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::text;

use crate::{
    roster::NOW,
    test_app::{INSTANT, JIRO, MINUTE, OTHER_WISH, TARO, TestApp, WISH},
};

const SESSION: &str = "__Host-session";
const GREETING: &str = "たろうさん、こんにちは";

on_both! {
    async fn case_32_every_rise_in_privilege_brings_a_new_session(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_open_link("taro@example.jp").await;
        browser.plant(SESSION, "planted");
        browser.enter_with_postcard(&app.card(TARO)).await.leads_to("/register/profile");
        let provisional = browser.cookie(SESSION).unwrap();
        browser.complete(&WISH).await.leads_to("/register/done");
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let first = browser.cookie(SESSION).unwrap();
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let second = browser.cookie(SESSION).unwrap();
        let mut all = vec!["planted".to_owned(), provisional, first, second];
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 4, "a session was used again");
        let thief = app.browser();
        for known in ["planted", ""] {
            thief.plant(SESSION, known);
            thief.home().await.leads_to("/login");
        }
    }
}

on_both! {
    /// Nobody there could reach it any more, and a copy of its cookie would live on.
    async fn case_a_sign_in_a_postcard_and_a_reissue_end_the_session_the_browser_had(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let copy = browser.twin();
        browser.sign_in(WISH.login_id, "wrong2026").await.refuses(422);
        copy.home().await.shows(GREETING);
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        copy.home().await.leads_to("/login");
        // Another member at the same browser, with the letter and the postcard.
        let copy = browser.twin();
        browser.post_email(OTHER_WISH.email).await.leads_to("/register/sent");
        let letter = app.newest_letter_to(OTHER_WISH.email).await;
        browser.open_letter(&letter).await
            .shows("いま「たろう」さんがログイン中です。").shows("「たろう」さんはログアウトします。");
        app.browser().open_letter(&letter).await.hides("ログイン中です");
        browser.enter_with(&app.card(JIRO).login_id, "aaaa-aaaa-aaa2").await.refuses(422);
        copy.home().await.shows(GREETING);
        browser.enter_with_postcard(&app.card(JIRO)).await.leads_to("/register/profile");
        copy.home().await.leads_to("/login");
        // Who signs in in the middle of a registration ends that.
        let copy = browser.twin();
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        copy.get("/register/profile").await.refuses(403);
        let open: i64 = ask!(&app.fresh.db, "select count(*) from session where ended_at is null");
        assert_eq!(open, 1);
    }
}

on_both! {
    async fn a_session_s_cookie_is_bound_to_our_host_and_hidden_from_scripts(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let answer = app.browser().sign_in(WISH.login_id, WISH.password).await;
        let cookie = answer.header("set-cookie");
        let (_, attributes) = cookie.split_once(';').unwrap();
        assert!(cookie.starts_with("__Host-session="), "{cookie}");
        assert_eq!(attributes, " HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=43200");

        // On this machine itself, without https.
        let app = app.restart_with(|config| {
            config.public_url = server::config::Config::load(
                None,
                [("PORTAL_PUBLIC_URL".to_owned(), "http://localhost:3000".to_owned())],
            ).unwrap().public_url;
        }).await;
        let answer = app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("session=") && !cookie.contains("Secure"), "{cookie}");
        assert_eq!(answer.header("strict-transport-security"), "");
    }
}

on_both! {
    async fn case_33_after_signing_out_the_cookie_is_worth_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let thief = browser.twin();
        thief.home().await.shows(GREETING);
        let answer = browser.sign_out().await.leads_to("/login");
        assert_eq!(answer.header("clear-site-data"), "\"cache\"");
        browser.get("/login").await.shows("ログアウトしました。").hides("時間が過ぎたため");
        assert_eq!(browser.cookie(SESSION), None, "the browser still carries it");
        thief.home().await.leads_to("/login").hides(GREETING);
        thief.sign_out().await.leads_to("/login");
    }
}

on_both! {
    async fn case_34_after_half_an_hour_without_a_sign_the_member_signs_in_again(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        app.clock.advance(30 * MINUTE - INSTANT);
        browser.home().await.shows(GREETING);
        app.clock.advance(30 * MINUTE - INSTANT);
        browser.home().await.shows(GREETING);
        app.clock.advance(30 * MINUTE);
        browser.home().await.leads_to("/login");
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        browser.home().await.shows("前回のログインは 2026年11月22日 10:00 です。");
    }
}

on_both! {
    async fn case_34_after_twelve_hours_the_busiest_member_signs_in_again(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        for _ in 0..12 * 3 - 1 {
            app.clock.advance(20 * MINUTE);
            browser.home().await.shows(GREETING);
        }
        app.clock.advance(20 * MINUTE - INSTANT);
        browser.home().await.shows(GREETING);
        app.clock.advance(INSTANT);
        browser.home().await.leads_to("/login");
    }
}

on_both! {
    /// Written once a minute at most: reading a page is no load on the database.
    async fn looking_at_pages_writes_once_a_minute(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let seen_at = async || -> i64 {
            ask!(&app.fresh.db, "select last_seen_at from session where kind = 'member'")
        };
        app.clock.advance(MINUTE - INSTANT);
        browser.home().await.shows(GREETING);
        assert_eq!(seen_at().await, NOW.0);
        app.clock.advance(INSTANT);
        browser.home().await.shows(GREETING);
        assert_eq!(seen_at().await, NOW.plus(MINUTE).0);
    }
}

on_both! {
    async fn of_six_sessions_the_one_seen_longest_ago_ends(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let mut browsers = Vec::new();
        for _ in 0..5 {
            let browser = app.browser();
            browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
            browsers.push(browser);
            app.clock.advance(MINUTE);
        }
        browsers[0].home().await.shows(GREETING);
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        browsers[1].home().await.leads_to("/login");
        for i in [0, 2, 3, 4] {
            browsers[i].home().await.shows(GREETING);
        }
    }
}

on_both! {
    async fn case_35_a_disabled_member_is_refused_at_the_next_request(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let other = app.signed_in(JIRO, &OTHER_WISH).await;
        tell!(
            &app.fresh.db,
            "update member set disabled_at = $1 where login_id = '123456Taro'", NOW.0
        );
        browser.home().await.leads_to("/login");
        browser.sign_in(WISH.login_id, WISH.password).await.refuses(422).shows(text::SIGN_IN_REFUSED);
        other.home().await.shows("じろうさん、こんにちは");
    }
}

on_both! {
    async fn case_36_what_the_database_holds_is_no_cookie_and_no_link(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        app.browser().post_email("jiro@example.jp").await;
        let token = browser.cookie(SESSION).unwrap();
        let session: Vec<u8> = ask!(&app.fresh.db, "select token_hash from session where kind = 'member'");
        let link: Vec<u8> = ask!(&app.fresh.db, "select token_hash from link where address = 'jiro@example.jp'");
        assert_ne!(URL_SAFE_NO_PAD.encode(&session), token);
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        for stolen in [URL_SAFE_NO_PAD.encode(&session), hex(&session)] {
            let thief = app.browser();
            thief.plant(SESSION, &stolen);
            thief.home().await.leads_to("/login");
        }
        for stolen in [URL_SAFE_NO_PAD.encode(&link), hex(&link)] {
            let thief = app.browser();
            thief.get(&format!("/register/verify?token={stolen}")).await;
            thief.get("/register/provisional").await.refuses(403);
        }
    }
}

on_both! {
    async fn case_37_nothing_of_a_member_s_stays_in_a_cache(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let home = browser.home().await.shows(GREETING);
        assert_eq!(home.header("cache-control"), "no-store");
        browser.sign_out().await.leads_to("/login");
        let after = browser.home().await.leads_to("/login");
        assert_eq!(after.header("cache-control"), "no-store");
    }
}
