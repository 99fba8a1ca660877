//! パスワード再発行 over HTTP: from the forgotten password to a new one, and what
//! must not work on the way. Cases 1 to 7 once more (19), and 20 to 24.

use domain::{ports::StoredLetter, text};
use futures::future::join_all;
use reqwest::Method;
use store::session;

use crate::{
    browser::{Browser, Seen},
    roster::NOW,
    test_app::{
        HANAKO, HOUR, INSTANT, JIRO, MINUTE, OTHER_WISH, PUBLIC, SABURO, TARO, TestApp, WISH, Wish,
    },
};

const NEW: &str = "haru2027sakura";
/// As long as Taro's, and nobody's.
const NOBODY: &str = "nana@example.jp";

/// What a reissue's letter bears.
pub(crate) struct Bears {
    pub(crate) path: String,
    login_id: String,
    password: String,
}

pub(crate) fn read(letter: &StoredLetter) -> Bears {
    let mut links = letter
        .text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(PUBLIC));
    Bears {
        path: links
            .find(|path| path.starts_with("/reissue/verify?token="))
            .unwrap_or_else(|| panic!("no link of ours in: {}", letter.text))
            .to_owned(),
        login_id: read_value(letter, "ログインID"),
        password: read_value(letter, "仮パスワード"),
    }
}

/// The line below the one that names it.
fn read_value(letter: &StoredLetter, name: &str) -> String {
    let mut lines = letter.text.lines().skip_while(|line| *line != name);
    let value = lines.nth(1);
    value
        .unwrap_or_else(|| panic!("no {name} in: {}", letter.text))
        .to_owned()
}

async fn ask(browser: &Browser, address: &str) -> Seen {
    browser.post("/reissue", &[("email", address)]).await
}

/// Asks, and reads the letter.
pub(crate) async fn asked(app: &TestApp, address: &str) -> Bears {
    ask(&app.browser(), address).await.leads_to("/reissue/sent");
    read(&app.newest_letter_to(address).await)
}

pub(crate) async fn open(browser: &Browser, letter: &Bears) -> Seen {
    browser
        .get(&letter.path)
        .await
        .leads_to("/reissue/provisional");
    browser.get("/reissue/provisional").await
}

async fn enter(browser: &Browser, login_id: &str, password: &str) -> Seen {
    let fields = [("login_id", login_id), ("password", password)];
    browser.post("/reissue/provisional", &fields).await
}

pub(crate) async fn change(browser: &Browser, password: &str, login_id: &str) -> Seen {
    let fields = [
        ("password", password),
        ("password_confirmation", password),
        ("login_id", login_id),
    ];
    browser.post("/reissue/password", &fields).await
}

/// A browser at パスワード変更.
pub(crate) async fn at_the_change(app: &TestApp, letter: &Bears) -> Browser {
    let browser = app.browser();
    open(&browser, letter).await.shows("仮パスワード");
    enter(&browser, &letter.login_id, &letter.password)
        .await
        .leads_to("/reissue/password");
    browser
}

on_both! {
    async fn case_a_reissue_ends_the_session_that_the_browser_had_and_says_whose_it_is(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let copy = taro.twin();
        let letter = asked(&app, OTHER_WISH.email).await;
        open(&taro, &letter).await;
        taro.get("/reissue/provisional").await.shows("いま「たろう」さんがログイン中です。");
        enter(&taro, &letter.login_id, "aaaa-aaaa-aaa2").await.refuses(422);
        copy.home().await.shows("たろうさん");
        enter(&taro, &letter.login_id, &letter.password).await.leads_to("/reissue/password");
        copy.home().await.leads_to("/login");
    }
}

on_both! {
    async fn case_who_lists_login_ids_in_a_reissue_is_stopped(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(JIRO, &OTHER_WISH).await;
        app.registered(TARO, &WISH).await;
        let letter = asked(&app, WISH.email).await;
        let browser = app.browser();
        open(&browser, &letter).await;
        enter(&browser, &letter.login_id, &letter.password).await.leads_to("/reissue/password");
        for _ in 0..session::IDS_A_DAY {
            change(&browser, NEW, OTHER_WISH.login_id).await.refuses(422).shows("使われています。");
        }
        change(&browser, NEW, OTHER_WISH.login_id).await.refuses(422)
            .shows("今日はこれ以上確認できません。").hides("使われています。");
        change(&browser, NEW, "").await.leads_to("/reissue/done");
    }
}

