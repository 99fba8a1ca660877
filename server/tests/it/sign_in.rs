//! ログイン over HTTP: one answer for every failure, and tries that are counted.

use domain::text;
use futures::future::join_all;
use server::base::hash::{HashCost, Pool};

use store::member;

use crate::{
    browser::Seen,
    roster::NOW,
    test_app::{
        CHEAP, HOUR, INSTANT, JIRO, MINUTE, OTHER_WISH, SABURO, TARO, TestApp, WISH, Wish, Written,
    },
};

const ONE_TRY: Written = Written {
    audit: 1,
    letters: 0,
    links: 0,
    sessions: 0,
    tries: 1,
    tries_by_link: 0,
};

on_both! {
    async fn case_25_no_failure_tells_its_reason(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let saburo = Wish { login_id: "saburo", email: "saburo@example.jp", ..OTHER_WISH };
        app.registered(SABURO, &saburo).await;
        tell!(
            &app.fresh.db,
            "update member set disabled_at = $1 where login_id = '654321Jiro'", NOW.0
        );
        // From now on a hash costs more than Taro's did.
        let app = app.restart_with(|config| config.hash = HashCost { passes: 2, ..CHEAP }).await;
        for _ in 0..3 {
            app.browser().sign_in("saburo", "wrong1234").await.refuses(422);
        }

        let mut seen = Vec::new();
        for (why, login_id, password) in [
            ("wrong, under an old hash", "123456Taro", "wrong1234"),
            ("unknown", "123456Nobody", "wrong1234"),
            ("right, but disabled", "654321Jiro", OTHER_WISH.password),
            ("right, but paused", "saburo", saburo.password),
            ("a postcard's ID", &app.card(SABURO).login_id, "wrong1234"),
        ] {
            let before = app.written().await;
            let answer = app.browser().sign_in(login_id, password).await.refuses(422);
            let answer = answer.shows(text::SIGN_IN_REFUSED).hides(password);
            assert_eq!(app.written().await.since(before), ONE_TRY, "{why}");
            let length = answer.header("content-length").to_owned();
            let expected = answer.body.len().to_string();
            assert_eq!(length, expected, "{why}");
            seen.push((why, answer.but_for(login_id).replace(&length, "(length)")));
        }
        for (why, answer) in &seen {
            assert_eq!(answer, &seen[0].1, "{why}");
        }
    }
}

on_both! {
    async fn case_26_capitals_spaces_and_full_width_are_one_id_or_refused(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        for same in ["123456taro", "123456TARO", " 123456Taro ", "１２３４５６Ｔａｒｏ", "１２３４５６TARO\u{3000}"] {
            app.browser().sign_in(same, WISH.password).await.leads_to("/home");
        }
        for other in ["123456 Taro", "123456Taro\u{200B}", "123456Tar\u{F6}", "123456Tarо", "123456\0Taro", ""] {
            app.browser().sign_in(other, WISH.password).await.refuses(422);
        }
        let jiro = app.with_postcard(JIRO, "jiro@example.jp").await;
        let taken = jiro.complete(&Wish { login_id: "123456tARO", ..OTHER_WISH }).await.refuses(422);
        taken.shows("このログインIDは使われています。別のIDを入力してください。");
    }
}

