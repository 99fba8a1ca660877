//! プロフィール設定 over HTTP: login ID, nickname and password, and what a change of
//! them costs whoever is not the member. The addresses are in `own_addresses`.

use std::sync::Arc;

use domain::{
    forms::{Form, ProfileForm},
    ports::{Profile, ProfileChange},
    text,
    values::timestamp::Timestamp,
    visit::{Member, RequestOrigin},
};
use server::{
    base::hash::{Hasher, Pool},
    member::profile::ProfileService,
};
use store::session;
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    browser::{Browser, Seen},
    roster::NOW,
    test_app::{CHEAP, INSTANT, JIRO, MINUTE, OTHER_WISH, PUBLIC, TARO, TestApp, WISH, Wish},
};

const SESSION: &str = "__Host-session";
const NEW_ID: &str = "Taro2";
const NEW_PASSWORD: &str = "aki2026mori";
const DUE: &str = "現在のパスワードを入力してください。";
const WRONG: &str = "現在のパスワードが違うか、いまは確認できません。続けて間違えると、しばらくお手続きできません。";
const DONE: &str = "変更完了です！";

/// What stands in the form when 登録 is pressed.
#[derive(Clone, Copy)]
struct Filled<'a> {
    login_id: &'a str,
    nickname: &'a str,
    password: &'a str,
    again: &'a str,
    current: &'a str,
}

/// As the page shows it to Taro.
const AS_SHOWN: Filled<'_> = Filled {
    login_id: WISH.login_id,
    nickname: WISH.nickname,
    password: "",
    again: "",
    current: "",
};

async fn save(browser: &Browser, filled: Filled<'_>) -> Seen {
    let fields = [
        ("login_id", filled.login_id),
        ("nickname", filled.nickname),
        ("password", filled.password),
        ("password_confirmation", filled.again),
        ("current_password", filled.current),
    ];
    browser.post("/profile", &fields).await
}

/// Saved, and the page says so.
async fn saved(browser: &Browser, filled: Filled<'_>) -> Seen {
    save(browser, filled)
        .await
        .leads_to("/profile?told=changed");
    browser.get("/profile?told=changed").await.shows(DONE)
}

/// Taken, and the page says that it is all as it was.
async fn nothing_changed(browser: &Browser, filled: Filled<'_>) {
    save(browser, filled)
        .await
        .leads_to("/profile?told=changed");
    let page = browser.get("/profile?told=changed").await;
    page.hides(DONE).shows("変更した項目はありません。");
}

/// So many entries of that event.
async fn entries(app: &TestApp, event: &str) -> i64 {
    ask!(
        &app.fresh.db,
        "select (select count(*) from audit where event = $1)
              + (select cast(coalesce(sum(times), 0) as bigint) from refused_try where event = $1)",
        event
    )
}

/// A browser at パスワード変更(パスワード再発行).
async fn reissuing(app: &TestApp, address: &str) -> Browser {
    let browser = app.browser();
    browser
        .post("/reissue", &[("email", address)])
        .await
        .leads_to("/reissue/sent");
    let letter = app.newest_letter_to(address).await.text;
    let mut lines = letter.lines().map(str::trim);
    let link = lines.find_map(|line| line.strip_prefix(PUBLIC)).unwrap();
    let mut after = |name| {
        lines
            .find(|line| *line == name)
            .and_then(|_| lines.next())
            .unwrap()
    };
    let (login_id, password) = (after("ログインID"), after("仮パスワード"));
    browser.get(link).await.leads_to("/reissue/provisional");
    let pair = [("login_id", login_id), ("password", password)];
    browser
        .post("/reissue/provisional", &pair)
        .await
        .leads_to("/reissue/password");
    browser
}

