//! 二段階認証 over HTTP: one-time codes and recovery codes, and every way back.

use std::time::Duration;

use domain::{text, values::timestamp::Timestamp};
use futures::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::Method;
use sha1::Sha1;

use crate::{
    browser::{Browser, Seen},
    own_addresses::add_and_confirm,
    reissue::{asked, at_the_change, change},
    roster::NOW,
    test_app::{HOUR, INSTANT, JIRO, MINUTE, OTHER_WISH, PUBLIC, TARO, TestApp, WISH},
};

const NEW: &str = "haru2027sakura";
const GREETING: &str = "たろうさん、こんにちは";
const OFF: &str = "設定していません";
const WRONG: &str = "コードが違うか、すでに使われています。";
const STEP: i64 = 30_000;

/// What stands in the element with that id.
pub(crate) fn element(page: &Seen, id: &str) -> String {
    let at = page
        .body
        .find(&format!("id=\"{id}\""))
        .unwrap_or_else(|| panic!("no {id}: {}", page.words()));
    let (_, inside) = page.body[at..].split_once('>').unwrap();
    inside.split('<').next().unwrap().replace("&amp;", "&")
}

/// What an app shows at that moment: written apart from the portal's own code.
pub(crate) fn app_code(secret: &str, at: Timestamp) -> String {
    let bits = secret.bytes().fold(Vec::new(), |mut bits, letter| {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
            .iter()
            .position(|l| *l == letter)
            .unwrap();
        bits.extend((0..5).rev().map(|place| value >> place & 1));
        bits
    });
    let key: Vec<u8> = bits
        .chunks_exact(8)
        .map(|byte| byte.iter().fold(0, |all, bit| all << 1 | *bit as u8))
        .collect();
    let mut mac = Hmac::<Sha1>::new_from_slice(&key).unwrap();
    mac.update(&(at.0 / STEP).to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let place = (hash[19] & 15) as usize;
    let word = u32::from_be_bytes(hash[place..place + 4].try_into().unwrap()) & 0x7FFF_FFFF;
    format!("{:06}", word % 1_000_000)
}

/// A member's app and sheet of paper.
pub(crate) struct Codes {
    secret: String,
    recovery: Vec<String>,
}

impl Codes {
    /// What the app shows now.
    pub(crate) fn now(&self, app: &TestApp) -> String {
        app_code(&self.secret, app.clock.now())
    }

    /// What it shows so many steps from now.
    fn off(&self, app: &TestApp, steps: i64) -> String {
        app_code(&self.secret, Timestamp(app.clock.now().0 + steps * STEP))
    }
}

/// The ten on the page, which shows them once.
async fn recovery_codes(browser: &Browser) -> Vec<String> {
    let page = browser.get("/profile/codes/new").await;
    let codes: Vec<String> = page
        .body
        .split("<code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 10, "{}", page.words());
    assert!(codes.iter().all(|code| code.len() == 19), "{codes:?}");
    codes
}

/// A member who is signed in turns codes on; half a minute later the next code is due.
pub(crate) async fn turned_on(app: &TestApp, browser: &Browser) -> Codes {
    let page = browser.get("/profile/codes").await;
    let secret = element(&page, "totp-secret");
    let code = app_code(&secret, app.clock.now());
    let on = browser.post("/profile/codes", &[("code", &code)]).await;
    on.leads_to("/profile/codes/new");
    let recovery = recovery_codes(browser).await;
    app.clock.advance(MINUTE);
    Codes { secret, recovery }
}

/// A browser that waits for the code.
async fn at_the_code(app: &TestApp) -> Browser {
    let browser = app.browser();
    let seen = browser.sign_in(WISH.login_id, WISH.password).await;
    seen.leads_to("/login/code");
    browser
}

/// No pause, before so many wrong tries.
async fn forgiven(app: &TestApp, tries: i64) {
    let db = &app.fresh.db;
    tell!(
        db,
        "update throttle set tries = $1, pause_ms = 0, paused_until = 0",
        tries
    );
}

async fn give(browser: &Browser, code: &str) -> Seen {
    browser.post("/login/code", &[("code", code)]).await
}

on_both! {
    async fn case_codes_are_turned_on_asked_for_and_turned_off(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        browser.get("/profile").await.shows("二段階認証").shows(OFF);
        let page = browser.get("/profile/codes").await.shows("設定するかどうかは自由です");
        let secret = element(&page, "totp-secret");
        assert_eq!(secret.len(), 32);
        assert!(secret.bytes().all(|b| b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".contains(&b)), "{secret}");
        let uri = element(&page, "totp-uri");
        assert!(uri.starts_with("otpauth://totp/") && uri.contains(&format!("secret={secret}&issuer=")), "{uri}");
        assert!(uri.contains(":123456Taro?") && uri.ends_with("&algorithm=SHA1&digits=6&period=30"), "{uri}");
        assert!(page.body.contains("class=\"qr\"") && !page.body.contains("style="), "{}", page.body);
        assert_eq!(page.header("cache-control"), "no-store");
        // The same for as long as the session is, and another for everybody else.
        assert_eq!(element(&browser.get("/profile/codes").await, "totp-secret"), secret);
        let second = app.browser();
        second.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let other = element(&second.get("/profile/codes").await, "totp-secret");
        assert_ne!(other, secret);

        // Nothing is on before a right code of this session's secret.
        for (typed, sentence) in [
            ("", "確認コードを入力してください。"),
            ("12345", "6けたの数字"),
            ("000000", "確認コードが違います。"),
            (&*app_code(&other, app.clock.now()), "確認コードが違います。"),
            ("0000-0000-0000-0000", "アプリに表示されている6けたの数字"),
        ] {
            browser.post("/profile/codes", &[("code", typed)]).await.refuses(422).shows(sentence);
        }
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");

        let codes = turned_on(&app, &browser).await;
        assert_eq!(codes.secret, secret);
        browser.get("/profile/codes/new").await.leads_to("/profile/codes");
        browser.get("/profile/codes").await.shows("10個").hides(&secret).hides("totp-uri");
        browser.get("/profile").await.shows("設定しています（").hides(OFF);
        let told = app.newest_letter_to(WISH.email).await;
        assert!(told.text.contains("二段階認証（確認コード）の設定"), "{}", told.text);
        assert!(!told.text.contains(&secret) && !told.text.contains(&codes.recovery[0]));
        browser.get("/security").await.shows("二段階認証（確認コード）を設定しました");

        // From now on a right password alone is no sign-in.
        let next = at_the_code(&app).await;
        next.home().await.leads_to("/login");
        assert_eq!(next.cookie("__Host-session"), None);
        next.get("/login/code").await.shows("認証アプリに表示されている6けたの数字").shows("画面 L-2");
        give(&next, "").await.refuses(422).shows("確認コードを入力してください。");
        give(&next, "123").await.refuses(422).shows("予備コードは16文字");
        let full_width: String = codes.now(&app).chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect();
        give(&next, &format!(" {full_width}\u{3000}")).await.leads_to("/home");
        next.home().await.shows(GREETING);
        assert_eq!(next.cookie("__Host-code"), None);

        // And off again.
        next.get("/profile/codes/off").await.shows("二段階認証をやめますか");
        next.post("/profile/codes/off", &[]).await.leads_to("/profile/codes?told=off");
        next.get("/profile/codes?told=off").await.shows("二段階認証（確認コード）をやめました。");
        let told = app.newest_letter_to(WISH.email).await;
        assert!(told.text.contains("二段階認証（確認コード）の解除"), "{}", told.text);
        next.post("/profile/codes/off", &[]).await.leads_to("/profile/codes");
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let kept: i64 = ask!(&app.fresh.db, "select (select count(*) from one_time_code) + (select count(*) from recovery_code)");
        assert_eq!(kept, 0);
        let anew = element(&next.get("/profile/codes").await, "totp-secret");
        assert_ne!(anew, secret, "an old secret comes again");
    }
}

on_both! {
    async fn case_a_code_counts_once_and_one_step_off(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &browser).await;
        for too_far in [-2, 2] {
            give(&at_the_code(&app).await, &codes.off(&app, too_far)).await.refuses(422).shows(WRONG);
            app.clock.advance(HOUR);
        }
        for steps in [-1, 0, 1] {
            app.clock.advance(HOUR);
            give(&at_the_code(&app).await, &codes.off(&app, steps)).await.leads_to("/home");
        }
        // That was one of the step to come: it is taken no more, nor is one of this step.
        for steps in [1, 0, -1] {
            // No pause: the code itself is refused.
            forgiven(&app, 0).await;
            give(&at_the_code(&app).await, &codes.off(&app, steps)).await.refuses(422).shows(WRONG);
        }
        app.clock.advance(HOUR);
        let (first, second) = (at_the_code(&app).await, at_the_code(&app).await);
        let code = codes.now(&app);
        give(&first, &code).await.leads_to("/home");
        give(&second, &code).await.refuses(422);
    }
}

on_both! {
    /// What a clock four hours ahead has noted keeps nobody out when it is right again.
    async fn case_a_clock_that_was_ahead_ends_no_codes(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &browser).await;
        app.clock.advance(4 * HOUR);
        let ahead = at_the_code(&app).await;
        give(&ahead, &codes.now(&app)).await.leads_to("/home");
        let waits = at_the_code(&app).await;
        app.clock.set_back(4 * HOUR);
        waits.get("/login/code").await.leads_to("/login");
        app.clock.advance(MINUTE);
        let code = codes.now(&app);
        give(&at_the_code(&app).await, &code).await.leads_to("/home");
        give(&at_the_code(&app).await, &code).await.refuses(422);
    }
}

on_both! {
    async fn case_attack_of_a_hundred_posts_of_one_code_one_is_let_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &browser).await;
        for code in [codes.now(&app), codes.recovery[0].clone()] {
            // A pause would let in fewer; here the code itself has to.
            forgiven(&app, -1000).await;
            let waiting = at_the_code(&app).await;
            let browsers: Vec<Browser> = (0..100).map(|_| waiting.twin()).collect();
            let answers = join_all(browsers.iter().map(|browser| give(browser, &code))).await;
            let welcome = answers.iter().filter(|seen| seen.status == 303).count();
            assert_eq!(welcome, 1);
        }
    }
}