on_both! {
    async fn case_27_a_client_cannot_say_where_it_comes_from(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        for name in ["x-forwarded-for", "forwarded", "x-real-ip", "true-client-ip"] {
            let request = browser.request(reqwest::Method::POST, "/login")
                .header(name, "203.0.113.7")
                .form(&[("login_id", "nobody"), ("password", "wrong1234")]);
            browser.send(request).await.refuses(422);
        }
        let local: i64 = ask!(&app.fresh.db, "select (select count(*) from audit where network_address = '127.0.0.1')
                    + (select cast(coalesce(sum(times), 0) as bigint) from refused_try where network = '127.0.0.1')");
        assert_eq!(local, 4);
    }
}

on_both! {
    async fn case_29_a_password_counts_to_its_last_character(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let longest = format!("1{}z", "a".repeat(126));
        app.registered(TARO, &Wish { password: &longest, ..WISH }).await;
        let browser = app.browser();
        browser.sign_in(WISH.login_id, &format!("{}y", &longest[..127])).await.refuses(422);
        browser.sign_in(WISH.login_id, &longest[..127]).await.refuses(422);
        browser.sign_in(WISH.login_id, &longest).await.leads_to("/home");

        let before = app.written().await;
        let too_long = browser.sign_in(WISH.login_id, &format!("{longest}z")).await.refuses(422);
        too_long.shows("128文字以内にしてください。");
        let huge = browser.sign_in(WISH.login_id, &"a".repeat(1_000_000)).await;
        huge.refuses(413);
        assert_eq!(app.written().await, before, "it was hashed");
    }
}

on_both! {
    async fn case_30_a_right_password_is_hashed_anew_where_the_cost_has_changed(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let app = app.restart_with(|config| config.hash = HashCost { passes: 3, ..CHEAP }).await;
        let stored = async || -> String { ask!(&app.fresh.db, "select password_hash from member") };
        let old = stored().await;
        app.browser().sign_in(WISH.login_id, "wrong1234").await.refuses(422);
        assert_eq!(stored().await, old, "a wrong password changes nothing");
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let new = stored().await;
        assert!(old.contains("t=1") && new.contains("t=3"), "{old} {new}");
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        assert_eq!(stored().await, new);
    }
}

on_both! {
    /// Both are judged by the old hash, and the second comes when the first has made the
    /// new one.
    async fn case_attack_a_double_click_after_a_change_of_the_hash_s_cost_is_not_called_wrong(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let app = app.restart_with(|config| config.hash = HashCost { passes: 3, ..CHEAP }).await;
        let (once, twice) = (app.browser(), app.browser());
        let (once, twice) = tokio::join!(
            once.sign_in(WISH.login_id, WISH.password),
            twice.sign_in(WISH.login_id, WISH.password)
        );
        once.leads_to("/home");
        twice.leads_to("/home");

        // And step by step, whichever was quicker.
        let mut tx = app.fresh.db.write().await.unwrap();
        let judged = member::by_login_id(&mut tx, "123456taro").await.unwrap().unwrap();
        let id = judged.id;
        for hash in ["made by the first", "made by the second"] {
            assert!(member::signed_in(&mut tx, &judged, Some(hash), NOW).await.unwrap());
        }
        // Another password has been chosen since: the old one is wrong.
        member::set_credentials(&mut tx, id, None, Some("another's")).await.unwrap();
        assert!(!member::signed_in(&mut tx, &judged, Some("too late"), NOW).await.unwrap());
        tx.commit().await.unwrap();
        let stored: String = ask!(&app.fresh.db, "select password_hash from member");
        assert_eq!(stored, "another's");
    }
}

on_both! {
    async fn case_31_of_200_wrong_passwords_at_once_every_one_is_counted(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let browser = app.browser();
        let before = app.written().await;
        let tries = (0..200).map(|_| browser.sign_in(WISH.login_id, "wrong1234"));
        for answer in join_all(tries).await {
            answer.refuses(422).shows(text::SIGN_IN_REFUSED);
        }
        let counted: i64 = ask!(
            &app.fresh.db,
            "select t.tries from throttle t join member m on m.id = t.id"
        );
        assert_eq!(counted, 200);
        let written = app.written().await.since(before);
        assert_eq!(written, Written { audit: 200, tries: 200, ..ONE_TRY });

        // Only the first three and one a pause were judged: a second is enough.
        browser.sign_in(WISH.login_id, WISH.password).await.refuses(422);
        app.clock.advance(1_000 * INSTANT);
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
    }
}

on_both! {
    /// Whoever is turned away has not tried: neither at an account nor with a link.
    async fn without_a_place_at_the_hash_workers_nothing_is_counted(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| {
            config.hash = HashCost { memory_kib: 32 * 1024, passes: 10, lanes: 1 };
            config.hash_pool = Pool { threads: 1, waiting: 1, ..Pool::default() };
        }).await;
        let browser = app.with_open_link("taro@example.jp").await;
        let before = app.written().await;
        let sign_ins = join_all((0..20).map(|_| browser.sign_in("nobody", "wrong1234"))).await;
        let after = app.written().await.since(before);
        let served = served_and_turned_away(sign_ins);
        assert_eq!(after, Written { audit: served, tries: served, ..ONE_TRY });

        let before = app.written().await;
        let unknown = "bcdfgh77";
        let entries = join_all((0..8).map(|_| browser.enter_with(unknown, "abcdefghjkmn"))).await;
        let after = app.written().await.since(before);
        let served = served_and_turned_away(entries);
        assert_eq!(
            after,
            Written { audit: served, tries: served, tries_by_link: served, ..ONE_TRY }
        );
    }
}

/// How many were served; some were not, and learned when to try again.
#[track_caller]
fn served_and_turned_away(answers: Vec<Seen>) -> i64 {
    let all = answers.len();
    let (served, away): (Vec<_>, Vec<_>) = answers.into_iter().partition(|seen| seen.status == 422);
    assert!(
        served.len() >= 2 && served.len() < all,
        "{} of {all} were served",
        served.len()
    );
    for answer in away {
        let answer = answer.refuses(503).shows(text::BUSY);
        assert_eq!(answer.header("retry-after"), "5");
    }
    i64::try_from(served.len()).unwrap()
}