on_both! {
    async fn a_member_chooses_another_id_password_and_nickname(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let page = browser.get("/profile").await.shows("プロフィール設定").shows("画面 P-1");
        page.shows("value=\"123456Taro\"").shows("value=\"たろう\"").hides("現在のパスワード").hides(DONE);
        let before = app.letters_to(WISH.email).await.len();
        let page = saved(&browser, Filled {
            login_id: NEW_ID, nickname: "たろ", password: NEW_PASSWORD, again: NEW_PASSWORD, ..AS_SHOWN
        }).await;
        page.shows("role=\"status\"").shows("value=\"Taro2\"").shows("value=\"たろ\"").hides(NEW_PASSWORD);

        let letters = app.letters_to(WISH.email).await;
        assert_eq!(letters.len(), before + 1);
        let letter = &letters[before];
        assert!(letter.subject.ends_with("登録内容の変更のお知らせ"), "{}", letter.subject);
        for part in ["2026年11月22日 10:00", "ログインID、パスワード", "https://portal.example.jp/reissue", "TEL:03-6219-8877"] {
            assert!(letter.text.contains(part), "{part}: {}", letter.text);
        }
        assert!(!letter.text.contains(NEW_PASSWORD) && !letter.text.contains(NEW_ID));
        for event in ["login_id_changed", "password_changed", "nickname_changed"] {
            assert_eq!(entries(&app, event).await, 1, "{event}");
        }

        app.browser().sign_in(WISH.login_id, WISH.password).await.refuses(422);
        app.browser().sign_in(NEW_ID, WISH.password).await.refuses(422);
        app.browser().sign_in(NEW_ID, NEW_PASSWORD).await.leads_to("/home");
    }
}

on_both! {
    async fn what_stays_as_it_was_is_told_to_nobody_but_the_member(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let (token, before) = (browser.cookie(SESSION), app.written().await);
        nothing_changed(&browser, AS_SHOWN).await;
        assert_eq!(app.written().await, before);
        assert_eq!(browser.cookie(SESSION), token);
        let hash = || async { ask!(&app.fresh.db, "select password_hash from member") };
        let stored: String = hash().await;
        nothing_changed(&browser, Filled { nickname: " たろう ", login_id: "123456Taro ", ..AS_SHOWN }).await;
        assert_eq!(app.written().await, before, "a space is no change");
        let kept: String = hash().await;
        assert_eq!(stored, kept);
    }
}

on_both! {
    async fn a_nickname_alone_asks_for_no_password_and_writes_no_letter(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let other = app.browser();
        other.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let letters = app.letters_to(WISH.email).await.len();
        app.clock.advance(10 * MINUTE);
        browser.get("/profile").await.shows("現在のパスワード");
        saved(&browser, Filled { nickname: "太郎", ..AS_SHOWN }).await.shows("value=\"太郎\"");
        assert_eq!(entries(&app, "nickname_changed").await, 1);
        assert_eq!(app.letters_to(WISH.email).await.len(), letters);
        other.home().await.shows("太郎さん、こんにちは");
        // But a password that was given is judged.
        let guess = Filled { nickname: "次郎", current: "wrong1234", ..AS_SHOWN };
        save(&browser, guess).await.refuses(422).shows(WRONG).hides("wrong1234");
        other.home().await.shows("太郎さん、こんにちは");
    }
}

on_both! {
    async fn a_new_password_of_a_refused_try_is_not_forgotten(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        app.clock.advance(11 * MINUTE);
        let wished = Filled { login_id: NEW_ID, password: NEW_PASSWORD, again: NEW_PASSWORD, ..AS_SHOWN };
        let page = save(&browser, wished).await.refuses(422);
        page.shows("<title>エラー：プロフィール設定｜").shows("<a href=\"#current_password\">現在のパスワード：現在のパスワードを入力してください。</a>")
            .shows("<a href=\"#password\">新しいパスワード：もう一度入力してください。変えないときは、この画面を開き直してください。</a>")
            .shows("name=\"password_wanted\" value=\"yes\"").hides(NEW_PASSWORD);

        // Only the field that was asked for is filled in.
        let again = |password: &'static str| {
            let fields = [
                ("login_id", NEW_ID), ("nickname", WISH.nickname), ("password", password),
                ("password_confirmation", password), ("current_password", WISH.password), ("password_wanted", "yes"),
            ];
            let browser = &browser;
            async move { browser.post("/profile", &fields).await }
        };
        let before = app.written().await;
        let page = again("").await.refuses(422);
        page.shows("新しいパスワード：もう一度入力してください。").shows("name=\"password_wanted\" value=\"yes\"").hides(DONE);
        assert_eq!(app.written().await, before);
        again(NEW_PASSWORD).await.leads_to("/profile?told=changed");
        let page = browser.get("/profile?told=changed").await;
        page.shows(DONE).shows("ログインID、パスワードを変更しました。").hides("password_wanted");
        app.browser().sign_in(NEW_ID, NEW_PASSWORD).await.leads_to("/home");

        // What was changed is named, and that nothing was.
        let shown = Filled { login_id: NEW_ID, ..AS_SHOWN };
        saved(&browser, Filled { nickname: "太郎", ..shown }).await.shows("ニックネームを変更しました。");
        nothing_changed(&browser, Filled { nickname: "太郎", ..shown }).await;
        // An address that somebody kept says no more than it knows.
        app.browser().get("/profile?told=changed").await.leads_to("/login");
    }
}

