//! パスキー: added, signed in with, named, removed; and whatever is no answer to what was
//! asked.

use domain::{ports::PasskeyRefusal, text::Sentence};
use serde_json::Value;
use store::second_step::{
    Holder,
    passkeys::{self, BY_CREDENTIAL_ID, Credential, NewPasskey, OF_HOLDER},
};
use uuid::Uuid;

use crate::{
    authenticator::{Authenticator, Manner},
    browser::{Browser, Seen},
    reissue::{asked as asked_for_reissue, at_the_change, change},
    roster::NOW,
    test_app::{JIRO, MINUTE, OTHER_WISH, PUBLIC, TARO, TestApp, WISH, Wish},
    trail::explained,
};

const STATUS: &str = "パスキーを追加しました";
const GREETING: &str = "たろうさん、こんにちは";

fn sentence(refusal: PasskeyRefusal) -> String {
    refusal.sentence().into_owned()
}

/// What a browser is to have signed.
async fn asked(browser: &Browser, path: &str) -> String {
    let seen = browser.get(path).await;
    assert_eq!(seen.status, 200, "{path}: {}", seen.words());
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.header("cache-control"), "no-store");
    seen.body
}

/// Posts what the device answers to what is asked at パスキーの追加.
async fn add(browser: &Browser, device: &mut Authenticator, name: &str) -> Seen {
    let credential = device.create(&asked(browser, "/profile/passkeys/options").await);
    let fields = [("name", name), ("credential", &credential)];
    browser.post("/profile/passkeys", &fields).await
}

/// The same at the sign-in.
async fn sign_in(browser: &Browser, device: &mut Authenticator) -> Seen {
    let credential = device.sign(&asked(browser, "/login/passkey").await);
    present(browser, &credential).await
}

async fn present(browser: &Browser, credential: &str) -> Seen {
    browser
        .post("/login/passkey", &[("credential", credential)])
        .await
}

/// Taro is signed in and has a passkey.
async fn with_a_passkey(app: &TestApp) -> (Browser, Authenticator) {
    let browser = app.signed_in(TARO, &WISH).await;
    let mut device = Authenticator::new();
    add(&browser, &mut device, "自分の電話")
        .await
        .leads_to("/profile/passkeys?told=added");
    (browser, device)
}

/// The rows of the passkeys there are.
async fn rows(app: &TestApp) -> i64 {
    ask!(&app.fresh.db, "select count(*) from passkey")
}

async fn row(app: &TestApp) -> String {
    let id: uuid::Uuid = ask!(&app.fresh.db, "select id from passkey");
    id.to_string()
}

on_both! {
    /// From adding it to losing it.
    async fn a_passkey_is_added_used_named_and_removed(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        browser.get("/profile").await.shows("/profile/passkeys");
        browser.get("/profile/passkeys").await.shows("パスキーを追加する").hides("追加したパスキー");
        let before = browser.cookie("__Host-session").unwrap();
        let mut device = Authenticator::new();
        add(&browser, &mut device, " 自分の電話 ").await.leads_to("/profile/passkeys?told=added");
        assert_ne!(browser.cookie("__Host-session").unwrap(), before, "the session has another token");
        browser.get("/profile/passkeys?told=added").await.shows(STATUS).shows("自分の電話").shows("まだありません");
        let letter = app.newest_letter_to(WISH.email).await;
        assert!(letter.text.contains("パスキーの追加"), "{}", letter.text);

        app.clock.advance(MINUTE);
        let elsewhere = app.browser();
        elsewhere.get("/notices").await.leads_to("/login");
        sign_in(&elsewhere, &mut device).await.leads_to("/notices");
        elsewhere.home().await.shows(GREETING);
        let letter = app.newest_letter_to(WISH.email).await;
        assert!(letter.subject.contains("新しい端末からのログイン"), "{}", letter.subject);
        elsewhere.get("/security").await.shows("パスキーでログインしました").shows("パスキーを追加しました");
        elsewhere.get("/profile/passkeys").await.hides("まだありません");

        let id = row(&app).await;
        elsewhere.post("/profile/passkeys/rename", &[("passkey", &id), ("name", "会社の電話")]).await
            .leads_to("/profile/passkeys?told=renamed");
        elsewhere.get("/profile/passkeys").await.shows("会社の電話").hides("自分の電話");
        app.clock.advance(MINUTE);
        // A sign-in by passkey is a fresh proof, as a password is.
        elsewhere.post("/profile/passkeys/remove", &[("passkey", &id)]).await
            .leads_to("/profile/passkeys?told=removed");
        let letter = app.newest_letter_to(WISH.email).await;
        assert!(letter.text.contains("パスキーの削除"), "{}", letter.text);
        elsewhere.get("/security").await.shows("パスキーを削除しました").shows("パスキーの名前を変更しました");
        sign_in(&app.browser(), &mut device).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
    }
}