on_both! {
    async fn case_a_recovery_code_is_good_once_and_told(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &browser).await;
        let kept: i64 = ask!(&app.fresh.db, "select count(*) from recovery_code where length(code_hash) = 32");
        assert_eq!(kept, 10);
        let lost = at_the_code(&app).await;
        let typed = codes.recovery[3].to_lowercase().replace('-', " ");
        give(&lost, &typed).await.leads_to("/home");
        let told = app.newest_letter_to(WISH.email).await;
        assert_eq!(told.subject.split('】').next_back().unwrap().trim(), "予備コードが使われました");
        assert!(told.text.contains("9個") && !told.text.contains(&codes.recovery[3]), "{}", told.text);
        lost.get("/security").await.shows("予備コードを使ってログインしました");
        lost.get("/profile/codes").await.shows("9個");
        give(&at_the_code(&app).await, &codes.recovery[3]).await.refuses(422).shows(WRONG);
        app.clock.advance(HOUR);

        // New ones end the old ones.
        lost.get("/profile/codes/recovery").await.leads_to("/login");
        let browser = at_the_code(&app).await;
        give(&browser, &codes.recovery[4]).await.leads_to("/home");
        browser.post("/profile/codes/recovery", &[]).await.leads_to("/profile/codes/new");
        let new = recovery_codes(&browser).await;
        assert!(new.iter().all(|code| !codes.recovery.contains(code)));
        let told = app.newest_letter_to(WISH.email).await;
        assert!(told.text.contains("予備コードの作り直し"), "{}", told.text);
        give(&at_the_code(&app).await, &codes.recovery[5]).await.refuses(422);
        give(&at_the_code(&app).await, &new[5]).await.leads_to("/home");
        browser.get("/profile/codes").await.shows("9個");
    }
}