on_both! {
    async fn case_39_id_and_password_ask_for_the_present_one_after_ten_minutes(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        app.clock.advance(10 * MINUTE - INSTANT);
        // It takes a while to fill in, and the field is there when it will be needed.
        browser.get("/profile").await.shows("name=\"current_password\"");
        saved(&browser, Filled { login_id: NEW_ID, ..AS_SHOWN }).await;
        let shown = Filled { login_id: NEW_ID, ..AS_SHOWN };

        // The page was open when the time passed. An ID chosen without the password
        // has not put the time off.
        app.clock.advance(INSTANT);
        for wanted in [
            Filled { login_id: "Taro3", nickname: "太郎", ..shown },
            Filled { login_id: "Taro3", nickname: "太郎", password: NEW_PASSWORD, again: NEW_PASSWORD, ..shown },
            Filled { nickname: "太郎", password: NEW_PASSWORD, again: NEW_PASSWORD, ..shown },
        ] {
            let before = app.written().await;
            let page = save(&browser, wanted).await.refuses(422);
            page.shows(DUE).shows(text::PASSWORD_DUE).shows("name=\"current_password\"")
                .shows(&format!("value=\"{}\"", wanted.login_id)).shows("value=\"太郎\"")
                .hides(NEW_PASSWORD);
            assert_eq!(app.written().await, before, "not even a try was counted");
        }
        browser.get("/profile").await.shows("現在のパスワード").shows("value=\"Taro2\"");
        app.clock.advance(INSTANT);
        let page = saved(&browser, Filled {
            password: NEW_PASSWORD, again: NEW_PASSWORD, current: WISH.password, ..shown
        }).await;
        page.hides("現在のパスワード");

        // From now on ten minutes again.
        app.clock.advance(10 * MINUTE - INSTANT);
        saved(&browser, Filled { login_id: "Taro3", ..shown }).await;
        app.clock.advance(INSTANT);
        save(&browser, shown).await.refuses(422).shows(DUE);
        app.browser().sign_in("Taro3", NEW_PASSWORD).await.leads_to("/home");
    }
}

on_both! {
    async fn case_32_a_weighty_change_goes_on_under_another_token_and_ends_all_others(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let (thief, other) = (browser.twin(), app.browser());
        other.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let reissuing = reissuing(&app, WISH.email).await;
        let token = browser.cookie(SESSION);
        saved(&browser, Filled { login_id: NEW_ID, ..AS_SHOWN }).await;
        assert_ne!(browser.cookie(SESSION), token);
        thief.home().await.leads_to("/login");
        other.home().await.leads_to("/login");
        let late = [("password", "thief2026yo"), ("password_confirmation", "thief2026yo")];
        reissuing.post("/reissue/password", &late).await.refuses(403);
        browser.home().await.shows("たろうさん、こんにちは");

        // The password alone, given once more, is a rise too.
        let (thief, token) = (browser.twin(), browser.cookie(SESSION));
        let shown = Filled { login_id: NEW_ID, ..AS_SHOWN };
        nothing_changed(&browser, Filled { current: WISH.password, ..shown }).await;
        assert_ne!(browser.cookie(SESSION), token);
        thief.home().await.leads_to("/login");
        // The session's absolute end stays where it was.
        for _ in 0..12 * 3 - 1 {
            app.clock.advance(20 * MINUTE);
            browser.home().await.shows("たろうさん、こんにちは");
        }
        app.clock.advance(20 * MINUTE);
        browser.home().await.leads_to("/login");
    }
}