on_both! {
    /// A name that was left blank is the device's; one that is none is told.
    async fn a_passkey_has_a_name(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let browser = app.browser().named("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1");
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        add(&browser, &mut Authenticator::new(), "").await.leads_to("/profile/passkeys?told=added");
        browser.get("/profile/passkeys").await.shows("iPhoneのSafari");
        let long = "あ".repeat(31);
        for name in [&*long, "な\u{202e}まえ"] {
            add(&browser, &mut Authenticator::new(), name).await.refuses(422).shows("パスキーの名前");
            let id = row(&app).await;
            browser.post("/profile/passkeys/rename", &[("passkey", &id), ("name", name)]).await.refuses(422);
        }
        browser.post("/profile/passkeys/rename", &[("passkey", &row(&app).await), ("name", " ")]).await.refuses(422);
        assert_eq!(rows(&app).await, 1);
    }
}

on_both! {
    /// What the browser is asked: a passkey that is found without a name, and that looks at
    /// the person.
    async fn the_options_are_those_of_the_contract(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, device) = with_a_passkey(&app).await;
        let written = app.written().await;
        let options: Value = serde_json::from_str(&asked(&app.browser(), "/login/passkey").await).unwrap();
        assert_eq!(options["publicKey"]["rpId"], "portal.example.jp");
        assert_eq!(options["publicKey"]["userVerification"], "required");
        assert_eq!(options["publicKey"]["allowCredentials"], serde_json::json!([]));
        assert_eq!(options["mediation"], Value::Null);
        let options: Value = serde_json::from_str(&asked(&browser, "/profile/passkeys/options").await).unwrap();
        let options = &options["publicKey"];
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["extensions"]["credProps"], true);
        assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
        assert_eq!(options["user"]["name"], WISH.login_id);
        assert_eq!(device.handle[0], b'm');
        assert_eq!(app.written().await, written, "asking writes nothing");
        for (path, browser) in [("/login/passkey", app.browser()), ("/profile/passkeys/options", browser)] {
            let seen = browser.get(path).await;
            let cookie = seen.header("set-cookie");
            assert!(cookie.starts_with("__Host-"), "{cookie}");
            assert!(cookie.contains("Max-Age=300") && cookie.contains("HttpOnly"), "{cookie}");
            assert!(cookie.len() < 2000, "{}", cookie.len());
        }
        // Whoever reloads a page that a failed form has left gets the page.
        let anybody = app.browser();
        let reload = anybody.request(reqwest::Method::GET, "/login/passkey").header("sec-fetch-mode", "navigate");
        anybody.send(reload).await.leads_to("/login");
    }
}

