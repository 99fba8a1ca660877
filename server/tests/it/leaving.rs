//! 利用停止: what ends at once, what stays, and the way back.

use uuid::Uuid;

use crate::{
    browser::{Browser, Seen},
    postcards,
    roster::NOW,
    test_app::{INSTANT, JIRO, MINUTE, OTHER_WISH, PUBLIC, SABURO, TARO, TestApp, WISH, Wish},
};

const LEAVE: &str = "/security/leave/confirm";

async fn leave(browser: &Browser, password: &str) -> Seen {
    let fields = [("current_password", password)];
    browser.post(LEAVE, &fields).await
}

/// Taro is a member, signed in, and has left.
async fn left(app: &TestApp) -> Browser {
    let browser = app.signed_in(TARO, &WISH).await;
    let answer = leave(&browser, WISH.password).await;
    answer.leads_to("/security/left");
    browser
}

async fn account_of_taro(app: &TestApp) -> Uuid {
    ask!(
        &app.fresh.db,
        "select m.id from member m join person p on p.id = m.person_id
         where p.number = '12' and p.branch = '00'"
    )
}

on_both! {
    async fn a_member_is_asked_twice_and_then_everything_ends_at_once(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let taro = account_of_taro(&app).await;
        tell!(
            &app.fresh.db,
            "insert into email (id, member_id, address, address_key, added_at, confirmed_at)
             values ($1, $2, 'taro2@example.jp', 'taro2@example.jp', 0, 0),
                    ($3, $2, 'waiting@example.jp', 'waiting@example.jp', 0, null)",
            Uuid::now_v7(), taro, Uuid::now_v7()
        );
        let other = app.browser();
        other.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        app.browser().post("/reissue", &[("email", WISH.email)]).await.leads_to("/reissue/sent");
        app.post_is_out().await;

        browser.get("/security").await.shows("ポータルの利用をやめる");
        let told = browser.get("/security/leave").await.shows("すぐに終わるもの").shows("残るもの");
        told.shows("新しいハガキをお送りします").shows("TEL:");
        browser.get(LEAVE).await.shows("本当に利用をやめますか").shows(WISH.login_id);
        leave(&browser, "").await.refuses(422).shows("現在のパスワードを入力してください。");
        let wrong = leave(&browser, "wrong2026haru").await.refuses(422).hides("wrong2026haru");
        wrong.shows("現在のパスワードが違うか、いまは確認できません。続けて間違えると、しばらくお手続きできません。");
        browser.home().await.shows("たろうさん");

        let done = leave(&browser, WISH.password).await.leads_to("/security/left");
        assert_eq!(done.headers.get_all("set-cookie").iter().count(), 12);
        for cookie in ["__Host-session", "__Host-device"] {
            assert_eq!(browser.cookie(cookie), None);
        }
        let page = browser.get("/security/left").await.shows("利用を停止しました");
        page.shows("新しいハガキをお送りします").shows("TEL:").hides("ログアウト");
        for was_signed_in in [&browser, &other] {
            was_signed_in.home().await.leads_to("/login");
            was_signed_in.get("/security").await.leads_to("/login");
        }
        for address in [WISH.email, "taro2@example.jp"] {
            let letter = app.newest_letter_to(address).await;
            assert!(letter.subject.ends_with("利用停止のお知らせ"), "{}", letter.subject);
            assert!(letter.text.contains("新しいハガキをお送りします"), "{}", letter.text);
        }
        assert_eq!(app.letters_to("waiting@example.jp").await.len(), 0);
        for (what, rows) in [
            ("addresses", ask!(&app.fresh.db, "select count(*) from email")),
            ("devices", ask!(&app.fresh.db, "select count(*) from device")),
            ("open sessions", ask!(&app.fresh.db, "select count(*) from session where ended_at is null")),
            ("open links", ask!(&app.fresh.db, "select count(*) from link where ended_at is null")),
            ("tries", ask!(&app.fresh.db, "select t.tries from throttle t join member m on m.id = t.id")),
        ] {
            let rows: i64 = rows;
            assert_eq!(rows, 0, "{what} are left");
        }
        let kept: i64 = ask!(&app.fresh.db, "select count(*) from member where left_at is not null and nickname = ''");
        assert_eq!(kept, 1, "the account's row stays, its names go");
    }
}