on_both! {
    async fn case_44_guessing_the_present_password_is_counted_for_the_session(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let wanted = Filled { login_id: NEW_ID, ..AS_SHOWN };
        for guess in ["wrong1234", "wrong12345", "wrong123456"] {
            let page = save(&browser, Filled { current: guess, ..wanted }).await.refuses(422);
            page.shows(WRONG).shows("value=\"Taro2\"").hides(guess);
        }
        let tries = async || -> i64 { ask!(&app.fresh.db, "select tries from session where kind = 'member'") };
        assert_eq!(tries().await, 3);
        assert_eq!(entries(&app, "password_refused").await, 3);
        // A pause for the right one too, here and at the other page.
        let right = Filled { current: WISH.password, ..wanted };
        save(&browser, right).await.refuses(422).shows(WRONG);
        browser.post("/profile/confirm-password", &[("current_password", WISH.password)]).await
            .refuses(422).shows(WRONG);
        app.clock.advance(1_000 * INSTANT);
        saved(&browser, right).await;
        assert_eq!(tries().await, 0);
        // More characters than any password has are not hashed, and no try.
        let long = "a1".repeat(65);
        save(&browser, Filled { nickname: "x", current: &long, ..wanted }).await.refuses(422).shows(WRONG);
        assert_eq!(entries(&app, "password_refused").await, 5);
    }
}

on_both! {
    async fn case_attack_6_a_stranger_who_holds_the_id_paused_stops_nobody_who_is_signed_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        app.clock.advance(11 * MINUTE);
        for _ in 0..40 {
            app.browser().sign_in(WISH.login_id, "wrong1234").await.refuses(422);
            app.clock.advance(MINUTE / 4);
        }
        app.browser().sign_in(WISH.login_id, WISH.password).await.refuses(422);
        let right = Filled { login_id: NEW_ID, current: WISH.password, ..AS_SHOWN };
        saved(&taro, right).await;
        // Whoever found the session open gets no further than at the door.
        app.clock.advance(11 * MINUTE);
        let now_shown = Filled { login_id: "Taro3", ..right };
        for _ in 0..3 {
            save(&taro, Filled { current: "wrong1234", ..now_shown }).await.refuses(422).shows(WRONG);
        }
        save(&taro, now_shown).await.refuses(422).shows(WRONG);
        app.clock.advance(1_000 * INSTANT);
        saved(&taro, now_shown).await;
    }
}

on_both! {
    /// Each answer tells whether somebody has an ID: counted for the account, whatever
    /// else becomes of the change and however often the member signs in.
    async fn case_who_lists_login_ids_on_the_profile_is_stopped(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let taken = Filled { login_id: OTHER_WISH.login_id, ..AS_SHOWN };
        for asked in 0..session::IDS_A_DAY {
            if asked == 10 {
                browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
            }
            save(&browser, taken).await.refuses(422).shows("このログインIDは使われています。");
        }
        for login_id in [OTHER_WISH.login_id, "free"] {
            save(&browser, Filled { login_id, ..AS_SHOWN }).await.refuses(422)
                .shows("今日はこれ以上確認できません。").hides("使われています。");
        }
        // Everything else can be changed, and tomorrow the ID too.
        save(&browser, Filled { nickname: "タロー", ..AS_SHOWN }).await.leads_to("/profile?told=changed");
        app.clock.advance(24 * 60 * MINUTE);
        let browser = app.browser();
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        save(&browser, Filled { login_id: NEW_ID, ..AS_SHOWN }).await.leads_to("/profile?told=changed");
    }
}

on_both! {
    async fn case_attack_18_what_was_asked_while_the_clock_was_ahead_uses_up_no_other_day(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(JIRO, &OTHER_WISH).await;
        app.registered(TARO, &WISH).await;
        let taken = Filled { login_id: OTHER_WISH.login_id, ..AS_SHOWN };
        app.clock.advance(48 * 60 * MINUTE);
        let ahead = app.browser();
        ahead.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        for _ in 0..session::IDS_A_DAY {
            save(&ahead, taken).await.refuses(422).shows("このログインIDは使われています。");
        }
        app.clock.set_back(48 * 60 * MINUTE);
        let today = app.browser();
        today.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        save(&today, taken).await.refuses(422).shows("このログインIDは使われています。");
    }
}