on_both! {
    /// Once, within five minutes, and where it was asked.
    async fn case_a_challenge_is_answered_once_in_five_minutes_where_it_was_asked(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, mut device) = with_a_passkey(&app).await;
        let stale = sentence(PasskeyRefusal::Stale);
        // A thief has everything the browser had, the cookie with it, and comes second.
        let owner = app.browser();
        let credential = device.sign(&asked(&owner, "/login/passkey").await);
        let thief = owner.twin();
        present(&owner, &credential).await.leads_to("/home");
        present(&thief, &credential).await.refuses(422).shows(&stale);
        present(&owner, &credential).await.refuses(422).shows(&stale);
        // What another browser was asked.
        let other = app.browser();
        asked(&other, "/login/passkey").await;
        let credential = device.sign(&asked(&app.browser(), "/login/passkey").await);
        present(&other, &credential).await.refuses(422).shows(&stale);
        // Without any challenge, and after five minutes.
        present(&app.browser(), &credential).await.refuses(422).shows(&stale);
        let late = app.browser();
        let credential = device.sign(&asked(&late, "/login/passkey").await);
        app.clock.advance(5 * MINUTE);
        present(&late, &credential).await.refuses(422).shows(&stale);
        // The same for a new one: what another session was asked, and twice.
        let again = app.browser();
        again.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let mut new = Authenticator::new();
        let credential = new.create(&asked(&browser, "/profile/passkeys/options").await);
        let fields = [("name", "二つ目"), ("credential", &*credential)];
        again.plant("__Host-new_passkey", &browser.cookie("__Host-new_passkey").unwrap());
        again.post("/profile/passkeys", &fields).await.refuses(422).shows(&stale);
        let twin = browser.cookie("__Host-new_passkey").unwrap();
        browser.post("/profile/passkeys", &fields).await.leads_to("/profile/passkeys?told=added");
        browser.plant("__Host-new_passkey", &twin);
        browser.post("/profile/passkeys", &fields).await.refuses(422).shows(&stale);
        assert_eq!(rows(&app).await, 2);
        assert!(app.fresh.db.write().await.is_ok());
    }
}

on_both! {
    /// Another portal's, another page's, one that looks at nobody, one that is not kept.
    async fn case_what_is_no_passkey_for_this_portal_is_refused(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, mut device) = with_a_passkey(&app).await;
        let strangers = [
            Manner { origin: "https://portal.example.jp.evil.example".to_owned(), ..Manner::default() },
            Manner { origin: "https://www.portal.example.jp".to_owned(), ..Manner::default() },
            Manner { origin: "http://portal.example.jp".to_owned(), ..Manner::default() },
            Manner { rp_id: "evil.example".to_owned(), ..Manner::default() },
            Manner { is_verified: false, ..Manner::default() },
        ];
        for manner in strangers {
            let mut new = Authenticator::in_the_manner_of(manner.clone());
            add(&browser, &mut new, "x").await.refuses(422).shows(&sentence(PasskeyRefusal::Unfit));
            device.manner = manner;
            sign_in(&app.browser(), &mut device).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
        }
        let mut loose = Authenticator::in_the_manner_of(Manner { is_kept: Some(false), ..Manner::default() });
        add(&browser, &mut loose, "x").await.refuses(422).shows(&sentence(PasskeyRefusal::NotKept));
        assert_eq!(rows(&app).await, 1);
        // Some browsers do not say whether it is kept.
        let mut silent = Authenticator::in_the_manner_of(Manner { is_kept: None, ..Manner::default() });
        add(&browser, &mut silent, "x").await.leads_to("/profile/passkeys?told=added");
        // The same device once more is told, and another member cannot take it either.
        add(&browser, &mut silent, "x").await.refuses(422).shows(&sentence(PasskeyRefusal::Known));
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        add(&jiro, &mut silent, "x").await.refuses(422).shows(&sentence(PasskeyRefusal::Known));
        device.manner = Manner::default();
        sign_in(&app.browser(), &mut device).await.leads_to("/home");
    }
}

on_both! {
    /// A copy of the device has the count of before; where nothing is counted, nothing is
    /// compared. The flags of the copies are kept.
    async fn case_a_copied_device_is_refused(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, mut device) = with_a_passkey(&app).await;
        sign_in(&app.browser(), &mut device).await.leads_to("/home");
        sign_in(&app.browser(), &mut device).await.leads_to("/home");
        let counter: i64 = ask!(&app.fresh.db, "select counter from passkey");
        assert_eq!(counter, 2);
        device.counter = 1;
        sign_in(&app.browser(), &mut device).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
        tell!(&app.fresh.db, "delete from passkey where name = $1", "自分の電話");
        let mut synced = Authenticator::in_the_manner_of(Manner { is_backed_up: true, counts: false, ..Manner::default() });
        add(&browser, &mut synced, "電話").await.leads_to("/profile/passkeys?told=added");
        sign_in(&app.browser(), &mut synced).await.leads_to("/home");
        sign_in(&app.browser(), &mut synced).await.leads_to("/home");
        let flags: i64 = ask!(
            &app.fresh.db,
            "select count(*) from passkey where backup_eligible and backup_state and counter = 0"
        );
        assert_eq!(flags, 1);
        // It was never one that can be copied, and says so now: something is odd.
        let mut bound = Authenticator::new();
        add(&browser, &mut bound, "鍵").await.leads_to("/profile/passkeys?told=added");
        bound.manner.is_backed_up = true;
        sign_in(&app.browser(), &mut bound).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
    }
}