on_both! {
    async fn case_wrong_codes_are_tries_like_wrong_passwords(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let owner = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &owner).await;
        let thief = at_the_code(&app).await;
        for _ in 0..6 {
            give(&thief, "000000").await.refuses(422).shows(WRONG);
        }
        // A pause: the right one counts for nothing, and neither does the right password.
        give(&thief, &codes.now(&app)).await.refuses(422);
        app.browser().sign_in(WISH.login_id, WISH.password).await.refuses(422).shows(text::SIGN_IN_REFUSED);
        // The owner's own browser is known, and has a count of its own.
        owner.sign_out().await;
        owner.sign_in(WISH.login_id, WISH.password).await.leads_to("/login/code");
        give(&owner, &codes.now(&app)).await.leads_to("/home");
        owner.get("/security").await
            .shows("ログインの確認コードが違っていました（7回")
            .shows("確認コードの入力をお願いしました");
        let rows: i64 = ask!(&app.fresh.db, "select count(*) from audit where event in ('code_refused', 'code_asked')");
        assert_eq!(rows, 0, "they are counted, and not written down each time");
    }
}

on_both! {
    /// A right password counts for nothing until the code comes: it forgets no wrong code, and
    /// its own pause keeps nobody from giving the code.
    async fn case_attack_the_password_does_not_forgive_wrong_codes(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let owner = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &owner).await;
        let thief = at_the_code(&app).await;
        for _ in 0..2 {
            give(&thief, "000000").await.refuses(422);
            for _ in 0..5 {
                thief.sign_in(WISH.login_id, WISH.password).await.leads_to("/login/code");
            }
        }
        for _ in 0..12 {
            give(&thief, "000000").await.refuses(422);
            thief.sign_in(WISH.login_id, WISH.password).await.refuses(422);
            app.clock.advance(HOUR);
            thief.sign_in(WISH.login_id, WISH.password).await.leads_to("/login/code");
        }
        // The longest pause is over: whoever has both comes in from a browser like hers.
        give(&at_the_code(&app).await, &codes.now(&app)).await.leads_to("/home");
    }
}