on_both! {
    /// The password is asked for however fresh the sign-in is, and guessing it pauses this
    /// session as guessing it at sign-in would.
    async fn wrong_guesses_count_as_at_sign_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        for _ in 0..3 {
            leave(&browser, "wrong2026haru").await.refuses(422);
        }
        leave(&browser, WISH.password).await.refuses(422).shows("現在のパスワードが違うか");
        app.clock.advance(1_000 * INSTANT);
        leave(&browser, WISH.password).await.leads_to("/security/left");
    }
}

on_both! {
    async fn who_has_left_is_answered_like_somebody_unknown(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        left(&app).await;
        let known = app.browser().sign_in(WISH.login_id, WISH.password).await.refuses(422);
        let unknown = app.browser().sign_in("123456None", WISH.password).await.refuses(422);
        assert_eq!(known.but_for(WISH.login_id), unknown.but_for("123456None"));
        let account = account_of_taro(&app).await.to_string();
        for id in [account.clone(), account.replace('-', "")] {
            app.browser().sign_in(&id, WISH.password).await.refuses(422);
        }

        let before = app.written().await;
        let known = app.browser().post("/reissue", &[("email", WISH.email)]).await;
        let one = app.written().await.since(before);
        let before = app.written().await;
        let unknown = app.browser().post("/reissue", &[("email", "none@example.jp")]).await;
        assert_eq!(app.written().await.since(before), one);
        let sent = known.leads_to("/reissue/sent").but_for(WISH.email);
        assert_eq!(sent, unknown.leads_to("/reissue/sent").but_for("none@example.jp"));
        let letter = app.newest_letter_to(WISH.email).await;
        assert!(letter.subject.ends_with("登録が見つかりませんでした"), "{}", letter.subject);
    }
}

on_both! {
    async fn somebody_else_can_have_the_freed_login_id_and_address(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        left(&app).await;
        app.clock.advance(MINUTE);
        app.registered(JIRO, &Wish { nickname: "じろう", ..WISH }).await;
        let jiro = app.browser();
        jiro.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        jiro.home().await.shows("じろうさん、こんにちは");
        jiro.get("/security").await.hides("利用停止のお知らせ");

        // Whoever comes back then chooses another ID.
        let card = app.reissue(TARO).await;
        let taro = app.with_open_link("taro3@example.jp").await;
        taro.enter_with_postcard(&card).await.leads_to("/register/profile");
        let wish = Wish { email: "taro3@example.jp", ..WISH };
        taro.complete(&wish).await.refuses(422).shows("このログインIDは使われています。");
        taro.complete(&Wish { login_id: "taro", ..wish }).await.leads_to("/register/done");
    }
}

on_both! {
    async fn a_new_postcard_opens_the_same_account_again(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = left(&app).await;
        let account = account_of_taro(&app).await;
        let unasked = postcards::issue(&app.fresh).await.unwrap();
        assert_eq!(unasked.postcards, 0, "who has left gets no postcard unasked");

        app.clock.advance(MINUTE);
        let card = app.reissue(TARO).await;
        let again = app.with_open_link(WISH.email).await;
        again.enter_with_postcard(&card).await.leads_to("/register/profile");
        again.complete(&WISH).await.leads_to("/register/done");
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        assert_eq!(account_of_taro(&app).await, account);
        browser.home().await.shows("たろうさん、こんにちは");
        let page = browser.get("/security").await;
        for words in [
            "利用登録が完了しました",
            "ポータルの利用をやめました",
            "メール「利用停止のお知らせ」をお送りしました（taro@example.jp）",
            "新しいハガキを発行しました",
            "新しいハガキで、もう一度利用登録しました",
        ] {
            page.clone().shows(words);
        }
        // And it can be left again.
        leave(&browser, WISH.password).await.leads_to("/security/left");
    }
}

on_both! {
    async fn a_double_click_leaves_once(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let (one, two) = tokio::join!(leave(&browser, WISH.password), leave(&browser, WISH.password));
        for answer in [one, two] {
            // The second one may come so late that nobody is signed in any more.
            assert!(["/security/left", "/login"].contains(&answer.header("location")), "{}", answer.words());
        }
        let letters = app.letters_to(WISH.email).await;
        let told = letters.iter().filter(|letter| letter.subject.ends_with("利用停止のお知らせ"));
        assert_eq!(told.count(), 1);
        let events: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'left'");
        assert_eq!(events, 1);
    }
}