on_both! {
    /// Whoever is stopped, or has left, is not let in, and nothing of a sign-in is left.
    async fn case_the_passkey_of_somebody_who_is_not_let_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, mut device) = with_a_passkey(&app).await;
        tell!(&app.fresh.db, "update member set disabled_at = 1 where nickname = $1", WISH.nickname);
        let sessions = app.written().await.sessions;
        sign_in(&app.browser(), &mut device).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
        let used: i64 = ask!(&app.fresh.db, "select count(*) from passkey where last_used_at is not null");
        assert_eq!((app.written().await.sessions, used), (sessions, 0));
        tell!(&app.fresh.db, "update member set disabled_at = null where nickname = $1", WISH.nickname);
        sign_in(&app.browser(), &mut device).await.leads_to("/home");
        browser.get("/security").await.shows("ログインに失敗しました");
        // 利用停止 takes it away.
        browser.post("/security/leave/confirm", &[("current_password", WISH.password)]).await
            .leads_to("/security/left");
        assert_eq!(rows(&app).await, 0);
        sign_in(&app.browser(), &mut device).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
    }
}

on_both! {
    /// Members and staff have one relying party: the handle says whose door it is.
    async fn case_staff_at_the_members_door(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, mut device) = with_a_passkey(&app).await;
        // The office's, with the same row's number: refused by the kind.
        tell!(&app.fresh.db, "update passkey set holder_kind = $1", Holder::Staff(uuid::Uuid::nil()).kind());
        device.handle[0] = b's';
        sign_in(&app.browser(), &mut device).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
        device.handle[0] = b'm';
        sign_in(&app.browser(), &mut device).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
        browser.get("/profile/passkeys").await.hides("自分の電話");
        tell!(&app.fresh.db, "update passkey set holder_kind = $1", "member");
        device.handle[0] = b's';
        sign_in(&app.browser(), &mut device).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
        device.handle[0] = b'm';
        sign_in(&app.browser(), &mut device).await.leads_to("/home");
        // Another member's handle on this passkey.
        device.handle[16] ^= 1;
        sign_in(&app.browser(), &mut device).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
    }
}

on_both! {
    /// 422 with a sentence, whatever it is.
    async fn case_what_no_browser_answers(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, mut device) = with_a_passkey(&app).await;
        let good = device.sign(&asked(&app.browser(), "/login/passkey").await);
        let long = "x".repeat(30_000);
        let deep = "[".repeat(10_000);
        let many = format!("[{}]", ["1"; 5_000].join(","));
        for bad in ["", "{}", "null", "[]", "\"", &long, &deep, &many, &good[..good.len() / 2], &good.replace("rawId", "raw"),
                    "{\"id\":\"\u{0}\"}"] {
            let anybody = app.browser();
            asked(&anybody, "/login/passkey").await;
            present(&anybody, bad).await.refuses(422).shows(&sentence(PasskeyRefusal::Malformed));
            asked(&browser, "/profile/passkeys/options").await;
            browser.post("/profile/passkeys", &[("name", "x"), ("credential", bad)]).await
                .refuses(422).shows(&sentence(PasskeyRefusal::Malformed));
        }
        // A device that says of nobody whose passkey it is.
        let nameless = app.browser();
        let credential = device.sign(&asked(&nameless, "/login/passkey").await);
        present(&nameless, &credential.replace("userHandle", "user")).await
            .refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
        // Nobody's field at all.
        app.browser().post("/login/passkey", &[]).await.refuses(422);
        present(&app.browser(), &"x".repeat(40_000)).await.refuses(413);
        for id in ["", "x", "00000000-0000-0000-0000-000000000000"] {
            browser.post("/profile/passkeys/remove", &[("passkey", id)]).await.refuses(404);
            browser.post("/profile/passkeys/rename", &[("passkey", id), ("name", "x")]).await.refuses(404);
        }
        // Another member's.
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        let id = row(&app).await;
        jiro.post("/profile/passkeys/remove", &[("passkey", &id)]).await.refuses(404);
        jiro.post("/profile/passkeys/rename", &[("passkey", &id), ("name", "x")]).await.refuses(404);
        assert_eq!(rows(&app).await, 1);
    }
}