on_both! {
    async fn case_the_code_belongs_to_its_browser_its_password_and_five_minutes(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let owner = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &owner).await;
        // Nobody else's browser.
        let stranger = app.browser();
        stranger.get("/login/code").await.leads_to("/login");
        give(&stranger, &codes.now(&app)).await.leads_to("/login");
        stranger.get("/login").await.shows(text::CODE_OVER);
        stranger.plant("__Host-code", "made-up");
        give(&stranger, &codes.now(&app)).await.leads_to("/login");
        // Five minutes.
        let late = at_the_code(&app).await;
        app.clock.advance(5 * MINUTE - INSTANT);
        late.get("/login/code").await.shows("確認コードの入力");
        app.clock.advance(INSTANT);
        late.get("/login/code").await.leads_to("/login");
        give(&late, &codes.now(&app)).await.leads_to("/login");
        late.home().await.leads_to("/login");
        // The password is another since.
        let before = at_the_code(&app).await;
        let profile = [
            ("login_id", WISH.login_id), ("nickname", WISH.nickname), ("current_password", WISH.password),
            ("password", NEW), ("password_confirmation", NEW),
        ];
        owner.post("/profile", &profile).await.leads_to("/profile?told=changed");
        owner.get("/profile?told=changed").await.shows("設定しています（");
        give(&before, &codes.now(&app)).await.leads_to("/login");
        // Codes are off since.
        let browser = app.browser();
        browser.sign_in(WISH.login_id, NEW).await.leads_to("/login/code");
        owner.post("/profile/codes/off", &[]).await.leads_to("/profile/codes?told=off");
        give(&browser, &codes.now(&app)).await.leads_to("/login");
        browser.sign_in(WISH.login_id, NEW).await.leads_to("/home");
    }
}

on_both! {
    /// What a sign-in brings about comes with the code, and nothing of it before.
    async fn case_the_sign_in_is_complete_with_the_code(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let owner = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &owner).await;
        let letters = app.letters_to(WISH.email).await.len();
        let before = app.written().await;
        let browser = app.browser().named("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0");
        browser.get("/expenses?year=2026").await.leads_to("/login");
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/login/code");
        let since = app.written().await.since(before);
        assert_eq!((since.sessions, since.links, since.letters), (0, 0, 0));
        assert_eq!(app.letters_to(WISH.email).await.len(), letters);
        give(&browser, &codes.now(&app)).await.leads_to("/expenses?year=2026");
        let told = app.newest_letter_to(WISH.email).await;
        assert!(told.subject.ends_with("新しい端末からのログイン"), "{}", told.subject);
        // The next sign-in in the same browser ends the session before it.
        let session = browser.cookie("__Host-session").unwrap();
        app.clock.advance(MINUTE);
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/login/code");
        browser.home().await.shows(GREETING);
        give(&browser, &codes.now(&app)).await.leads_to("/home");
        assert_eq!(app.letters_to(WISH.email).await.len(), letters + 1, "a known browser is told of");
        browser.plant("__Host-session", &session);
        browser.home().await.leads_to("/login");
    }
}

