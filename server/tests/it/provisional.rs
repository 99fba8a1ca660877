//! 仮ログイン with the postcard over HTTP: what is refused, that no refusal tells
//! its reason, and how guessing is slowed down.

use std::time::Duration;

use domain::text;
use futures::future::join_all;
use leptos::server_fn::axum::server_fn_paths;

use crate::{
    roster::{self, NOW},
    test_app::{
        HANAKO, HOUR, INSTANT, JIRO, MINUTE, OTHER_WISH, SABURO, SEIJIN, SHIRO, TARO, TestApp,
        WISH, Wish, Written,
    },
};

/// One refused try, whatever the reason.
const ONE_TRY: Written = Written {
    audit: 1,
    letters: 0,
    links: 0,
    sessions: 0,
    tries: 1,
    tries_by_link: 1,
};

on_both! {
    async fn case_12_no_refusal_tells_its_reason(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.reissue(HANAKO).await;
        roster::import(&app.fresh, "\
1001,12,02,架空 成人,,2006-12-22,男,長男,2006-12-22,,0007,,1050001,東京都架空区見本町1-2-3
1001,14,00,見本 三郎,,1971-01-01,男,本人,1995-04-01,2026-11-22,0007,,1050001,東京都架空区見本町4-5-7
").await;
        let shiro = app.card(SHIRO);
        tell!(
            &app.fresh.db,
            "update postcard set expires_at = $2 where login_id = $1", &shiro.login_id, NOW.0
        );

        let jiro = app.card(JIRO);
        let wrong = if jiro.password.starts_with('a') { "b" } else { "a" };
        let wrong = format!("{wrong}{}", &jiro.password[1..]);
        let unknown = if jiro.login_id.starts_with('b') { "c" } else { "b" };
        let unknown = format!("{unknown}{}", &jiro.login_id[1..]);
        let mut seen = Vec::new();
        for (i, (why, login_id, password)) in [
            ("a wrong password", jiro.login_id.clone(), wrong),
            ("a wrong ID", unknown, jiro.password.clone()),
            ("used, and the password is wrong", app.card(TARO).login_id, jiro.password.clone()),
            ("reissued", app.card(HANAKO).login_id, app.card(HANAKO).password),
            ("under 20", app.card(SEIJIN).login_id, app.card(SEIJIN).password),
            ("no member any more", app.card(SABURO).login_id, app.card(SABURO).password),
            ("expired", shiro.login_id, shiro.password),
        ].into_iter().enumerate() {
            let own = format!("a{i}@example.jp");
            let browser = app.with_open_link(&own).await;
            let before = app.written().await;
            let answer = browser.enter_with(&login_id, &password).await.refuses(422);
            let answer = answer.shows("ログインできませんでした。入力内容とハガキの有効期限をご確認ください。");
            assert_eq!(app.written().await.since(before), ONE_TRY, "{why}");
            browser.get("/register/profile").await.refuses(403);
            // The page names the address of the link that was opened.
            seen.push((why, answer.but_for(&login_id).replace(&own, "(own)")));
        }
        for (why, answer) in &seen {
            assert_eq!(answer, &seen[0].1, "{why}");
        }
        let rightful = app.with_open_link("jiro@example.jp").await;
        rightful.enter_with_postcard(&jiro).await.leads_to("/register/profile");
    }
}

on_both! {
    async fn case_12_who_leaves_or_was_corrected_between_the_two_steps_opens_no_account(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(SABURO, "taro@example.jp").await;
        roster::import(&app.fresh, "\
1001,14,00,見本 三郎,,1971-01-01,男,本人,1995-04-01,2026-11-22,0007,,1050001,東京都架空区見本町4-5-7
").await;
        browser.get("/register/profile").await.refuses(403).shows(text::SESSION_OVER);
        browser.complete(&WISH).await.refuses(403);
        let accounts: i64 = ask!(&app.fresh.db, "select count(*) from member");
        assert_eq!(accounts, 0);
    }
}

on_both! {
    async fn case_12_a_postcard_works_to_the_last_instant_of_the_day_printed_on_it(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        // From 2026-11-22 10:00 to 2027-11-23 00:00 in Japan.
        app.days_later(366 * 24 * HOUR - 10 * HOUR - INSTANT).await;
        let browser = app.with_open_link("jiro@example.jp").await;
        browser.enter_with_postcard(&app.card(JIRO)).await.leads_to("/register/profile");
        app.clock.advance(INSTANT);
        browser.enter_with_postcard(&app.card(JIRO)).await.refuses(422);
    }
}

on_both! {
    /// It is copied from paper: capitals, full-width characters, spaces and
    /// hyphens are forgiven.
    async fn a_postcard_is_read_as_people_copy_it(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let card = app.card(JIRO);
        let full_width: String = card.login_id.chars()
            .map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap())
            .collect();
        for (login_id, password) in [
            (card.login_id.to_uppercase(), card.password.to_uppercase()),
            (full_width, card.password.replace('-', "ー")),
            (format!(" {} ", card.login_id), card.password.replace('-', " ")),
        ] {
            let browser = app.with_open_link("jiro@example.jp").await;
            browser.enter_with(&login_id, &password).await.leads_to("/register/profile");
            app.clock.advance(HOUR);
        }
    }
}

on_both! {
    async fn case_13_a_used_pair_is_refused_everywhere(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let card = app.card(TARO);
        app.with_open_link("other@example.jp").await.enter_with_postcard(&card).await.refuses(422);
        let unused = app.card(JIRO);
        for card in [card, unused] {
            for password in [card.password.clone(), card.password.replace('-', "")] {
                app.browser().sign_in(&card.login_id, &password).await.refuses(422);
            }
        }
    }
}

on_both! {
    /// Whoever has the pair is told the truth: the hash and the writes are those of any
    /// refusal, and the way on is no circle.
    async fn case_of_two_addresses_with_one_postcard_the_second_is_told_that_it_has_been_used(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let second = app.with_postcard(TARO, "second@example.jp").await;
        app.registered(TARO, &WISH).await;
        second.get("/register/profile").await.refuses(403)
            .shows(text::POSTCARD_USED).hides(text::SESSION_OVER);
        second.complete(&WISH).await.refuses(403).shows(text::POSTCARD_USED);
        let before = app.written().await;
        second.enter_with_postcard(&app.card(TARO)).await.refuses(422).shows(text::POSTCARD_USED);
        assert_eq!(app.written().await.since(before), ONE_TRY);
        // Not to whoever only knows its ID.
        second.enter_with(&app.card(TARO).login_id, "aaaa-aaaa-aaa2").await.refuses(422)
            .shows("ログインできませんでした。").hides(text::POSTCARD_USED);
        // A postcard that was replaced has been used by nobody.
        let third = app.with_postcard(JIRO, "jiro@example.jp").await;
        app.reissue(JIRO).await;
        third.get("/register/profile").await.refuses(403).shows(text::SESSION_OVER);
    }
}

on_both! {
    async fn case_an_address_that_somebody_took_meanwhile_is_named_and_the_postcard_stays_good(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let late = app.with_postcard(JIRO, "shared@example.jp").await;
        app.registered(TARO, &Wish { email: "shared@example.jp", ..WISH }).await;
        // The link has ended with the other registration; one that was opened before has not.
        tell!(
            &app.fresh.db,
            "update link set ended_at = null where address_key = $1", "shared@example.jp"
        );
        late.complete(&Wish { email: "shared@example.jp", ..OTHER_WISH }).await
            .refuses(403).shows(text::ADDRESS_TAKEN).hides(text::SESSION_OVER);
        app.registered(JIRO, &OTHER_WISH).await;
    }
}

on_both! {
    async fn case_14_the_postcards_password_cannot_be_kept(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        // One whose password would be allowed otherwise: it holds a digit.
        let card = [TARO, HANAKO, JIRO, SABURO, SHIRO].map(|key| app.card(key)).into_iter()
            .find(|card| card.password.contains(|c: char| c.is_ascii_digit())).unwrap();
        let browser = app.with_postcard(&card.key, "taro@example.jp").await;
        let kept = card.password.replace('-', "");
        let refused = browser.complete(&Wish { password: &kept, ..WISH }).await.refuses(422);
        refused.shows("仮パスワードと同じものは使えません。別のものにしてください。").hides(&kept);
        browser.complete(&WISH).await.leads_to("/register/done");
    }
}

on_both! {
    async fn case_15_of_a_hundred_guesses_at_once_every_one_is_counted(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_open_link("taro@example.jp").await;
        let card = app.card(JIRO);
        let before = app.written().await;
        let guesses = (0..100).map(|_| browser.enter_with(&card.login_id, "aaaa-aaaa-aaa2"));
        let answers = join_all(guesses).await;
        for answer in &answers {
            let seen = answer.words();
            let sentence = match answer.status.as_u16() {
                422 => "ログインできませんでした。",
                403 => text::LINK_REFUSED,
                other => panic!("{other}: {seen}"),
            };
            assert!(seen.contains(sentence), "{}: {seen}", answer.status);
        }
        let judged = answers.iter().filter(|answer| answer.status == 422).count();
        assert!(judged <= 10, "ten wrong tries end a link, and {judged} were judged");
        let written = app.written().await.since(before);
        assert_eq!(written, Written { audit: 100, tries: 100, tries_by_link: 10, ..ONE_TRY });
        browser.get("/register/provisional").await.refuses(403).shows(text::LINK_REFUSED);
        browser.enter_with_postcard(&card).await.refuses(403);
    }
}

on_both! {
    async fn case_16_whoever_guesses_at_anothers_postcard_delays_nobody_but_themselves(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let card = app.card(JIRO);
        for round in 0..6 {
            let attacker = app.with_open_link(&format!("attacker{round}@example.jp")).await;
            for _ in 0..9 {
                attacker.enter_with(&card.login_id, "aaaa-aaaa-aaa2").await.refuses(422);
                app.clock.advance(5 * MINUTE);
            }
        }
        let attacker = app.with_open_link("last@example.jp").await;
        for _ in 0..3 {
            attacker.enter_with(&card.login_id, "aaaa-aaaa-aaa2").await.refuses(422);
        }
        // Beyond a link's own free tries everybody's count decides.
        attacker.enter_with_postcard(&card).await.refuses(422).shows("ログインできませんでした。");
        let jiro = app.with_open_link("jiro@example.jp").await;
        for _ in 0..2 {
            jiro.enter_with(&card.login_id, "aaaa-aaaa-aaa2").await.refuses(422);
        }
        jiro.enter_with_postcard(&card).await.leads_to("/register/profile");
    }
}

on_both! {
    async fn three_tries_are_free_then_even_the_right_pair_has_to_wait(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let card = app.card(JIRO);
        let browser = app.with_open_link("jiro@example.jp").await;
        for _ in 0..3 {
            browser.enter_with(&card.login_id, "aaaa-aaaa-aaa2").await.refuses(422);
        }
        app.clock.advance(Duration::from_millis(999));
        browser.enter_with_postcard(&card).await.refuses(422);
        app.clock.advance(INSTANT);
        browser.enter_with_postcard(&card).await.leads_to("/register/profile");
    }
}

on_both! {
    async fn case_17_a_reissue_ends_the_old_pair_and_its_session(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let old = app.card(JIRO);
        let browser = app.with_postcard(JIRO, "jiro@example.jp").await;
        let new = app.reissue(JIRO).await;
        browser.get("/register/profile").await.refuses(403).shows(text::SESSION_OVER);
        browser.complete(&OTHER_WISH).await.refuses(403).shows(text::SESSION_OVER);
        browser.enter_with_postcard(&old).await.refuses(422);
        browser.enter_with_postcard(&new).await.leads_to("/register/profile");
        browser.complete(&OTHER_WISH).await.leads_to("/register/done");
    }
}

on_both! {
    /// What anybody may call, a provisional session may too; a member's functions
    /// it may not.
    async fn case_18_a_provisional_session_calls_no_function_of_a_members(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(JIRO, "jiro@example.jp").await;
        let for_anybody = [
            "/login", "/login/code", "/login/passkey", "/register", "/register/provisional", "/register/profile",
            "/reissue",
            "/reissue/provisional",
        ];
        for (path, _) in server_fn_paths() {
            if !for_anybody.contains(&path) {
                browser.post(path, &[]).await.refuses(403);
            }
        }
        browser.post("/my-data.zip", &[]).await.refuses(403).shows(text::NOT_FOR_YOU);
        browser.post("/logout", &[]).await.refuses(403).shows(text::NOT_FOR_YOU);
        browser.home().await.leads_to("/login");
        browser.complete(&OTHER_WISH).await.leads_to("/register/done");
    }
}
