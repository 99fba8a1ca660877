//! 利用状況とセキュリティ: what a member sees of the use of the account and can end of
//! it, and the letter about a sign-in from a new device.

use domain::{ports::StoredLetter, text, visit::RequestOrigin};
use reqwest::Method;
use store::audit::{Entry, Event};
use uuid::Uuid;

use crate::{
    browser::Browser,
    roster::NOW,
    test_app::{HOUR, INSTANT, JIRO, MINUTE, OTHER_WISH, PUBLIC, TARO, TestApp, WISH},
};

const SESSION: &str = "__Host-session";
const DEVICE: &str = "__Host-device";
const GREETING: &str = "たろうさん、こんにちは";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1";
const DESKTOP: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

/// Taro signs in, in a browser of this name that has never been here.
async fn signed_in_with(app: &TestApp, name: &str) -> Browser {
    let browser = app.browser().named(name);
    let answer = browser.sign_in(WISH.login_id, WISH.password).await;
    answer.leads_to("/home");
    browser
}

/// Taro has registered and signed in with a phone, and somebody else does with a
/// desktop computer.
async fn a_stranger(app: &TestApp) -> (Browser, Browser) {
    app.registered(TARO, &WISH).await;
    let phone = signed_in_with(app, PHONE).await;
    (phone, signed_in_with(app, DESKTOP).await)
}

async fn letters_about_devices(app: &TestApp, address: &str) -> Vec<StoredLetter> {
    let mut letters = app.letters_to(address).await;
    letters.retain(|letter| letter.subject.ends_with("新しい端末からのログイン"));
    letters
}

fn path_in(letter: &StoredLetter) -> String {
    let mut links = letter
        .text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(PUBLIC));
    let path = links.find(|path| path.starts_with("/security/report?token="));
    path.unwrap_or_else(|| panic!("no link of ours in: {}", letter.text))
        .to_owned()
}

/// The row of the member's session that was begun last.
async fn newest_session(app: &TestApp, login_id: &str) -> Uuid {
    ask!(
        &app.fresh.db,
        "select s.id from session s join member m on m.id = s.member_id
         where m.login_id = $1 and s.kind = 'member' order by s.id desc limit 1",
        login_id
    )
}

async fn member(app: &TestApp, login_id: &str) -> Uuid {
    ask!(
        &app.fresh.db,
        "select id from member where login_id = $1",
        login_id
    )
}

async fn ended_sessions(app: &TestApp) -> i64 {
    ask!(
        &app.fresh.db,
        "select count(*) from session where kind = 'member' and ended_at is not null"
    )
}

async fn record(app: &TestApp, entry: Entry<'_>) {
    let mut tx = app.fresh.db.write().await.unwrap();
    entry.record(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_sign_in_from_a_new_device_is_told_to_every_confirmed_address(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let taro = member(&app, WISH.login_id).await;
        tell!(
            &app.fresh.db,
            "insert into email (id, member_id, address, address_key, added_at, confirmed_at)
             values ($1, $2, 'taro2@example.jp', 'taro2@example.jp', 0, 0),
                    ($3, $2, 'waiting@example.jp', 'waiting@example.jp', 0, null)",
            Uuid::now_v7(), taro, Uuid::now_v7()
        );
        let phone = signed_in_with(&app, PHONE).await;
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 0, "the first sign-in ever");
        phone.sign_out().await;
        phone.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 0, "the same device");

        app.clock.advance(MINUTE);
        let desktop = signed_in_with(&app, DESKTOP).await;
        for address in [WISH.email, "taro2@example.jp"] {
            let letters = letters_about_devices(&app, address).await;
            assert_eq!(letters.len(), 1, "{address}");
            for part in ["2026年11月22日 10:01", "WindowsのChrome", "127.0.0.1", "2026年11月22日 22:01 まで使えます"] {
                assert!(letters[0].text.contains(part), "{part} is not in {}", letters[0].text);
            }
        }
        assert_eq!(app.letters_to("waiting@example.jp").await.len(), 0);
        desktop.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 1, "the same device");
    }
}