on_both! {
    async fn case_a_change_of_codes_shows_the_password_and_is_told_to_all_addresses(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        add_and_confirm(&app, &browser, "second@example.jp").await;
        let thief = browser.twin();
        app.clock.advance(11 * MINUTE);
        let page = browser.get("/profile/codes").await.shows("現在のパスワード");
        let secret = element(&page, "totp-secret");
        let code = app_code(&secret, app.clock.now());
        thief.post("/profile/codes", &[("code", &code)]).await.refuses(422).shows(text::PASSWORD_DUE);
        let wrong = [("code", &*code), ("current_password", "wrong1234")];
        thief.post("/profile/codes", &wrong).await.refuses(422).shows("現在のパスワードが違うか");
        let right = [("code", &*code), ("current_password", WISH.password)];
        browser.post("/profile/codes", &right).await.leads_to("/profile/codes/new");
        thief.home().await.leads_to("/login");
        let recovery = recovery_codes(&browser).await;
        app.clock.advance(11 * MINUTE);
        for path in ["/profile/codes/recovery", "/profile/codes/off"] {
            browser.get(path).await.shows("現在のパスワード");
            browser.post(path, &[]).await.refuses(422).shows(text::PASSWORD_DUE);
            browser.post(path, &[("current_password", "wrong1234")]).await.refuses(422);
        }
        give(&at_the_code(&app).await, &recovery[0]).await.leads_to("/home");
        browser.post("/profile/codes/off", &[("current_password", WISH.password)]).await.leads_to("/profile/codes?told=off");
        for address in [WISH.email, "second@example.jp"] {
            let letters = app.letters_to(address).await;
            let about = |what: &str| letters.iter().filter(|letter| letter.text.contains(what)).count();
            assert_eq!(about("二段階認証（確認コード）の設定"), 1, "{address}");
            assert_eq!(about("二段階認証（確認コード）の解除"), 1, "{address}");
            assert_eq!(about("予備コードが使われました"), 1, "{address}");
        }
        // Nobody who is not signed in comes near.
        for path in ["/profile/codes", "/profile/codes/new", "/profile/codes/off", "/profile/codes/recovery"] {
            app.browser().get(path).await.leads_to("/login");
        }
        for path in ["/profile/codes", "/profile/codes/off", "/profile/codes/recovery"] {
            app.browser().post(path, &[]).await.leads_to("/login");
        }
    }
}

on_both! {
    /// A stolen database has no secret, and a row of somebody else's opens nothing.
    async fn case_what_is_kept_of_codes_is_of_use_to_nobody(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &taro).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        let his = turned_on(&app, &jiro).await;
        let kept: Vec<u8> = ask!(&app.fresh.db, "select sealed_secret from one_time_code limit 1");
        assert_eq!(kept.len(), 12 + 20 + 16);
        // Jiro's secret in Taro's row: his app opens nothing of hers.
        tell!(
            &app.fresh.db,
            "update one_time_code set sealed_secret = (
                 select o.sealed_secret from one_time_code o join member m on m.id = o.holder_id
                 where m.login_id = $1)
             where holder_id = (select id from member where login_id = '123456Taro')",
            OTHER_WISH.login_id
        );
        let browser = at_the_code(&app).await;
        give(&browser, &his.now(&app)).await.refuses(422);
        // Recovery codes need no key, and are everybody's own.
        app.clock.advance(HOUR);
        let browser = at_the_code(&app).await;
        give(&browser, &his.recovery[0]).await.refuses(422);
        give(&browser, &codes.recovery[0]).await.leads_to("/home");
    }
}