on_both! {
    async fn what_is_wrong_is_said_beside_its_field_and_nothing_is_changed(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let before = app.written().await;
        let new = Filled { password: NEW_PASSWORD, again: NEW_PASSWORD, ..AS_SHOWN };
        for (filled, sentence) in [
            (Filled { login_id: "", ..new }, "ログインIDを入力してください。"),
            (Filled { login_id: "SKE123456", ..new }, "7・8桁目は数字にできません"),
            (Filled { login_id: "654321jIRO", ..new }, "このログインIDは使われています。"),
            (Filled { nickname: "", ..new }, "ニックネームを入力してください。"),
            (Filled { again: "", ..new }, "確認のため、もう一度入力してください。"),
            (Filled { again: "other2026", ..new }, "上のパスワードと違います。"),
            (Filled { password: "password1", again: "password1", ..new }, "よく使われていて"),
            (
                Filled { login_id: "1234yama", password: "1234yama", again: "1234yama", ..new },
                "ログインIDと同じパスワードは使えません。",
            ),
        ] {
            let page = save(&browser, filled).await.refuses(422).shows(sentence);
            // A blank field would keep the old one: so it is said.
            page.shows(text::PASSWORD_AGAIN).hides(NEW_PASSWORD).shows("プロフィール設定");
        }
        // A confirmation of nothing.
        let page = save(&browser, Filled { password: "", ..new }).await.refuses(422);
        page.shows("上のパスワードと違います。").hides(text::PASSWORD_AGAIN);
        assert_eq!(app.written().await, before);
    }
}

on_both! {
    async fn a_new_id_is_never_the_password_that_stays(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let wish = Wish { password: "12yamakawa", ..WISH };
        let browser = app.signed_in(TARO, &wish).await;
        for login_id in ["12yamakawa", "12YamaKawa"] {
            let page = save(&browser, Filled { login_id, ..AS_SHOWN }).await.refuses(422);
            page.shows("ログインIDと同じパスワードは使えません。別のものにしてください。");
        }
        // With another password it is free.
        saved(&browser, Filled {
            login_id: "12yamakawa", password: NEW_PASSWORD, again: NEW_PASSWORD, ..AS_SHOWN
        }).await;
    }
}

on_both! {
    async fn case_47_a_nickname_is_shown_as_it_is_and_never_run(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let (long, huge) = ("あ".repeat(21), "a".repeat(10_000));
        for (nickname, sentence) in [
            ("太\u{202E}郎", "表示できない文字が入っています。"),
            ("太\u{200B}郎", "表示できない文字が入っています。"),
            (&*long, "20文字以内にしてください（今は21文字）。"),
            (&*huge, "20文字以内にしてください（今は10000文字）。"),
        ] {
            save(&browser, Filled { nickname, ..AS_SHOWN }).await.refuses(422).shows(sentence);
        }
        let nickname = "</script><b>&\"'太郎";
        save(&browser, Filled { nickname, login_id: "", ..AS_SHOWN }).await.refuses(422)
            .hides("</script><b>");
        saved(&browser, Filled { nickname, ..AS_SHOWN }).await.hides("</script><b>");
        let home = browser.home().await.hides("</script><b>");
        assert!(home.words().contains("&lt;/script&gt;&lt;b&gt;&amp;"), "{}", home.words());
    }
}