on_both! {
    /// Two who share a computer are known there both; one of them elsewhere is not.
    async fn a_device_is_known_for_each_member_by_itself(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let shared = signed_in_with(&app, DESKTOP).await;
        signed_in_with(&app, PHONE).await;
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 1);
        for _ in 0..2 {
            for wish in [&OTHER_WISH, &WISH] {
                shared.sign_in(wish.login_id, wish.password).await.leads_to("/home");
            }
        }
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 1);
        assert_eq!(letters_about_devices(&app, OTHER_WISH.email).await.len(), 0);
    }
}

on_both! {
    async fn only_a_successful_sign_in_marks_a_device_and_nobody_can_make_a_mark_up(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let browser = app.browser();
        for (login_id, password) in [(WISH.login_id, "wrong2026haru"), ("nobody", WISH.password)] {
            let answer = browser.sign_in(login_id, password).await.refuses(422);
            assert_eq!(answer.header("set-cookie"), "");
        }
        let devices = async || -> i64 { ask!(&app.fresh.db, "select count(*) from device") };
        assert_eq!(devices().await, 0);
        let answer = browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let cookies: Vec<_> = answer.headers.get_all("set-cookie").iter().collect();
        let attributes = cookies
            .iter()
            .find_map(|cookie| cookie.to_str().unwrap().strip_prefix("__Host-device="))
            .and_then(|cookie| cookie.split_once(';'));
        let (_, attributes) = attributes.unwrap();
        assert_eq!(attributes, " HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=34560000");
        let stored: Vec<u8> = ask!(&app.fresh.db, "select token_hash from device");
        let hex: String = stored.iter().map(|byte| format!("{byte:02x}")).collect();

        for made_up in [&*hex, "0123456789012345678901234567890123456789012"] {
            let thief = app.browser();
            thief.plant(DEVICE, made_up);
            thief.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
            assert_ne!(thief.cookie(DEVICE).as_deref(), Some(made_up));
        }
        assert_eq!(devices().await, 3);
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 2);
    }
}

on_both! {
    async fn a_device_is_forgotten_after_400_days_without_a_sign_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let phone = signed_in_with(&app, PHONE).await;
        app.days_later(400 * 24 * HOUR - INSTANT).await;
        phone.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        app.days_later(400 * 24 * HOUR - INSTANT).await;
        phone.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 0, "renewed each time");
        app.days_later(400 * 24 * HOUR).await;
        phone.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 1);
        let kept: i64 = ask!(&app.fresh.db, "select count(*) from device");
        assert_eq!(kept, 1, "nothing is kept of the old one");
    }
}

on_both! {
    async fn a_stranger_is_disowned_by_the_letter_s_button_and_nobody_else(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (phone, stranger) = a_stranger(&app).await;
        let letters = letters_about_devices(&app, WISH.email).await;
        let path = path_in(&letters[0]);

        let before = app.written().await;
        for _ in 0..10 {
            for method in [Method::HEAD, Method::GET] {
                let scanner = app.browser();
                let opened = scanner.send(scanner.request(method, &path)).await;
                let opened = opened.leads_to("/security/report");
                assert!(!opened.header("location").contains("token"));
                scanner.get("/security/report").await.shows("WindowsのChrome").shows("127.0.0.1");
            }
        }
        assert_eq!(app.written().await, before, "looking wrote something");
        stranger.home().await.shows(GREETING);

        let owner = app.browser();
        owner.get(&path).await.leads_to("/security/report");
        let (one, two) = tokio::join!(
            owner.post("/security/report", &[]),
            owner.post("/security/report", &[])
        );
        one.leads_to("/reissue/sent");
        two.leads_to("/reissue/sent");
        owner.get("/reissue/sent").await.shows("パスワード再発行");
        stranger.home().await.leads_to("/login");
        phone.home().await.shows(GREETING);
        assert_eq!(ended_sessions(&app).await, 1);
        let letter = app.newest_letter_to(WISH.email).await;
        assert!(letter.subject.ends_with("パスワード再発行のご案内"), "{}", letter.subject);
        let asked: i64 = ask!(&app.fresh.db, "select count(*) from letter where kind = 'reissue'");
        assert_eq!(asked, 1, "a double click asks once");

        // It works once; the device is a new one from now on, and the phone is not.
        let later = app.browser();
        later.get(&path).await.leads_to("/security/report");
        later.get("/security/report").await.refuses(403).shows(text::REPORT_REFUSED);
        stranger.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 2);
        later.post("/security/report", &[]).await.leads_to("/reissue/sent");
        stranger.home().await.shows(GREETING);
        phone.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 2);
    }
}