on_both! {
    /// Whoever adds or removes one shows the password, unless it was given not long ago.
    async fn a_passkey_is_changed_behind_the_present_password(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, mut device) = with_a_passkey(&app).await;
        let id = row(&app).await;
        app.clock.advance(10 * MINUTE);
        browser.get("/profile/passkeys").await.shows("ご本人の確認").hides("パスキーを追加する</button>").hides("削除する");
        assert_eq!(browser.get("/profile/passkeys/options").await.status, 403);
        browser.post("/profile/passkeys/remove", &[("passkey", &id)]).await
            .refuses(422).shows(&sentence(PasskeyRefusal::PasswordDue));
        browser.post("/profile/passkeys/password", &[("current_password", "wrong1wrong")]).await.refuses(422);
        browser.get("/profile/passkeys/password").await.leads_to("/profile/passkeys");
        browser.post("/profile/passkeys/password", &[("current_password", WISH.password)]).await
            .leads_to("/profile/passkeys");
        // Asked in time, the answer may come a little later.
        app.clock.advance(9 * MINUTE);
        let mut second = Authenticator::new();
        let credential = second.create(&asked(&browser, "/profile/passkeys/options").await);
        app.clock.advance(4 * MINUTE);
        browser.post("/profile/passkeys", &[("name", "二つ目"), ("credential", &credential)]).await
            .leads_to("/profile/passkeys?told=added");
        // And a sign-in by passkey is as good.
        sign_in(&browser, &mut device).await.leads_to("/home");
        browser.post("/profile/passkeys/remove", &[("passkey", &id)]).await.leads_to("/profile/passkeys?told=removed");
        for path in ["/profile/passkeys", "/profile/passkeys/rename", "/profile/passkeys/remove", "/profile/passkeys/password"] {
            app.browser().post(path, &[("current_password", "x")]).await.leads_to("/login");
        }
        assert_eq!(app.browser().get("/profile/passkeys/options").await.status, 403);
    }
}

on_both! {
    /// Ten, so that a page shows them all.
    async fn a_member_has_ten_passkeys_at_most(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        for _ in 0..10 {
            add(&browser, &mut Authenticator::new(), "x").await.leads_to("/profile/passkeys?told=added");
        }
        add(&browser, &mut Authenticator::new(), "x").await.refuses(422).shows(&sentence(PasskeyRefusal::TooMany));
        assert_eq!(rows(&app).await, 10);
    }
}

on_both! {
    /// It names nobody, so what is wrong is counted for the network alone.
    async fn case_wrong_passkeys_are_counted_for_the_network(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| {
            config.limits.wrong_tries.at_once = 3;
            config.limits.wrong_tries.then_every = 60 * MINUTE;
        }).await;
        let (_, mut device) = with_a_passkey(&app).await;
        for _ in 0..5 {
            sign_in(&app.browser(), &mut device).await.leads_to("/home");
        }
        let mut stranger = Authenticator::new();
        for _ in 0..3 {
            sign_in(&app.browser(), &mut stranger).await.refuses(422);
        }
        sign_in(&app.browser(), &mut stranger).await.refuses(429);
    }
}

on_both! {
    /// A whole sign-in: it ends what this browser had, and there are five sessions at most.
    async fn a_sign_in_by_passkey_takes_the_place_of_the_browser_s_session(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, mut device) = with_a_passkey(&app).await;
        let copy = browser.twin();
        sign_in(&browser, &mut device).await.leads_to("/home");
        copy.home().await.leads_to("/login");
        browser.home().await.shows(GREETING);
        // The browser was known: nobody is told.
        let letters = app.letters_to(WISH.email).await;
        assert!(letters.iter().all(|letter| !letter.subject.contains("新しい端末")));
    }
}