on_both! {
    /// A stranger has used up what an address may ask for. Whoever has the mailbox comes in
    /// with the last letter, and gets another where that one has been used; the stranger
    /// sees the same as of an address that nobody has.
    async fn case_six_letters_of_a_stranger_leave_the_owner_a_way_on(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let (of_taro, of_nobody) = (app.browser(), app.browser());
        for _ in 0..6 {
            ask(&of_taro, WISH.email).await.leads_to("/reissue/sent");
            ask(&of_nobody, NOBODY).await.leads_to("/reissue/sent");
            app.post_is_out().await;
            app.clock.advance(21 * MINUTE);
        }
        let asked = async || -> i64 {
            ask!(&app.fresh.db, "select count(*) from letter where kind = 'reissue'")
        };
        let seen = async |browser: &Browser, address: &str| {
            let answer = ask(browser, address).await.leads_to("/reissue/sent").but_for(address);
            app.post_is_out().await;
            let page = browser.get("/reissue/sent").await.shows("先にお送りしたメールをご確認ください");
            (answer, page.but_for(address))
        };
        assert_eq!(seen(&of_taro, WISH.email).await, seen(&of_nobody, NOBODY).await);
        assert_eq!(asked().await, 6, "the last one works");

        for (password, sent) in [(NEW, 7), ("aki2027momiji", 8)] {
            let letter = app.letters_to(WISH.email).await.into_iter()
                .rfind(|letter| letter.subject.ends_with("パスワード再発行のご案内"));
            let browser = at_the_change(&app, &read(&letter.unwrap())).await;
            change(&browser, password, "").await.leads_to("/reissue/done");
            assert_eq!(seen(&of_taro, WISH.email).await, seen(&of_nobody, NOBODY).await);
            assert_eq!(asked().await, sent, "the last one was used");
            assert_eq!(seen(&of_taro, WISH.email).await, seen(&of_nobody, NOBODY).await);
            assert_eq!(asked().await, sent, "this one works");
        }
    }
}

on_both! {
    async fn from_the_forgotten_password_to_a_new_one(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let browser = app.browser();
        browser.get("/login").await.shows("href=\"/reissue\"").shows("href=\"/reissue/sent\"");
        browser.get("/reissue").await.shows("メールアドレスを入力し、送信してください。");
        ask(&browser, "taro@EXAMPLE.jp").await.leads_to("/reissue/sent");
        browser.get("/reissue/sent").await.shows("taro@EXAMPLE.jp").shows("今日 13:00");
        browser.get("/register/sent").await.leads_to("/register");

        let letter = app.newest_letter_to("taro@EXAMPLE.jp").await;
        assert_eq!(letter.subject, "【AB健康マイポータル】パスワード再発行のご案内");
        let bears = read(&letter);
        assert_eq!(bears.login_id, "123456Taro");
        // On another device; and what is copied from a letter is forgiven a lot.
        let elsewhere = app.browser();
        open(&elsewhere, &bears).await
            .shows("メールでお知らせしたログインIDと仮パスワードでログインしてください。")
            .shows("今日 13:00");
        let typed = bears.password.to_uppercase().replace('-', "　");
        enter(&elsewhere, " １２３４５６taro", &typed).await.leads_to("/reissue/password");
        elsewhere.get("/reissue/password").await
            .shows("新しいパスワードに変更してください。").shows("123456Taro");
        change(&elsewhere, NEW, "").await.leads_to("/reissue/done");
        elsewhere.get("/reissue/done").await.shows("変更完了です！").hides(NEW);
        // Back and again: the same, and still no sign-in.
        elsewhere.get("/reissue/password").await.leads_to("/reissue/done");
        change(&elsewhere, NEW, "").await.leads_to("/reissue/done");
        elsewhere.home().await.leads_to("/login");

        elsewhere.sign_in(WISH.login_id, WISH.password).await.refuses(422);
        elsewhere.sign_in(WISH.login_id, NEW).await.leads_to("/home");
        elsewhere.home().await.shows("たろうさん、こんにちは");
    }
}