on_both! {
    /// The browser is known by then, so the second sign-in was told to nobody; and the
    /// letters that anybody may ask for are used up.
    async fn a_stranger_who_comes_twice_is_ended_twice_and_takes_no_letter_away(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (phone, stranger) = a_stranger(&app).await;
        let path = path_in(&letters_about_devices(&app, WISH.email).await[0]);
        let first = stranger.twin();
        // In the same browser the first session would end: one beside it keeps both.
        stranger.plant("__Host-session", "");
        app.clock.advance(MINUTE);
        stranger.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        assert_eq!(letters_about_devices(&app, WISH.email).await.len(), 1);
        for _ in 0..6 {
            stranger.post("/reissue", &[("email", WISH.email)]).await.leads_to("/reissue/sent");
            app.clock.advance(21 * MINUTE);
            for browser in [&phone, &first, &stranger] {
                browser.home().await.shows(GREETING);
            }
        }
        let asked = async || -> i64 {
            ask!(&app.fresh.db, "select count(*) from letter where kind = 'reissue'")
        };
        assert_eq!(asked().await, 6);

        let owner = app.browser();
        owner.get(&path).await.leads_to("/security/report");
        owner.post("/security/report", &[]).await.leads_to("/reissue/sent");
        assert_eq!(asked().await, 7);
        first.home().await.leads_to("/login");
        stranger.home().await.leads_to("/login");
        phone.home().await.shows(GREETING);
    }
}

on_both! {
    async fn the_link_works_as_long_as_the_session_could_last(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (_phone, stranger) = a_stranger(&app).await;
        stranger.sign_out().await;
        let path = path_in(&letters_about_devices(&app, WISH.email).await[0]);
        app.clock.advance(12 * HOUR - INSTANT);
        let owner = app.browser();
        owner.get(&path).await.leads_to("/security/report");
        owner.get("/security/report").await.shows("お心当たりがない場合");
        app.clock.advance(INSTANT);
        owner.get("/security/report").await.refuses(403).shows(text::REPORT_REFUSED);
        let late = owner.post("/security/report", &[]).await;
        late.refuses(403).shows(text::REPORT_REFUSED);
        let known: i64 = ask!(&app.fresh.db, "select count(*) from device");
        assert_eq!(known, 2);
    }
}

on_both! {
    async fn no_other_link_disowns_a_sign_in_and_this_one_opens_nothing_else(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (_phone, stranger) = a_stranger(&app).await;
        let device = path_in(&letters_about_devices(&app, WISH.email).await[0]);
        app.browser().post_email("new@example.jp").await;
        let registration = crate::browser::path_in(&app.newest_letter_to("new@example.jp").await);
        let registration = registration.replace("/register/verify", "/security/report");
        for path in [&registration, &device[..device.len() - 1], "/security/report?token="] {
            let browser = app.browser();
            browser.get(path).await.leads_to("/security/report");
            browser.get("/security/report").await.refuses(403).shows(text::REPORT_REFUSED);
            browser.post("/security/report", &[]).await.refuses(403);
        }
        app.browser().get("/security/report").await.refuses(403);
        stranger.home().await.shows(GREETING);

        for (link, page) in [
            ("/register/verify", "/register/provisional"),
            ("/reissue/verify", "/reissue/provisional"),
            ("/profile/emails/confirm", "/profile/emails/confirm"),
        ] {
            let browser = app.browser();
            browser.get(&device.replace("/security/report", link)).await.leads_to(page);
            browser.get(page).await.refuses(403).shows(text::LINK_REFUSED);
        }
    }
}