on_both! {
    async fn case_a_reissue_leaves_codes_on_that_are_older_than_a_fortnight(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &browser).await;
        app.days_later(14 * 24 * HOUR).await;
        let letter = asked(&app, WISH.email).await;
        let browser = at_the_change(&app, &letter).await;
        browser.get("/reissue/password").await.shows("設定されている二段階認証").shows("設定しています（");
        change(&browser, NEW, "").await.leads_to("/reissue/done");
        browser.sign_in(WISH.login_id, NEW).await.leads_to("/login/code");
        give(&browser, &codes.now(&app)).await.leads_to("/home");

        // New recovery codes are as new as a new app.
        browser.post("/profile/codes/recovery", &[]).await.leads_to("/profile/codes/new");
        app.clock.advance(24 * HOUR);
        let letter = asked(&app, WISH.email).await;
        let browser = at_the_change(&app, &letter).await;
        change(&browser, WISH.password, "").await.leads_to("/reissue/done");
        let letters = app.letters_to(WISH.email).await;
        assert!(letters.iter().any(|letter| letter.text.contains("予備コードの取り消し")));
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/login/code");
        give(&browser, &codes.now(&app)).await.leads_to("/home");
        browser.get("/profile/codes").await.shows("0個");
    }
}

on_both! {
    async fn case_a_reissue_takes_away_what_was_added_within_a_fortnight(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let intruder = app.browser();
        intruder.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        turned_on(&app, &intruder).await;
        app.days_later(13 * 24 * HOUR).await;
        let letter = asked(&app, WISH.email).await;
        let owner = at_the_change(&app, &letter).await;
        change(&owner, NEW, "").await.leads_to("/reissue/done");
        owner.sign_in(WISH.login_id, NEW).await.leads_to("/home");
        owner.get("/profile").await.shows(OFF);
        owner.get("/security").await.shows("手続きに伴い、二段階認証を解除しました");
        let letters = app.letters_to(WISH.email).await;
        assert!(letters.iter().any(|letter| letter.text.contains("二段階認証（確認コード）の解除")));
    }
}

/// The link in the newest letter about a sign-in.
async fn report_path(app: &TestApp) -> String {
    let letters = app.letters_to(WISH.email).await;
    let letter = letters
        .iter()
        .rev()
        .find(|letter| letter.subject.ends_with("新しい端末からのログイン"));
    let mut links = letter
        .unwrap()
        .text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(PUBLIC));
    links
        .find(|path| path.starts_with("/security/report?token="))
        .unwrap()
        .to_owned()
}

on_both! {
    async fn case_that_was_not_me_takes_away_what_was_added_since(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.signed_in(TARO, &WISH).await;
        app.clock.advance(MINUTE);
        let intruder = app.browser();
        intruder.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let path = report_path(&app).await;
        turned_on(&app, &intruder).await;
        let owner = app.browser();
        owner.get(&path).await.leads_to("/security/report");
        owner.get("/security/report").await.shows("設定されている二段階認証").shows("設定しています（");
        owner.post("/security/report", &[]).await.leads_to("/reissue/sent");
        let kept: i64 = ask!(&app.fresh.db, "select (select count(*) from one_time_code) + (select count(*) from recovery_code)");
        assert_eq!(kept, 0);
        let letters = app.letters_to(WISH.email).await;
        assert!(letters.iter().any(|letter| letter.text.contains("二段階認証（確認コード）の解除")));
    }
}

on_both! {
    async fn case_that_was_not_me_leaves_what_was_there_before(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let owner = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &owner).await;
        let intruder = at_the_code(&app).await;
        give(&intruder, &codes.recovery[0]).await.leads_to("/home");
        let path = report_path(&app).await;
        intruder.post("/profile/codes/recovery", &[]).await.leads_to("/profile/codes/new");
        let his = recovery_codes(&intruder).await;
        owner.get(&path).await.leads_to("/security/report");
        owner.post("/security/report", &[]).await.leads_to("/reissue/sent");
        app.clock.advance(MINUTE);
        give(&at_the_code(&app).await, &his[0]).await.refuses(422);
        give(&at_the_code(&app).await, &codes.now(&app)).await.leads_to("/home");
    }
}