on_both! {
    async fn a_new_login_id_is_chosen_with_the_new_password_if_one_is_wanted(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let browser = at_the_change(&app, &asked(&app, WISH.email).await).await;
        change(&browser, NEW, "SKE123456").await.refuses(422).shows("7・8桁目は数字にできません");
        change(&browser, NEW, "654321jIRO").await.refuses(422)
            .shows("このログインIDは使われています。別のIDを入力してください。")
            .shows("value=\"654321jIRO\"").hides(NEW);
        change(&browser, "tarohappy7", "taroHAPPY7").await.refuses(422);
        change(&browser, NEW, "tarohappy").await.leads_to("/reissue/done");
        app.browser().sign_in(WISH.login_id, NEW).await.refuses(422);
        app.browser().sign_in("tarohappy", NEW).await.leads_to("/home");
        let told = app.newest_letter_to(WISH.email).await;
        assert_eq!(read_value(&told, "変更内容"), "ログインID、パスワード");
        // The old ID is free again, for himself or for anybody.
        let saburo = Wish { login_id: WISH.login_id, email: "saburo@example.jp", ..OTHER_WISH };
        app.registered(SABURO, &saburo).await;
    }
}

on_both! {
    async fn what_cannot_be_the_new_password_is_refused_beside_its_field(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        // One in forty has no digit, and would be refused for that.
        let mut letter = asked(&app, WISH.email).await;
        while !letter.password.contains(|c: char| c.is_ascii_digit()) {
            app.clock.advance(HOUR);
            letter = asked(&app, WISH.email).await;
        }
        let browser = at_the_change(&app, &letter).await;
        let bare = letter.password.replace('-', "");
        for (password, sentence) in [
            ("", "パスワードを入力してください。"),
            ("KENPO123", "大文字は使えません。小文字で入力してください。"),
            ("password1", "よく使われていて推測されやすいパスワードです。別のものにしてください。"),
            ("123456taro", "ログインIDと同じパスワードは使えません。別のものにしてください。"),
            (&bare, "仮パスワードと同じものは使えません。別のものにしてください。"),
        ] {
            change(&browser, password, "").await.refuses(422).shows(sentence);
        }
        let fields = [("password", NEW), ("password_confirmation", "other1234"), ("login_id", "")];
        browser.post("/reissue/password", &fields).await.refuses(422)
            .shows("上のパスワードと違います。もう一度入力してください。");
        change(&browser, NEW, "").await.leads_to("/reissue/done");
    }
}

on_both! {
    /// GEN: the same answer and the same rows; the mailbox's owner learns the truth.
    async fn case_19_01_whether_an_address_is_known_shows_nowhere(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(JIRO, &OTHER_WISH).await;
        tell!(
            &app.fresh.db,
            "update member set disabled_at = $1 where login_id = '654321Jiro'", NOW.0
        );
        app.post_is_out().await;
        let mut seen = Vec::new();
        for (why, address) in [
            ("known", WISH.email),
            ("unknown", "hana@example.jp"),
            ("disabled", OTHER_WISH.email),
        ] {
            let before = app.written().await;
            let browser = app.browser();
            let answer = ask(&browser, address).await.leads_to("/reissue/sent");
            let written = app.written().await.since(before);
            app.post_is_out().await;
            let sent = browser.get("/reissue/sent").await.but_for(address);
            seen.push((why, written, answer.but_for(address), sent));
        }
        for (why, written, answer, sent) in &seen {
            assert_eq!(written, &seen[0].1, "{why}");
            // A cookie of an address one letter longer is longer.
            let same_length = |text: &str| text.lines().filter(|line| !line.starts_with("set-cookie") && !line.starts_with("content-length")).collect::<Vec<_>>().join("\n");
            assert_eq!(same_length(answer), same_length(&seen[0].2), "{why}");
            assert_eq!(same_length(sent), same_length(&seen[0].3), "{why}");
        }
        for address in ["hana@example.jp", OTHER_WISH.email] {
            let letter = app.newest_letter_to(address).await;
            assert!(letter.subject.ends_with("登録が見つかりませんでした"), "{}", letter.subject);
            assert!(letter.text.contains("このアドレスの登録は見つかりませんでした"), "{}", letter.text);
            assert!(!letter.text.contains("token="), "{}", letter.text);
        }
    }
}