on_both! {
    async fn case_38_a_member_lists_and_ends_own_sessions(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let phone = signed_in_with(&app, PHONE).await;
        let alone = phone.get("/security").await.shows("利用状況とセキュリティ");
        let alone = alone.shows("iPhoneのSafari").shows("この端末");
        alone.shows("ほかにログイン中の端末はありません。").hides("ログインを終了する");

        app.clock.advance(MINUTE);
        let desktop = signed_in_with(&app, DESKTOP).await;
        let session = newest_session(&app, WISH.login_id).await.to_string();
        app.clock.advance(5 * MINUTE);
        desktop.home().await.shows(GREETING);
        let listed = phone.get("/security").await.shows("WindowsのChrome").shows("127.0.0.1");
        let listed = listed.shows("2026年11月22日 10:01").shows("2026年11月22日 10:06");
        listed.shows(&session).shows("ログインを終了する");

        phone.post("/security/end", &[("session", &session)]).await.leads_to("/security");
        desktop.home().await.leads_to("/login");
        desktop.get("/security").await.leads_to("/login");
        desktop.post("/security/end-others", &[]).await.leads_to("/login");
        let left = phone.get("/security").await.hides(&session);
        left.shows("ログイン中の端末を1つ終了しました");
        // A double click, or an old page: it is over already.
        phone.post("/security/end", &[("session", &session)]).await.leads_to("/security");

        let others = [signed_in_with(&app, DESKTOP).await, signed_in_with(&app, "curl/8.5.0").await];
        phone.get("/security").await.shows("不明な端末").shows("ほかの端末をすべて終了する");
        phone.post("/security/end-others", &[]).await.leads_to("/security");
        for other in &others {
            other.home().await.leads_to("/login");
        }
        let page = phone.get("/security").await.shows("ほかにログイン中の端末はありません。");
        page.shows("ほかの端末のログインをすべて終了しました");
    }
}

on_both! {
    async fn case_33_an_ended_session_s_cookie_is_worth_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (phone, desktop) = a_stranger(&app).await;
        let thief = desktop.twin();
        thief.get("/security").await.shows("この端末");
        phone.post("/security/end-others", &[]).await.leads_to("/security");
        for ended in [&desktop, &thief] {
            assert!(ended.cookie(SESSION).is_some());
            ended.get("/security").await.leads_to("/login");
            ended.post("/security/end-others", &[]).await.leads_to("/login");
        }
        phone.home().await.shows(GREETING);
    }
}

on_both! {
    async fn another_member_s_session_is_not_there_and_whoever_tries_is_noted(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        let theirs = newest_session(&app, OTHER_WISH.login_id).await.to_string();
        let taro = app.signed_in(TARO, &WISH).await;
        let nobody_s = Uuid::now_v7().to_string();
        for session in [&*theirs, &nobody_s, "", "1", "' or 1=1 --"] {
            let answer = taro.post("/security/end", &[("session", session)]).await;
            answer.refuses(404).shows(text::NOT_FOUND);
        }
        taro.post("/security/end", &[]).await.refuses(404);
        jiro.home().await.shows("じろうさん");
        assert_eq!(ended_sessions(&app).await, 0);
        let noted: i64 = ask!(
            &app.fresh.db,
            "select count(*) from audit a join member m on m.id = a.member_id
             where a.event = 'not_theirs' and m.login_id = '123456Taro'"
        );
        assert_eq!(noted, 6);
        jiro.get("/security").await.hides("お断りしました");
        taro.get("/security").await.shows("お断りしました").hides(&theirs);

        // Without a sign-in there is nothing to see or to end.
        let own = newest_session(&app, WISH.login_id).await.to_string();
        let nobody = app.browser();
        nobody.get("/security").await.leads_to("/login");
        nobody.post("/security/end", &[("session", &own)]).await.leads_to("/login");
        let provisional = app.with_postcard(crate::test_app::SABURO, "saburo@example.jp").await;
        provisional.get("/security").await.leads_to("/login");
        provisional.post("/security/end", &[("session", &own)]).await.refuses(403);
        provisional.post("/security/end-others", &[]).await.refuses(403);
        taro.home().await.shows(GREETING);
    }
}