on_both! {
    /// Of a change and a reissue at the same moment one comes first and ends the other.
    async fn a_change_raced_by_a_reissue_is_one_or_the_other(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let reissuing = reissuing(&app, WISH.email).await;
        let chosen = [("password", "fuyu2026yuki"), ("password_confirmation", "fuyu2026yuki")];
        let wanted = Filled { password: NEW_PASSWORD, again: NEW_PASSWORD, ..AS_SHOWN };
        let (change, reissue) = tokio::join!(
            save(&browser, wanted),
            reissuing.post("/reissue/password", &chosen),
        );
        let changed = change.header("location") == "/profile?told=changed";
        let reissued = reissue.header("location") == "/reissue/done";
        assert!(changed != reissued, "{} {}", change.words(), reissue.words());
        let (holds, not) = if changed { (NEW_PASSWORD, "fuyu2026yuki") } else { ("fuyu2026yuki", NEW_PASSWORD) };
        app.browser().sign_in(WISH.login_id, not).await.refuses(422);
        app.browser().sign_in(WISH.login_id, holds).await.leads_to("/home");
        assert_eq!(browser.home().await.status == 200, changed, "the session of the one that lost goes on");
    }
}

on_both! {
    /// The session ends between the look at the cookie and the change.
    async fn a_session_that_ended_meanwhile_changes_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let session: Uuid = ask!(&app.fresh.db, "select id from session where kind = 'member'");
        let id: Uuid = ask!(&app.fresh.db, "select id from member");
        let person: Uuid = ask!(&app.fresh.db, "select person_id from member");
        let member = Member {
            id,
            person,
            session,
            login_id: WISH.login_id.to_owned(),
            nickname: WISH.nickname.to_owned(),
            password_given_at: NOW,
            previous_sign_in: None,
        };
        browser.sign_out().await.leads_to("/login");
        let before = app.written().await;
        let desk = ProfileService {
            db: app.server_db.clone(),
            hasher: Hasher::start(CHEAP, Pool::default()).unwrap(),
            wake_mail: Arc::new(Notify::new()),
        };
        let wanted = ProfileForm {
            login_id: NEW_ID.to_owned(),
            nickname: "太郎".to_owned(),
            password: NEW_PASSWORD.to_owned(),
            password_confirmation: NEW_PASSWORD.to_owned(),
            ..ProfileForm::default()
        };
        let origin = RequestOrigin::default();
        let change = desk.change(&member, wanted.check().unwrap(), &origin, Timestamp(NOW.0 + 1)).await;
        assert_eq!(change, Ok(ProfileChange::Over));
        assert_eq!(app.written().await, before);
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
    }
}

on_both! {
    async fn whoever_is_no_member_changes_nothing_here(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let nobody = app.browser();
        let provisional = app.with_postcard(TARO, WISH.email).await;
        for path in [
            "/profile",
            "/profile/confirm-password",
            "/profile/emails/add",
            "/profile/emails/again",
            "/profile/emails/remove",
            "/profile/emails/notices",
        ] {
            nobody.post(path, &[("login_id", "x"), ("address", "x")]).await.leads_to("/login");
            provisional.post(path, &[("login_id", "x"), ("address", "x")]).await.refuses(403)
                .shows(text::NOT_FOR_YOU);
        }
        nobody.get("/profile").await.leads_to("/login");
        nobody.get("/profile/confirm-password").await.leads_to("/login");
        let member = app.signed_in(JIRO, &OTHER_WISH).await;
        for path in ["add", "again", "remove", "notices"] {
            member.get(&format!("/profile/emails/{path}")).await.leads_to("/profile");
        }
        member.get("/profile?told=nonsense").await.shows("プロフィール設定").hides("role=\"status\"");
    }
}

on_both! {
    async fn a_password_manager_finds_the_form_and_the_id(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.browser().get("/.well-known/change-password").await.leads_to("/profile");
        let probe = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200";
        assert_eq!(app.browser().get(probe).await.status, 404);
        let browser = app.signed_in(TARO, &WISH).await;
        browser.get("/profile").await.shows("autocomplete=\"username\"").shows("autocomplete=\"new-password\"");
        let reissuing = reissuing(&app, WISH.email).await;
        let page = reissuing.get("/reissue/password").await;
        let page = page.shows("value=\"123456Taro\" readonly autocomplete=\"username\"").shows("autocomplete=\"new-password\"");
        assert_eq!(page.body.matches("autocomplete=\"username\"").count(), 1);
        app.clock.advance(11 * MINUTE);
        for path in ["/my-data", "/profile/confirm-password", "/security/leave/confirm"] {
            browser.get(path).await.shows("value=\"123456Taro\" readonly autocomplete=\"username\"");
        }
    }
}