on_both! {
    async fn a_mailbox_learns_once_an_hour_that_it_is_unknown(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        for _ in 0..3 {
            ask(&app.browser(), "hana@example.jp").await.leads_to("/reissue/sent");
            app.clock.advance(2 * MINUTE);
        }
        assert_eq!(app.letters_to("hana@example.jp").await.len(), 1);
        app.clock.advance(HOUR);
        ask(&app.browser(), "hana@example.jp").await.leads_to("/reissue/sent");
        assert_eq!(app.letters_to("hana@example.jp").await.len(), 2);
    }
}

on_both! {
    async fn case_19_02_the_letter_s_link_keeps_our_own_origin(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let browser = app.browser();
        let request = browser.request(Method::POST, "/reissue")
            .header("origin", PUBLIC)
            .header("host", "evil.example")
            .header("x-forwarded-host", "evil.example")
            .header("forwarded", "host=evil.example")
            .form(&[("email", WISH.email)]);
        browser.send(request).await.leads_to("/reissue/sent");
        let letter = app.newest_letter_to(WISH.email).await;
        assert!(!letter.text.contains("evil"), "{}", letter.text);
        read(&letter);
    }
}

on_both! {
    async fn case_19_04_a_reissue_works_until_three_hours(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let letter = asked(&app, WISH.email).await;
        let slow = at_the_change(&app, &letter).await;
        app.clock.advance(3 * HOUR - INSTANT);
        let in_time = at_the_change(&app, &letter).await;
        in_time.get("/reissue/password").await.shows("新しいパスワードに変更してください。");

        app.clock.advance(INSTANT);
        let late = app.browser();
        open(&late, &letter).await.refuses(403).shows(text::LINK_REFUSED).shows("href=\"/reissue\"");
        enter(&late, &letter.login_id, &letter.password).await.refuses(403).shows(text::LINK_REFUSED);
        for browser in [&slow, &in_time] {
            change(browser, NEW, "").await.refuses(403).shows(text::SESSION_OVER);
        }
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
    }
}

on_both! {
    async fn case_19_05_ten_looks_by_a_mail_scanner_change_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let letter = asked(&app, WISH.email).await;
        let before = app.written().await;
        let scanner = app.browser();
        for method in [Method::GET, Method::HEAD] {
            for _ in 0..10 {
                let seen = scanner.send(scanner.request(method.clone(), &letter.path)).await;
                let seen = seen.leads_to("/reissue/provisional");
                assert!(!seen.header("location").contains("token"));
            }
        }
        assert_eq!(app.written().await, before);
        change(&at_the_change(&app, &letter).await, NEW, "").await.leads_to("/reissue/done");
    }
}

on_both! {
    async fn case_19_06_64_changes_at_once_are_one_change(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let browser = at_the_change(&app, &asked(&app, WISH.email).await).await;
        let all = (0..64).map(|_| change(&browser, NEW, ""));
        for answer in join_all(all).await {
            answer.leads_to("/reissue/done");
        }
        let changed: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'reissued'");
        assert_eq!(changed, 1);
        let letters = app.letters_to(WISH.email).await;
        let told = letters.iter().filter(|letter| letter.subject.ends_with("登録内容の変更のお知らせ"));
        assert_eq!(told.count(), 1);
    }
}