on_both! {
    async fn the_history_shows_failures_changes_letters_and_every_look_of_the_office(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        app.registered(TARO, &WISH).await;
        app.post_is_out().await;
        app.clock.advance(MINUTE);
        app.browser().named(DESKTOP).sign_in(WISH.login_id, "wrong2026haru").await.refuses(422);
        app.browser().post("/reissue", &[("email", WISH.email)]).await.leads_to("/reissue/sent");
        app.browser().post_email(WISH.email).await.leads_to("/register/sent");
        let taro = member(&app, WISH.login_id).await;
        let person: Uuid = ask!(&app.fresh.db, "select person_id from member where id = $1", taro);
        record(&app, Entry {
            actor: "山田",
            network_address: "10.0.0.7",
            ..Event::OfficeLooked.at_the_command_line("Desk phone", NOW)
        }.of_person(person)).await;
        tell!(
            &app.fresh.db,
            "insert into audit (at, event, member_id, network_address, detail)
             values (0, 'of_a_later_version', $1, '', '')", taro
        );
        app.post_is_out().await;

        let phone = signed_in_with(&app, PHONE).await;
        let page = phone.get("/security").await;
        for words in [
            "利用登録が完了しました",
            "メール「ようこそ」をお送りしました（taro@example.jp）",
            "ログインに失敗しました",
            "WindowsのChrome",
            "127.0.0.1",
            "2026年11月22日 10:01",
            "パスワード再発行のメールが依頼されました",
            "メール「パスワード再発行のご案内」をお送りしました",
            "メール「すでに登録されているメールアドレスです」をお送りしました",
            "健康保険組合の職員（窓口）が、登録内容を見ました（職員による閲覧）。理由：お電話でのお問い合わせ",
            "ログインしました",
        ] {
            page.clone().shows(words);
        }
        page.hides("10.0.0.7").hides("山田").hides("of_a_later_version").hides("jiro@");
        jiro.get("/security").await.hides("山田").hides("taro@").hides("ログインに失敗");
    }
}

on_both! {
    /// Whoever adds somebody else's address gets the same answer as for a free one,
    /// and does not learn the difference here.
    async fn the_history_does_not_tell_whose_an_address_is(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let mut seen = Vec::new();
        for (key, login_id, own, second) in [
            (TARO, "taro", "taro@example.jp", OTHER_WISH.email),
            (crate::test_app::SABURO, "saburo", "saburo@example.jp", "free@example.jp"),
        ] {
            let browser = app.with_postcard(key, own).await;
            let wish = crate::test_app::Wish { login_id, email: second, ..WISH };
            browser.complete(&wish).await.leads_to("/register/done");
            browser.sign_in(login_id, WISH.password).await.leads_to("/home");
            app.post_is_out().await;
            let page = browser.get("/security").await.hides("メールアドレスの確認").hides(second);
            seen.push(page.words().replace(own, "(own)"));
        }
        assert_eq!(seen[0], seen[1]);

        let confirmation = app.newest_letter_to("free@example.jp").await;
        let link = confirmation.text.lines().find_map(|line| line.strip_prefix(PUBLIC)).unwrap();
        let browser = app.browser();
        browser.get(link).await.leads_to("/profile/emails/confirm");
        browser.post("/profile/emails/confirm", &[]).await.leads_to("/profile/emails/confirmed");
        browser.sign_in("saburo", WISH.password).await.leads_to("/home");
        let page = browser.get("/security").await;
        page.shows("メール「メールアドレスの確認」をお送りしました（free@example.jp）");
        browser.sign_in(OTHER_WISH.login_id, OTHER_WISH.password).await.leads_to("/home");
        let page = browser.get("/security").await;
        page.shows("メール「すでに登録されているメールアドレスです」をお送りしました");
    }
}

on_both! {
    async fn a_browser_s_name_is_never_shown_as_it_is(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let browser = signed_in_with(&app, "<script>alert('x')</script>").await;
        let taro = member(&app, WISH.login_id).await;
        let origin = RequestOrigin { network_address: "<b>1</b>".to_owned(), device: "<i>".to_owned() };
        record(&app, Event::SignInFailed.by(&origin, NOW).of_member(taro)).await;
        record(&app, Entry {
            actor: "<u>",
            ..Event::OfficeLooked.at_the_command_line("</td><script>", NOW)
        }.of_member(taro)).await;
        signed_in_with(&app, "<script>alert('y')</script>").await;
        let page = browser.get("/security").await.shows("不明な端末");
        let (_, body) = page.body.split_once("<body>").unwrap();
        for raw in ["<script", "alert(", "<b>1", "<i>", "<u>"] {
            assert!(!body.contains(raw), "{raw}");
        }
        let letters = letters_about_devices(&app, WISH.email).await;
        assert!(letters[0].text.contains("不明な端末") && !letters[0].text.contains("alert"));
    }
}