on_both! {
    /// Under an IP address there are none, and the pages say why.
    async fn under_an_ip_address_passkeys_are_off(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (_, _) = with_a_passkey(&app).await;
        let app = app.restart_with(|config| {
            config.public_url = server::http::public_url::PublicUrl::parse("https://192.0.2.1").unwrap();
        }).await;
        let off = sentence(PasskeyRefusal::NotPossible);
        let browser = app.browser();
        browser.get("/login").await.shows(&off).hides("パスキーでログイン<");
        assert_eq!(browser.get("/login/passkey").await.status, 404);
        let post = browser.request(reqwest::Method::POST, "/login").header("origin", "https://192.0.2.1")
            .form(&[("login_id", WISH.login_id), ("password", WISH.password)]);
        browser.send(post).await.leads_to("/home");
        browser.get("/profile/passkeys").await.shows(&off).shows("自分の電話").hides("パスキーを追加する<");
        let post = browser.request(reqwest::Method::POST, "/login/passkey").header("origin", "https://192.0.2.1")
            .form(&[("credential", "{}")]);
        browser.send(post).await.refuses(422).shows(&off);
        assert!(PUBLIC.starts_with("https://"));
    }
}

on_both! {
    /// The way back for whoever has lost everything: the account opens anew, without what
    /// let in before.
    async fn a_new_postcard_takes_the_passkeys_away(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (_, mut device) = with_a_passkey(&app).await;
        let card = app.reissue(TARO).await;
        // What is issued alone takes nothing.
        sign_in(&app.browser(), &mut device).await.leads_to("/home");
        app.clock.advance(25 * 60 * MINUTE);
        let browser = app.with_open_link("taro2@example.jp").await;
        browser.enter_with_postcard(&card).await.leads_to("/register/profile");
        assert_eq!(rows(&app).await, 1);
        browser.complete(&Wish { email: "taro2@example.jp", ..WISH }).await.leads_to("/register/done");
        assert_eq!(rows(&app).await, 0);
        sign_in(&app.browser(), &mut device).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
    }
}

on_both! {
    /// In the file of one's data it is named, and no key is in it.
    async fn a_passkey_is_in_one_s_data_without_its_key(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, device) = with_a_passkey(&app).await;
        let holder: uuid::Uuid = ask!(&app.fresh.db, "select holder_id from passkey");
        let person: uuid::Uuid = ask!(&app.fresh.db, "select person_id from member");
        let part = store::my_data::PARTS.iter().find(|part| part.name == "passkeys").unwrap();
        let table = store::my_data::of(&app.server_db, person, part, 10).await.unwrap();
        assert_eq!(table.columns, ["名前", "追加日時", "最後に使った日時"]);
        assert_eq!(table.rows.len(), 1);
        assert_eq!(table.rows[0][0], store::my_data::Cell::Text("自分の電話".to_owned()));
        assert_eq!(device.handle[1..], *holder.as_bytes());
        browser.post("/my-data.zip", &[]).await;
    }
}

on_both! {
    /// その心当たりはない: what was added since that sign-in goes, whoever says it, and what
    /// was there before stays.
    async fn a_disowned_sign_in_takes_its_passkeys_along(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (_, mut own) = with_a_passkey(&app).await;
        app.clock.advance(MINUTE);
        let intruder = app.browser();
        intruder.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let mut his = Authenticator::new();
        add(&intruder, &mut his, "他人の電話").await.leads_to("/profile/passkeys?told=added");
        app.clock.advance(MINUTE);
        // He comes back with it, in a session of its own.
        let again = app.browser();
        sign_in(&again, &mut his).await.leads_to("/home");
        let letters = app.letters_to(WISH.email).await;
        let first = letters.iter().filter(|letter| letter.subject.ends_with("新しい端末からのログイン"));
        assert_eq!(first.count(), 2, "each new browser is told");

        // The letter about the first of the two.
        let links: Vec<_> = letters.iter().flat_map(|letter| letter.text.lines())
            .filter_map(|line| line.trim().strip_prefix(PUBLIC))
            .filter(|path| path.starts_with("/security/report?token=")).map(str::to_owned).collect();
        let owner = app.browser();
        owner.get(&links[0]).await.leads_to("/security/report");
        owner.get("/security/report").await.shows("自分の電話").shows("他人の電話");
        owner.post("/security/report", &[]).await.leads_to("/reissue/sent");
        for his_browser in [&intruder, &again] {
            his_browser.home().await.leads_to("/login");
        }
        sign_in(&app.browser(), &mut his).await.refuses(422).shows(&sentence(PasskeyRefusal::Unknown));
        let letter = app.letters_to(WISH.email).await;
        assert!(letter.iter().any(|letter| letter.text.contains("パスキーの削除")));
        sign_in(&owner, &mut own).await.leads_to("/home");
        owner.get("/profile/passkeys").await.shows("自分の電話").hides("他人の電話");
    }
}