on_both! {
    async fn case_19_07_every_link_that_cannot_be_used_gets_one_page(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let letter = asked(&app, WISH.email).await;
        app.browser().post_email("new@example.jp").await;
        let registration = crate::browser::path_in(&app.newest_letter_to("new@example.jp").await)
            .replace("/register/", "/reissue/");
        let flipped = match letter.path.strip_suffix('A') {
            Some(rest) => format!("{rest}B"),
            None => format!("{}A", &letter.path[..letter.path.len() - 1]),
        };
        let mut pages = Vec::new();
        for path in [&registration, &flipped, &letter.path[..letter.path.len() - 1], "/reissue/verify?token=", "/reissue/verify"] {
            let browser = app.browser();
            browser.get(path).await.leads_to("/reissue/provisional");
            let seen = browser.get("/reissue/provisional").await.refuses(403).shows(text::LINK_REFUSED);
            pages.push(seen.words());
            enter(&browser, &letter.login_id, &letter.password).await
                .refuses(403).shows(text::LINK_REFUSED);
        }
        pages.dedup();
        assert_eq!(pages.len(), 1, "{pages:#?}");
        // A reissue's link opens no registration.
        let browser = app.browser();
        browser.get(&letter.path.replace("/reissue/", "/register/")).await;
        browser.get("/register/provisional").await.refuses(403).shows(text::LINK_REFUSED);
    }
}

on_both! {
    async fn case_20_asking_neither_changes_nor_locks_the_present_password(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        for _ in 0..6 {
            ask(&app.browser(), WISH.email).await.leads_to("/reissue/sent");
            app.clock.advance(20 * MINUTE);
            browser.home().await.shows("たろうさん、こんにちは");
        }
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
    }
}

on_both! {
    async fn a_second_request_leaves_the_first_letter_as_it_is(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let first = asked(&app, WISH.email).await;
        // Within the minute: no new letter, and the page says so.
        let browser = app.browser();
        ask(&browser, WISH.email).await.leads_to("/reissue/sent");
        let letters = app.letters_to(WISH.email).await.len();
        app.clock.advance(MINUTE);
        browser.get("/reissue/sent").await.shows("パスワード再発行のメールを送信しました");
        ask(&browser, WISH.email).await.leads_to("/reissue/sent");
        app.clock.advance(INSTANT);
        ask(&browser, WISH.email).await.leads_to("/reissue/sent");
        browser.get("/reissue/sent").await.shows("先にお送りしたメールをご確認ください");
        assert_eq!(app.letters_to(WISH.email).await.len(), letters + 1);
        let second = read(&app.newest_letter_to(WISH.email).await);
        assert_ne!(first.password, second.password);

        // Each letter's password belongs to its own link.
        let mixed = app.browser();
        open(&mixed, &first).await;
        enter(&mixed, &second.login_id, &second.password).await
            .refuses(422).shows(text::LETTER_REFUSED);
        at_the_change(&app, &second).await;
        let done = at_the_change(&app, &first).await;
        change(&done, NEW, "").await.leads_to("/reissue/done");
        open(&app.browser(), &second).await.refuses(403);
    }
}

on_both! {
    async fn case_21_half_of_the_letter_opens_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let letter = asked(&app, WISH.email).await;
        // The link alone.
        let browser = app.browser();
        open(&browser, &letter).await;
        browser.get("/reissue/password").await.refuses(403).shows(text::SESSION_OVER);
        change(&browser, NEW, "").await.refuses(403).shows(text::SESSION_OVER);
        for (login_id, password) in [
            (WISH.login_id, WISH.password),
            (WISH.login_id, "abcd-efgh-jkmn"),
            ("nobody", &letter.password),
        ] {
            enter(&browser, login_id, password).await.refuses(422).shows(text::LETTER_REFUSED);
        }
        // The pair alone, without the link and at the ordinary sign-in.
        enter(&app.browser(), &letter.login_id, &letter.password).await.refuses(403);
        let without_hyphens = letter.password.replace('-', "");
        app.browser().sign_in(&letter.login_id, &without_hyphens).await
            .refuses(422).shows(text::SIGN_IN_REFUSED);
        // As it is printed it can be nobody's password: that is said, and no try is counted.
        let before = app.written().await;
        app.browser().sign_in(&letter.login_id, &letter.password).await
            .refuses(422).shows(text::PROVISIONAL_AT_SIGN_IN);
        app.browser().sign_in(&letter.login_id, "haru2026sora ").await
            .refuses(422).shows("空白が入っています。");
        assert_eq!(app.written().await, before);
        enter(&browser, &letter.login_id, &letter.password).await.leads_to("/reissue/password");
    }
}