on_both! {
    /// App and paper are lost: the office's postcard opens the account, a day after all
    /// addresses were told.
    async fn case_a_new_postcard_takes_codes_away_a_day_after_it_was_told(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        add_and_confirm(&app, &browser, "second@example.jp").await;
        turned_on(&app, &browser).await;
        // At the command line it is still the hour at which the story began.
        let card = app.reissue(TARO).await;
        for address in [WISH.email, "second@example.jp"] {
            let told = app.newest_letter_to(address).await;
            assert!(told.subject.ends_with("新しいハガキの発行のお知らせ"), "{}", told.subject);
            assert!(told.text.contains("設定されている二段階認証やパスキーは解除されます"), "{}", told.text);
            assert!(!told.text.contains(&card.login_id) && !told.text.contains(&card.password));
        }
        let good_from = NOW.plus(24 * HOUR);
        app.clock.advance(Duration::from_millis((good_from.0 - app.clock.now().0 - 1).unsigned_abs()));
        let early = app.with_open_link("new@example.jp").await;
        early.enter_with_postcard(&card).await.refuses(422).shows("から使えます。");
        let wrong = early.enter_with(&card.login_id, "aaaabbbbcccc").await.refuses(422);
        wrong.hides("から使えます。");
        app.clock.advance(INSTANT);
        early.enter_with_postcard(&card).await.leads_to("/register/profile");
        // Only the registration itself takes anything away.
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/login/code");
        let wish = crate::test_app::Wish { email: "new@example.jp", password: NEW, ..WISH };
        early.complete(&wish).await.leads_to("/register/done");
        let again = app.browser();
        again.sign_in(WISH.login_id, NEW).await.leads_to("/home");
        again.get("/profile").await.shows(OFF);
    }
}

on_both! {
    async fn case_a_new_postcard_of_a_member_without_codes_is_good_at_once(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let card = app.reissue(TARO).await;
        let browser = app.with_open_link("new@example.jp").await;
        browser.enter_with_postcard(&card).await.leads_to("/register/profile");
    }
}

on_both! {
    async fn case_leaving_ends_codes_and_my_data_names_them_without_secrets(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &browser).await;
        give(&at_the_code(&app).await, &codes.recovery[0]).await.leads_to("/home");
        let files = crate::my_data::download(&browser).await.1;
        let json: serde_json::Value = serde_json::from_str(&files["my-data.json"]).unwrap();
        assert_eq!(json["one_time_code"][0]["設定日時"], "2026-11-22 10:00:00");
        assert_eq!(json["recovery_codes"].as_array().unwrap().len(), 10);
        let all = files.values().cloned().collect::<String>();
        assert!(!all.contains(&codes.secret) && !all.contains(&codes.recovery[1]));
        browser.post("/security/leave/confirm", &[("current_password", WISH.password)]).await.leads_to("/security/left");
        let kept: i64 = ask!(&app.fresh.db, "select (select count(*) from one_time_code) + (select count(*) from recovery_code)");
        assert_eq!(kept, 0);
    }
}

on_both! {
    /// Of a member with codes nobody learns from a wrong password that there are any.
    async fn case_a_failed_sign_in_is_the_same_with_codes(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        turned_on(&app, &browser).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let mut seen = Vec::new();
        for login_id in [WISH.login_id, OTHER_WISH.login_id, "9876543Abc"] {
            let before = app.written().await;
            let answer = app.browser().sign_in(login_id, "wrong1234").await.refuses(422);
            let length = answer.header("content-length").to_owned();
            let since = app.written().await.since(before);
            seen.push((since, answer.but_for(login_id).replace(&length, "(length)")));
        }
        assert!(seen.windows(2).all(|two| two[0] == two[1]), "{seen:#?}");
    }
}

on_both! {
    /// No other method and no foreign page.
    async fn case_attack_a_foreign_page_gives_no_code(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let codes = turned_on(&app, &browser).await;
        let waiting = at_the_code(&app).await;
        let request = waiting.request(Method::POST, "/login/code")
            .header("origin", "https://evil.example").header("sec-fetch-site", "cross-site")
            .form(&[("code", &codes.now(&app))]);
        waiting.send(request).await.refuses(403);
        waiting.home().await.leads_to("/login");
        let off = browser.request(Method::POST, "/profile/codes/off")
            .header("origin", "https://evil.example").header("sec-fetch-site", "cross-site").form(&[("x", "y")]);
        browser.send(off).await.refuses(403);
        browser.get("/profile").await.shows("設定しています（");
    }
}