on_both! {
    async fn a_guesser_delays_a_member_by_a_quarter_of_an_hour_at_most(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        for _ in 0..200 {
            app.browser().sign_in(WISH.login_id, "wrong1234").await.refuses(422);
            app.clock.advance(MINUTE);
        }
        app.clock.advance(14 * MINUTE);
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
    }
}

on_both! {
    async fn case_attack_13_refused_tries_are_counted_and_not_written_down_each_time(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let audit = async || -> i64 { ask!(&app.fresh.db, "select count(*) from audit") };
        let rows = async || -> i64 { ask!(&app.fresh.db, "select count(*) from refused_try") };
        let (audited, counted) = (audit().await, rows().await);
        let stranger = app.browser();
        for n in 0..20 {
            stranger.sign_in(WISH.login_id, "wrong1234").await.refuses(422);
            stranger.sign_in(&format!("nobody{n}"), "wrong1234").await.refuses(422);
            stranger.post("/reissue", &[("email", WISH.email)]).await.leads_to("/reissue/sent");
            stranger.post("/reissue", &[("email", "nobody@example.jp")]).await.leads_to("/reissue/sent");
            stranger.post_email(&format!("new{n}@example.jp")).await;
        }
        assert_eq!(audit().await, audited, "nothing happened");
        // An account's and nobody's, at each of two doors; the registration's letters, which
        // were asked for before, have theirs.
        assert_eq!(rows().await, counted + 4);
        taro.get("/security").await.shows("ログインに失敗しました（20回。")
            .shows("パスワード再発行のメールが依頼されました（20回。");
        // Another hour is another row.
        app.clock.advance(HOUR);
        stranger.sign_in(WISH.login_id, "wrong1234").await.refuses(422);
        assert_eq!((audit().await, rows().await), (audited, counted + 5));
    }
}

impl TestApp {
    /// A stranger who has kept this ID paused for hours, and will for a quarter more.
    async fn held_paused(&self, login_id: &str) {
        for _ in 0..30 {
            self.browser()
                .sign_in(login_id, "wrong1234")
                .await
                .refuses(422);
            self.clock.advance(16 * MINUTE);
        }
        self.browser()
            .sign_in(login_id, "wrong1234")
            .await
            .refuses(422);
    }
}

on_both! {
    async fn case_attack_6_a_stranger_holds_the_id_paused_and_the_known_browser_signs_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        // Another day in the same browser.
        let first = app.signed_in(TARO, &WISH).await;
        let taro = app.browser();
        taro.plant("__Host-device", &first.cookie("__Host-device").unwrap());
        app.held_paused(WISH.login_id).await;
        // Who is not known waits; nothing tells a stranger why.
        let before = app.written().await;
        let stranger = app.browser().sign_in(WISH.login_id, WISH.password).await.refuses(422);
        assert_eq!(app.written().await.since(before), ONE_TRY);
        let before = app.written().await;
        let known = taro.sign_in(WISH.login_id, "wrong1234").await.refuses(422);
        assert_eq!(app.written().await.since(before), ONE_TRY);
        assert_eq!(stranger.but_for(WISH.login_id), known.but_for(WISH.login_id));
        taro.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
    }
}

on_both! {
    async fn case_attack_6_a_known_browser_s_own_wrong_tries_pause_it_and_nobody_else(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        taro.sign_out().await.leads_to("/login");
        for _ in 0..3 {
            taro.sign_in(WISH.login_id, "wrong1234").await.refuses(422);
        }
        taro.sign_in(WISH.login_id, WISH.password).await.refuses(422);
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        // What is right elsewhere forgets nothing here.
        taro.sign_in(WISH.login_id, WISH.password).await.refuses(422);
        app.clock.advance(1_000 * INSTANT);
        taro.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let tries: i64 = ask!(&app.fresh.db, "select cast(sum(tries) as bigint) from device");
        assert_eq!(tries, 0);
    }
}

on_both! {
    async fn case_attack_6_anothers_or_a_forged_browser_is_a_stranger_s(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        jiro.sign_out().await.leads_to("/login");
        app.held_paused(WISH.login_id).await;
        jiro.sign_in(WISH.login_id, WISH.password).await.refuses(422);
        let request = app.browser().request(reqwest::Method::POST, "/login")
            .header("cookie", "__Host-device=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
            .form(&[("login_id", WISH.login_id), ("password", WISH.password)]);
        app.browser().send(request).await.refuses(422);
        // A browser that was forgotten is nobody's any more.
        tell!(&app.fresh.db, "update device set last_seen_at = 0");
        app.held_paused(OTHER_WISH.login_id).await;
        jiro.sign_in(OTHER_WISH.login_id, OTHER_WISH.password).await.refuses(422);
    }
}