on_both! {
    async fn case_22_ten_wrong_pairs_end_the_reissue_and_touch_no_account(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let signed_in = app.signed_in(TARO, &WISH).await;
        let letter = asked(&app, WISH.email).await;
        let browser = app.browser();
        open(&browser, &letter).await;
        for _ in 0..9 {
            enter(&browser, &letter.login_id, "abcd-efgh-jkmn").await.refuses(422);
        }
        // The tenth ends it; the right pair comes too late.
        enter(&browser, &letter.login_id, "abcd-efgh-jkmn").await.refuses(403).shows(text::LINK_REFUSED);
        enter(&browser, &letter.login_id, &letter.password).await.refuses(403).shows(text::LINK_REFUSED);
        signed_in.home().await.shows("たろうさん、こんにちは");
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        app.clock.advance(2 * MINUTE);
        let again = asked(&app, WISH.email).await;
        change(&at_the_change(&app, &again).await, NEW, "").await.leads_to("/reissue/done");
    }
}

on_both! {
    async fn of_100_guesses_at_once_ten_are_judged(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let letter = asked(&app, WISH.email).await;
        let browser = app.browser();
        open(&browser, &letter).await;
        let guesses = (0..100).map(|_| enter(&browser, &letter.login_id, "abcd-efgh-jkmn"));
        join_all(guesses).await;
        let tries: i64 = ask!(&app.fresh.db, "select max(wrong_tries) from link where purpose = 'reissue'");
        assert_eq!(tries, 10);
        enter(&browser, &letter.login_id, &letter.password).await.refuses(403);
    }
}

on_both! {
    async fn case_23_completion_ends_every_session(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let phone = app.signed_in(TARO, &WISH).await;
        let other = app.signed_in(JIRO, &OTHER_WISH).await;
        // A second address that waits, another reissue that was begun.
        let member: uuid::Uuid = ask!(&app.fresh.db, "select id from member where login_id = '123456Taro'");
        tell!(
            &app.fresh.db,
            "insert into email (id, member_id, address, address_key, added_at)
             values ($1, $2, 'wait@example.jp', 'wait@example.jp', 0)",
            uuid::Uuid::now_v7(), member
        );
        tell!(
            &app.fresh.db,
            "insert into email (id, member_id, address, address_key, added_at, confirmed_at)
             values ($1, $2, 'second@example.jp', 'second@example.jp', 0, 0)",
            uuid::Uuid::now_v7(), member
        );
        let first = asked(&app, WISH.email).await;
        let begun = at_the_change(&app, &first).await;
        let second = asked(&app, "second@example.jp").await;
        let browser = at_the_change(&app, &second).await;
        change(&browser, NEW, "").await.leads_to("/reissue/done");

        phone.home().await.leads_to("/login");
        browser.home().await.leads_to("/login");
        other.home().await.shows("じろうさん、こんにちは");
        change(&begun, "another2028", "").await.refuses(403).shows(text::LINK_TAKEN_BACK);
        open(&app.browser(), &first).await.refuses(403).shows(text::LINK_TAKEN_BACK);
        open(&app.browser(), &second).await.refuses(403).shows(text::LINK_REFUSED);
        let waiting: i64 = ask!(&app.fresh.db, "select count(*) from email where confirmed_at is null");
        assert_eq!(waiting, 0);
        for address in [WISH.email, "second@example.jp"] {
            let told = app.newest_letter_to(address).await;
            assert!(told.subject.ends_with("登録内容の変更のお知らせ"), "{address}: {}", told.subject);
            assert_eq!(read_value(&told, "変更内容"), "パスワード");
            assert!(!told.text.contains(NEW));
        }
        assert!(app.letters_to("wait@example.jp").await.is_empty());
        app.browser().sign_in(WISH.login_id, NEW).await.leads_to("/home");
    }
}