on_both! {
    async fn a_thousand_entries_do_not_make_the_page_long(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        app.post_is_out().await;
        let taro = member(&app, WISH.login_id).await;
        let origin = RequestOrigin { network_address: "203.0.113.7".to_owned(), device: DESKTOP.to_owned() };
        let mut tx = app.fresh.db.write().await.unwrap();
        for n in 0..1000 {
            let at = NOW.plus(n * MINUTE);
            Event::NicknameChanged.by(&origin, at).of_member(taro).record(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();

        let rows = |body: &str| body.matches("data-label=\"日時\"").count();
        let first = browser.get("/security").await.shows("もっと前の記録").shows("ログイン中の端末");
        assert_eq!(rows(&first.body), 50);
        assert!(first.body.len() < 40_000, "{} bytes", first.body.len());
        let second = browser.get("/security?page=2").await.shows("もっと前の記録").hides("ログイン中の端末");
        assert_eq!(rows(&second.body), 50);
        second.shows("最新の記録へ戻る");
        let last = browser.get("/security?page=21").await.hides("もっと前の記録");
        let last = last.shows("利用登録が完了しました").shows("メール「ようこそ」");
        let beyond = browser.get("/security?page=4294967295").await.shows("記録はありません。");
        assert_eq!(rows(&beyond.body), 0);
        assert!(rows(&last.body) > 0);
        for page in ["0", "-1", "x", "", "99999999999999999999"] {
            let page = browser.get(&format!("/security?page={page}")).await;
            assert_eq!(rows(&page.body), 50);
        }
    }
}

on_both! {
    async fn a_flood_of_wrong_passwords_is_one_line_and_hides_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let stranger = app.browser();
        // The one letter of this minute; what is asked for beyond it sends none.
        stranger.post("/reissue", &[("email", WISH.email)]).await.leads_to("/reissue/sent");
        app.post_is_out().await;
        app.clock.advance(INSTANT);
        // More than a page has lines, and between them whatever else a stranger can do.
        for n in 0..60 {
            stranger.sign_in(WISH.login_id, "wrong2026haru").await.refuses(422);
            if n % 3 == 0 {
                stranger.post("/reissue", &[("email", WISH.email)]).await.leads_to("/reissue/sent");
            }
            app.clock.advance(INSTANT * 1_000);
        }
        app.clock.advance(16 * MINUTE);
        let taro = signed_in_with(&app, PHONE).await;
        let page = taro.get("/security").await;
        let words = page.words();
        assert_eq!(words.matches("ログインに失敗しました").count(), 1, "{words}");
        assert_eq!(words.matches("パスワード再発行のメールが依頼されました").count(), 1, "{words}");
        page.shows("ログインに失敗しました（60回。最初は2026年11月22日 10:00、最後は2026年11月22日 10:00）")
            .shows("パスワード再発行のメールが依頼されました（21回。")
            .shows("利用登録が完了しました").hides("もっと前の記録");

        // After the sign-in another run begins; it comes from several places.
        for (n, place) in ["203.0.113.7", "203.0.113.8", "203.0.113.7"].iter().enumerate() {
            let member: Uuid = ask!(&app.fresh.db, "select id from member");
            let origin = RequestOrigin { network_address: (*place).to_owned(), device: DESKTOP.to_owned() };
            let at = app.clock.now().plus(MINUTE * (1 + u32::try_from(n).unwrap()));
            let mut tx = app.fresh.db.write().await.unwrap();
            Event::SignInFailed.by(&origin, at).of_member(member).record(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
        }
        let words = taro.get("/security").await.words();
        assert!(words.contains("（3回。最初は2026年11月22日 10:18、最後は2026年11月22日 10:20。接続元は2か所）"), "{words}");
        assert!(words.contains("（60回。"), "{words}");
        assert!(!words.contains("203.0.113.7"), "not one place for all: {words}");
    }
}

on_both! {
    async fn one_failure_is_a_line_as_ever_and_pages_go_on_where_they_ended(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.browser().sign_in(WISH.login_id, "wrong2026haru").await.refuses(422);
        let taro = signed_in_with(&app, PHONE).await;
        taro.get("/security").await.shows("ログインに失敗しました</td>");
        let member: Uuid = ask!(&app.fresh.db, "select id from member");
        // 120 lines: a sign-in and three failures before it, in each of sixty hours.
        for n in 0..60_u32 {
            for (second, event) in [Event::SignInFailed; 3].into_iter().chain([Event::SignedIn]).enumerate() {
                let at = app.clock.now().plus(HOUR * (n + 1) + INSTANT * u32::try_from(second).unwrap());
                let mut tx = app.fresh.db.write().await.unwrap();
                event.at_the_command_line("", at).of_member(member).record(&mut tx).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
        let mut runs = 0;
        for page in 1..=3 {
            let words = taro.get(&format!("/security?page={page}")).await.words();
            runs += words.matches("ログインに失敗しました（3回。").count();
        }
        assert_eq!(runs, 60, "none is lost or told twice between two pages");
    }
}

on_both! {
    async fn case_attack_13_a_flood_of_years_costs_the_history_nothing_and_hides_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        app.post_is_out().await;
        // Hour after hour, day and night.
        tell!(
            &app.fresh.db,
            "insert into refused_try (member_id, hour, event, network, times, first_at, last_at, detail)
             with recursive n (n) as (select 1 union all select n + 1 from n where n < 20000)
             select m.id, cast(n.n as bigint) * 3600000, 'sign_in_failed', 'n' || n.n, 9, n.n, n.n, '' from n, member m"
        );
        tell!(&app.fresh.db, "analyze refused_try");
        let page = taro.get("/security").await;
        page.shows("ログインに失敗しました（18000回。").shows("利用登録が完了しました");

        let plan = plan_of(&app.fresh.db).await;
        let by_index: &[&str] = match &app.fresh.db {
            store::Db::Sqlite(_) => &[
                "SEARCH audit USING INDEX audit_history (member_id=?)",
                "SEARCH audit USING INDEX audit_person (person_id=? AND event=?)",
                "SEARCH refused_try USING PRIMARY KEY (member_id=?)",
                "SEARCH letter USING INDEX letter_member (member_id=?",
            ],
            store::Db::Postgres(_) => &["audit_history", "audit_person", "refused_try_pkey", "letter_member"],
        };
        for index in by_index {
            assert!(plan.contains(index), "{index}: {plan}");
        }
        for table in ["audit", "refused_try", "letter"] {
            let scanned = plan.contains(&format!("SCAN {table}\n"))
                || plan.contains(&format!("Seq Scan on {table} "));
            assert!(!scanned, "{table}: {plan}");
        }
    }
}

/// How the engine reads the history's page.
async fn plan_of(db: &store::Db) -> String {
    let explained = |how: &str| sqlx::AssertSqlSafe(format!("{how} {}", store::history::FOLDED));
    let (nobody, lines) = (Uuid::nil(), 50_i64);
    let steps: Vec<String> = match db {
        store::Db::Sqlite(file) => {
            let query = sqlx::query_as(explained("explain query plan"));
            let steps: Vec<(i64, i64, i64, String)> = query
                .bind(nobody)
                .bind(lines)
                .bind(0_i64)
                .bind(0_i64)
                .fetch_all(&file.writer)
                .await
                .unwrap();
            steps.into_iter().map(|step| step.3).collect()
        }
        store::Db::Postgres(pool) => {
            // A few rows are read quickest one by one; the plan for many is asked for.
            let mut tx = pool.begin().await.unwrap();
            sqlx::query("set local enable_seqscan = off")
                .execute(&mut *tx)
                .await
                .unwrap();
            let query = sqlx::query_scalar(explained("explain"));
            query
                .bind(nobody)
                .bind(lines)
                .bind(0_i64)
                .bind(0_i64)
                .fetch_all(&mut *tx)
                .await
                .unwrap()
        }
    };
    steps.join("\n") + "\n"
}