on_both! {
    /// What changes an account takes its rows in one order: nobody waits for each
    /// other in a circle.
    async fn whatever_happens_at_once_nothing_stops_anything_else(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let phone = app.signed_in(TARO, &WISH).await;
        for round in 0..6 {
            let stranger = app.browser();
            stranger.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
            let letter = app.newest_letter_to(WISH.email).await;
            let mut links = letter.text.lines().filter_map(|line| line.strip_prefix(PUBLIC));
            let owner = app.browser();
            owner.get(links.next().unwrap()).await.leads_to("/security/report");
            let (again, asking) = (app.browser(), app.browser());
            let parting = async {
                match round {
                    5 => leave(&phone, WISH.password).await,
                    _ => phone.post("/security/end-others", &[]).await,
                }
            };
            let answers = tokio::join!(
                owner.post("/security/report", &[]),
                parting,
                again.sign_in(WISH.login_id, WISH.password),
                asking.post("/reissue", &[("email", WISH.email)]),
                phone.get("/security"),
                stranger.home(),
            );
            let (a, b, c, d, e, f) = answers;
            for answer in [a, b, c, d, e, f] {
                assert!(!answer.status.is_server_error(), "{} {}", answer.status, answer.words());
            }
            app.clock.advance(MINUTE);
        }
        phone.home().await.leads_to("/login");
    }
}

on_both! {
    async fn nobody_else_makes_a_member_leave(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        let nobody = app.browser();
        for path in ["/security/leave", LEAVE] {
            nobody.get(path).await.leads_to("/login");
        }
        leave(&nobody, WISH.password).await.leads_to("/login");
        let provisional = app.with_postcard(SABURO, "saburo@example.jp").await;
        leave(&provisional, WISH.password).await.refuses(403);
        leave(&jiro, WISH.password).await.refuses(422);
        let foreign = taro
            .request(reqwest::Method::POST, LEAVE)
            .header("origin", "https://evil.example")
            .form(&[("current_password", WISH.password)]);
        taro.send(foreign).await.refuses(403);
        taro.get("/security/left").await.leads_to("/security");
        taro.home().await.shows("たろうさん");
    }
}

on_both! {
    /// Nothing that opens or names the account outlives it: no letter's link, no page
    /// in a browser, no letter that still waits.
    async fn what_was_sent_before_opens_and_names_nothing_afterwards(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let registered = app.registered(TARO, &WISH).await;
        registered.get("/register/done").await.shows(WISH.login_id);
        let browser = app.browser();
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        app.browser().post("/reissue", &[("email", WISH.email)]).await.leads_to("/reissue/sent");
        let taro = account_of_taro(&app).await;
        app.post_is_out().await;
        tell!(
            &app.fresh.db,
            "insert into letter (id, kind, address, address_key, member_id, asked_at, due_at)
             values ($1, 'welcome', 'taro@example.jp', 'taro@example.jp', $2, $3, $4)",
            Uuid::now_v7(), taro, NOW.0, NOW.plus(MINUTE).0
        );
        let letters = async || {
            let waiting: i64 = ask!(&app.fresh.db, "select count(*) from letter where sent_at is null and given_up_at is null");
            (waiting, server::mail::mailbox::letters(&app.fresh.folder.path().join("mailbox"), 100).unwrap())
        };
        let (_, before) = letters().await;
        leave(&browser, WISH.password).await.leads_to("/security/left");

        for letter in &before {
            for line in letter.text.lines().filter_map(|line| line.strip_prefix(PUBLIC)) {
                if line.contains("token=") {
                    let reader = app.browser();
                    let opened = reader.get(line).await;
                    let page = opened.header("location").to_owned();
                    reader.get(&page).await.refuses(403);
                    reader.post(&page, &[]).await.hides(WISH.login_id);
                }
            }
        }
        let page = registered.get("/register/done").await;
        page.hides(&taro.to_string());

        app.clock.advance(MINUTE);
        app.browser().post_email("wake@example.jp").await.leads_to("/register/sent");
        app.post_is_out().await;
        let (waiting, after) = letters().await;
        assert_eq!(waiting, 0);
        for letter in after {
            assert!(!letter.text.contains(&taro.to_string()), "{}", letter.text);
        }
        let trouble: String = ask!(&app.fresh.db, "select trouble from letter where due_at >= $1 and given_up_at is not null", NOW.plus(MINUTE).0);
        assert_eq!(trouble, "the member is gone");
    }
}