on_both! {
    /// A reissue doubts what was added within two weeks, and lists what remains.
    async fn a_reissue_takes_the_passkeys_of_the_last_fourteen_days_along(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, mut old) = with_a_passkey(&app).await;
        app.days_later(10 * 24 * 60 * MINUTE).await;
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let mut new = Authenticator::new();
        add(&browser, &mut new, "新しい電話").await.leads_to("/profile/passkeys?told=added");
        app.days_later(5 * 24 * 60 * MINUTE).await;
        let reissuing = at_the_change(&app, &asked_for_reissue(&app, WISH.email).await).await;
        reissuing.get("/reissue/password").await.shows("自分の電話");
        assert_eq!(rows(&app).await, 2, "nothing goes before the password is changed");
        change(&reissuing, "haru2027sakura", "").await.leads_to("/reissue/done");
        assert_eq!(rows(&app).await, 1);
        sign_in(&app.browser(), &mut new).await.refuses(422);
        sign_in(&app.browser(), &mut old).await.leads_to("/home");
        let letters = app.letters_to(WISH.email).await;
        assert!(letters.iter().any(|letter| letter.text.contains("パスキーの削除")));
    }
}

on_both! {
    /// A changed password takes none, and shows which there are.
    async fn a_changed_password_shows_the_passkeys(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (browser, mut device) = with_a_passkey(&app).await;
        let profile = [
            ("login_id", WISH.login_id), ("nickname", WISH.nickname), ("current_password", WISH.password),
            ("password_wanted", "true"), ("password", "natsu2027umi"), ("password_confirmation", "natsu2027umi"),
        ];
        browser.post("/profile", &profile).await.leads_to("/profile?told=changed");
        browser.get("/profile?told=changed").await.shows("自分の電話");
        sign_in(&app.browser(), &mut device).await.leads_to("/home");
    }
}

on_both! {
    /// However many members have one.
    async fn a_passkey_is_found_by_an_index(fresh: Fresh) {
        let mut tx = fresh.db.write().await.unwrap();
        for n in 0..5_000_u128 {
            let new = NewPasskey {
                holder: Holder::Member(Uuid::from_u128(n)),
                name: &domain::rules::PasskeyName::parse("電話").unwrap(),
                credential: Credential {
                    id: &n.to_be_bytes(),
                    text: "{}",
                    counter: 0,
                    backup_eligible: false,
                    backup_state: false,
                },
                added_at: NOW,
            };
            assert!(passkeys::insert(&mut tx, &new).await.unwrap());
        }
        tx.commit().await.unwrap();
        tell!(&fresh.db, "analyze");
        let (blob, uuid) = match &fresh.db {
            store::Db::Sqlite(_) => ("x'00000000000000000000000000000007'", "x'00000000000000000000000000000007'"),
            store::Db::Postgres(_) => (
                "'\\x00000000000000000000000000000007'::bytea",
                "'00000000-0000-0000-0000-000000000007'::uuid",
            ),
        };
        for (sql, first) in [(OF_HOLDER, uuid), (BY_CREDENTIAL_ID, blob)] {
            let asked = sql.replace("$1", first).replace("$2", "'member'");
            let plan = explained(&fresh.db, &asked).await;
            assert!(plan.contains("SEARCH passkey") || plan.contains("Index Scan"), "{asked}\n{plan}");
        }
    }
}