on_both! {
    async fn case_24_an_address_that_waits_receives_no_reissue(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(TARO, WISH.email).await;
        let wish = Wish { email: "second@example.jp", ..WISH };
        browser.complete(&wish).await.leads_to("/register/done");
        ask(&app.browser(), "second@example.jp").await.leads_to("/reissue/sent");
        let letter = app.newest_letter_to("second@example.jp").await;
        assert!(letter.subject.ends_with("登録が見つかりませんでした"), "{}", letter.subject);
    }
}

on_both! {
    /// A pause that a guesser has caused is over for whoever proved the mailbox.
    async fn after_a_reissue_the_member_signs_in_at_once(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        for _ in 0..20 {
            app.browser().sign_in(WISH.login_id, "wrong1234").await.refuses(422);
        }
        let browser = at_the_change(&app, &asked(&app, WISH.email).await).await;
        change(&browser, NEW, "").await.leads_to("/reissue/done");
        app.browser().sign_in(WISH.login_id, NEW).await.leads_to("/home");
    }
}

on_both! {
    /// Case 18 for the reissue's session: it is good for the change and nothing else.
    async fn case_18_the_reissue_s_session_calls_no_other_function(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let browser = at_the_change(&app, &asked(&app, WISH.email).await).await;
        browser.home().await.leads_to("/login");
        browser.sign_out().await.refuses(403);
        browser.post("/my-data.zip", &[]).await.refuses(403);
        browser.complete(&OTHER_WISH).await.refuses(403);
        let before = app.written().await;
        browser.get("/register/profile").await.refuses(403);
        assert_eq!(app.written().await, before);
    }
}

on_both! {
    /// An account that the office closes meanwhile gets no new password.
    async fn a_disabled_member_gets_no_further(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(HANAKO, &WISH).await;
        let letter = asked(&app, WISH.email).await;
        let browser = at_the_change(&app, &letter).await;
        tell!(&app.fresh.db, "update member set disabled_at = $1", NOW.0);
        change(&browser, NEW, "").await.refuses(403);
        let again = app.browser();
        open(&again, &letter).await;
        let before = app.written().await;
        enter(&again, &letter.login_id, &letter.password).await
            .refuses(422).shows(text::LETTER_REFUSED);
        assert_eq!(app.written().await.since(before).sessions, 0);
    }
}

on_both! {
    /// The old mailbox may be somebody else's by now.
    async fn a_postcard_ends_what_the_old_mailbox_has_begun(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let first = asked(&app, WISH.email).await;
        let begun = at_the_change(&app, &first).await;
        app.clock.advance(2 * MINUTE);
        let second = asked(&app, WISH.email).await;

        let card = app.reissue(TARO).await;
        let browser = app.with_open_link("new@example.jp").await;
        browser.enter_with_postcard(&card).await.leads_to("/register/profile");
        let wish = Wish { email: "new@example.jp", password: NEW, ..WISH };
        browser.complete(&wish).await.leads_to("/register/done");

        begun.get("/reissue/password").await.refuses(403).shows(text::LINK_TAKEN_BACK);
        change(&begun, "another2028", "").await.refuses(403).shows(text::LINK_TAKEN_BACK);
        for letter in [&first, &second] {
            let old = app.browser();
            open(&old, letter).await.refuses(403).shows(text::LINK_TAKEN_BACK);
            enter(&old, &letter.login_id, &letter.password).await.refuses(403);
        }
        app.browser().sign_in(WISH.login_id, NEW).await.leads_to("/home");
    }
}

on_both! {
    /// A letter that was asked for a moment before its address was taken away.
    async fn a_reissue_opens_nothing_once_its_address_is_not_the_member_s(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let letter = asked(&app, WISH.email).await;
        let begun = at_the_change(&app, &letter).await;
        tell!(&app.fresh.db, "delete from email where address = 'taro@example.jp'");
        let browser = app.browser();
        open(&browser, &letter).await;
        enter(&browser, &letter.login_id, &letter.password).await
            .refuses(422).shows(text::LETTER_REFUSED);
        change(&begun, NEW, "").await.refuses(403).shows(text::SESSION_OVER);
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
    }
}
