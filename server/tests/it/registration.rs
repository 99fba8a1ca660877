//! 新規利用登録 over HTTP: from the address to the first sign-in, and what must
//! not work on the way.

use std::time::Duration;

use domain::text;
use futures::future::join_all;
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

use crate::{
    browser::{Browser, path_in},
    mail::{address, arrived_for, setting},
    roster::NOW,
    test_app::{HOUR, JIRO, MINUTE, OTHER_WISH, SABURO, TARO, TestApp, WISH, Wish},
};

/// Somebody who would like to have Taro's account.
const STRANGER: &str = "stranger@example.jp";

on_both! {
    async fn from_the_postcard_to_the_first_sign_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        browser.get("/register").await.shows("メールアドレスを入力し、送信してください。");
        browser.post_email("taro@example.jp").await.leads_to("/register/sent");
        browser.get("/register/sent").await.shows("taro@example.jp").shows("今日 13:00");

        let letter = app.newest_letter_to("taro@example.jp").await;
        assert_eq!(letter.subject, "【AB健康マイポータル】利用登録手続きのご案内");
        let elsewhere = app.browser();
        elsewhere.open_letter(&letter).await.shows("ハガキ").shows("今日 13:00");
        elsewhere.enter_with_postcard(&app.card(TARO)).await.leads_to("/register/profile");
        elsewhere.get("/register/profile").await
            .shows("利用者情報入力").shows("value=\"taro@example.jp\"");
        elsewhere.complete(&WISH).await.leads_to("/register/done");
        elsewhere.get("/register/done").await
            .shows("利用登録が完了しました。").shows("123456Taro").hides("natsu2026yama");

        let welcome = app.newest_letter_to("taro@example.jp").await;
        assert!(welcome.text.contains("123456Taro") && !welcome.text.contains("natsu2026yama"));

        elsewhere.home().await.leads_to("/login");
        elsewhere.sign_in("123456Taro", "natsu2026yama").await.leads_to("/home");
        elsewhere.home().await.shows("たろうさん、こんにちは");
        elsewhere.sign_out().await.leads_to("/login");
        elsewhere.home().await.leads_to("/login");
    }
}

on_both! {
    /// GEN: whoever asks sees the same, and the same rows are written; only the
    /// owner of the mailbox learns the truth.
    async fn case_01_whether_an_address_is_known_shows_nowhere(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(JIRO, &OTHER_WISH).await;
        tell!(
            &app.fresh.db,
            "update member set disabled_at = $1 where login_id = '654321Jiro'", NOW.0
        );
        app.clock.advance(24 * HOUR);

        let mut seen = Vec::new();
        // The second round falls into the hour in which nobody is told twice.
        for (address, subjects) in [
            ("nana@example.jp", ["利用登録手続きのご案内"; 2].as_slice()),
            ("taro@example.jp", &["すでに登録されているメールアドレスです"]),
            ("jiro@example.jp", &["すでに登録されているメールアドレスです"]),
        ] {
            let browser = app.browser();
            let mut told = Vec::new();
            for _ in 0..2 {
                let before = app.written().await;
                let answer = browser.post_email(address).await.leads_to("/register/sent");
                let written = app.written().await.since(before);
                app.newest_letter_to(address).await;
                let sent = browser.get("/register/sent").await.shows("メールサーバーに渡しました");
                told.push((answer.but_for(address), sent.but_for(address), written));
                app.clock.advance(2 * MINUTE);
            }
            app.clock.advance(24 * HOUR - 4 * MINUTE);
            seen.push(told);
            let letters = app.letters_to(address).await;
            let of_today = letters.iter().rev().take(subjects.len());
            for (letter, subject) in of_today.zip(subjects) {
                assert!(letter.subject.ends_with(subject), "{address}: {}", letter.subject);
            }
        }
        let (unknown, known) = seen.split_first().unwrap();
        for known in known {
            assert_eq!(known, unknown);
        }
    }
}

on_both! {
    async fn case_02_the_letters_link_keeps_our_name_whatever_the_request_calls_us(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        for (i, (target, headers)) in [
            ("/register", "Host: evil.example\r\n"),
            ("/register", "Host: portal.example.jp\r\nHost: evil.example\r\n"),
            ("/register", "Host: portal.example.jp\r\nX-Forwarded-Host: evil.example\r\n"),
            ("/register", "Host: portal.example.jp\r\nForwarded: host=evil.example;proto=http\r\n"),
            ("/register", "Host: portal.example.jp@evil.example\r\n"),
            ("http://evil.example/register", "Host: evil.example\r\n"),
        ].into_iter().enumerate() {
            let (address, body) = (format!("h{i}@example.jp"), format!("email=h{i}%40example.jp"));
            let answer = app.raw(&format!(
                "POST {target} HTTP/1.1\r\n{headers}Connection: close\r\n\
                 Content-Type: application/x-www-form-urlencoded\r\n\
                 Content-Length: {}\r\n\r\n{body}", body.len()
            )).await;
            assert!(!format!("{answer:?}").contains("evil"), "{headers}: {answer:?}");
            if answer.status == 400 {
                continue;
            }
            answer.leads_to("/register/sent");
            let letter = app.newest_letter_to(&address).await;
            path_in(&letter);
            assert!(!letter.text.contains("evil"), "{headers}: {}", letter.text);
        }
    }
}

on_both! {
    async fn case_03_while_the_mail_server_is_down_nobody_notices_and_the_letter_leaves_later(fresh: Fresh) {
        let port = {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            listener.local_addr().unwrap().port()
        };
        let app = TestApp::start_with(fresh, |config| {
            config.mail = format!("smtp://127.0.0.1:{port}").parse().unwrap();
        }).await;
        let to = format!("taro@{}.example.jp", uuid::Uuid::new_v4());
        let browser = app.browser();
        browser.post_email(&to).await.leads_to("/register/sent");
        app.until("the letter has failed once", || async {
            let failed: i64 = ask!(&app.fresh.db, "select count(*) from letter where trouble <> ''");
            failed == 1
        }).await;
        browser.get("/register/sent").await.shows("メールを送信しています。");

        forward(port, setting("TEST_SMTP_URL"));
        app.clock.advance(MINUTE);
        app.until("the letter has left", || async { arrived_for(&address(&to)).len() == 1 }).await;
        app.post_is_out().await;
        browser.get("/register/sent").await.shows("メールサーバーに渡しました");
    }
}

/// The mail server comes up at this port.
fn forward(port: u16, url: String) {
    tokio::spawn(async move {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let server = url.strip_prefix("smtp://").unwrap().trim_end_matches('/');
        loop {
            let (mut from, _) = listener.accept().await.unwrap();
            let mut to = TcpStream::connect(server).await.unwrap();
            tokio::spawn(async move { copy_bidirectional(&mut from, &mut to).await });
        }
    });
}

on_both! {
    async fn case_06_of_64_submits_at_once_one_opens_the_account(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(TARO, "taro@example.jp").await;
        let answers = join_all((0..64).map(|_| browser.complete(&WISH))).await;
        for answer in answers {
            answer.leads_to("/register/done");
        }
        assert_eq!(accounts(&app).await, 1);
        assert_eq!(app.letters_to("taro@example.jp").await.len(), 2, "one link, one welcome");
    }
}

on_both! {
    async fn of_two_who_choose_one_login_id_at_once_the_second_is_asked_for_another(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let one = app.with_postcard(TARO, "taro@example.jp").await;
        let other = app.with_postcard(JIRO, "jiro@example.jp").await;
        let jiros = Wish { login_id: "123456TARO", ..OTHER_WISH };
        let (first, second) = tokio::join!(one.complete(&WISH), other.complete(&jiros));
        let (late, wish, refused) = match first.status.as_u16() {
            303 => (other, OTHER_WISH, second),
            _ => (one, Wish { login_id: "654321Taro", ..WISH }, first),
        };
        refused.refuses(422).shows("このログインIDは使われています。別のIDを入力してください。");
        late.complete(&wish).await.leads_to("/register/done");
        assert_eq!(accounts(&app).await, 2);
    }
}

on_both! {
    async fn case_who_lists_login_ids_at_the_last_step_is_stopped(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let browser = app.with_postcard(TARO, WISH.email).await;
        let taken = Wish { login_id: OTHER_WISH.login_id, ..WISH };
        for asked in 0..store::session::IDS_A_DAY {
            if asked == 10 {
                browser.enter_with_postcard(&app.card(TARO)).await.leads_to("/register/profile");
            }
            browser.complete(&taken).await.refuses(422).shows("このログインIDは使われています。");
        }
        browser.complete(&taken).await.refuses(422).shows("今日はこれ以上確認できません。");
        assert_eq!(accounts(&app).await, 1);
    }
}

on_both! {
    async fn case_08_the_last_step_alone_opens_no_account(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let member = app.signed_in(JIRO, &OTHER_WISH).await;
        for (who, browser) in [
            ("nobody", app.browser()),
            ("with a link", app.with_open_link("taro@example.jp").await),
            ("a member", member),
        ] {
            let page = browser.get("/register/profile").await;
            assert_eq!(page.status, 403, "{who}: {}", page.words());
            browser.complete(&WISH).await.refuses(403).shows(text::SESSION_OVER);
        }
        assert_eq!(accounts(&app).await, 1, "Jiro's");
    }
}

on_both! {
    async fn case_09_a_double_click_and_the_back_button_lead_to_the_one_account(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(TARO, "taro@example.jp").await;
        let (first, second) = tokio::join!(browser.complete(&WISH), browser.complete(&WISH));
        first.leads_to("/register/done");
        second.leads_to("/register/done");
        browser.get("/register/profile").await.leads_to("/register/done");
        browser.complete(&WISH).await.leads_to("/register/done");
        browser.complete(&Wish { login_id: "another", ..WISH }).await.leads_to("/register/done");
        browser.get("/register/done").await.shows("123456Taro").hides("another");
        assert_eq!(accounts(&app).await, 1);
        assert_eq!(app.letters_to("taro@example.jp").await.len(), 2, "one link, one welcome");
    }
}

on_both! {
    async fn case_11_a_thousand_requests_for_one_address_are_three_letters_an_hour_and_few_a_day(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        let ask = async || {
            let answer = browser.post_email("taro@example.jp").await.leads_to("/register/sent");
            answer.but_for("taro@example.jp")
        };
        let first = ask().await;
        assert_eq!(ask().await, first, "the second within the minute looks like the first");
        // A thousand over nearly an hour, then one every ten minutes for a day.
        for _ in 0..998 {
            assert_eq!(ask().await, first);
            app.clock.advance(Duration::from_secs(3));
        }
        assert_eq!(app.letters_to("taro@example.jp").await.len(), 3);
        for _ in 0..6 * 22 {
            ask().await;
            // The mail worker has real work to do while hours pass in no time.
            app.post_is_out().await;
            app.clock.advance(10 * MINUTE);
        }
        // Six within an hour and a half, and then one whenever the last has run out: the
        // mailbox's owner is never without a way on.
        assert_eq!(app.letters_to("taro@example.jp").await.len(), 13);
        let page = browser.get("/register/sent").await.shows("先にお送りしたメールをご確認ください");
        page.shows("URLの有効期限が過ぎると、また送信できます。");
        app.clock.advance(3 * HOUR);
        ask().await;
        browser.get("/register/sent").await.hides("先にお送りしたメール");
        assert_eq!(app.letters_to("taro@example.jp").await.len(), 14);
    }
}

on_both! {
    async fn case_11_of_twenty_requests_at_once_one_brings_a_letter(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        for answer in join_all((0..20).map(|_| browser.post_email("taro@example.jp"))).await {
            answer.leads_to("/register/sent");
        }
        assert_eq!(app.letters_to("taro@example.jp").await.len(), 1);
    }
}

on_both! {
    async fn a_reissued_postcard_reopens_the_members_account(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let before = app.signed_in(TARO, &WISH).await;
        let card = app.reissue(TARO).await;
        let browser = app.with_open_link("new@example.jp").await;
        browser.enter_with_postcard(&card).await.leads_to("/register/profile");
        before.home().await.shows("たろうさん、こんにちは");
        let wish = Wish { login_id: "newTaro", password: "haru2027sora", email: "new@example.jp", nickname: "太郎" };
        browser.complete(&wish).await.leads_to("/register/done");

        before.home().await.leads_to("/login");
        assert_eq!(accounts(&app).await, 1);
        let told = app.newest_letter_to("taro@example.jp").await;
        assert!(told.subject.ends_with("登録内容の変更のお知らせ"), "{}", told.subject);
        before.sign_in(WISH.login_id, WISH.password).await.refuses(422);
        browser.sign_in("newTaro", "haru2027sora").await.leads_to("/home");
        browser.home().await.shows("太郎さん、こんにちは");
    }
}

/// Taro with the link of somebody who has asked for it in his own name: he sees whose it
/// is, and types his own address.
async fn with_a_stranger_s_link(app: &TestApp) -> Browser {
    let browser = app.with_open_link(STRANGER).await;
    let whose = "このメールアドレスで登録します：<strong>stranger@example.jp</strong>";
    let page = browser.get("/register/provisional").await.shows(whose);
    page.shows("違うときは")
        .shows("<a href=\"/register\">最初から</a>");
    browser
        .enter_with_postcard(&app.card(TARO))
        .await
        .leads_to("/register/profile");
    browser
        .get("/register/profile")
        .await
        .shows(whose)
        .shows("最初から");
    browser.complete(&WISH).await.leads_to("/register/done");
    browser
}

/// A reissue asked for from there is answered by a letter with such a subject.
pub(crate) async fn answered(app: &TestApp, address: &str, subject: &str) {
    app.browser()
        .post("/reissue", &[("email", address)])
        .await
        .leads_to("/reissue/sent");
    let letter = app.newest_letter_to(address).await;
    assert!(
        letter.subject.ends_with(subject),
        "{address}: {}",
        letter.subject
    );
}

on_both! {
    async fn case_a_stranger_s_link_opens_the_account_for_whoever_has_the_postcard(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = with_a_stranger_s_link(&app).await;
        browser.get("/register/done").await.shows("利用登録が完了しました。")
            .shows("<strong>taro@example.jp</strong> は、まだ確認が済んでいません。").shows("新しいハガキ");
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        // The stranger hears nothing of it, and has nothing.
        assert_eq!(app.letters_to(STRANGER).await.len(), 1, "the link alone");
        answered(&app, STRANGER, "登録が見つかりませんでした").await;
        answered(&app, WISH.email, "登録が見つかりませんでした").await;

        let waits = app.letters_to(WISH.email).await;
        assert!(waits[0].subject.ends_with("メールアドレスの確認"), "{}", waits[0].subject);
        let taro = app.browser();
        taro.get(&crate::addresses::path_in(&waits[0])).await.leads_to("/profile/emails/confirm");
        taro.post("/profile/emails/confirm", &[]).await.leads_to("/profile/emails/confirmed");
        let welcome = app.newest_letter_to(WISH.email).await;
        assert!(welcome.subject.ends_with("ようこそ"), "{}", welcome.subject);
        app.clock.advance(MINUTE);
        answered(&app, WISH.email, "パスワード再発行のご案内").await;
        // It is a free address, for whoever has that mailbox and a postcard.
        app.registered(JIRO, &Wish { email: STRANGER, ..OTHER_WISH }).await;
    }
}

on_both! {
    async fn case_what_waits_is_said_until_its_letter_is_opened(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = with_a_stranger_s_link(&app).await;
        for _ in 0..2 {
            browser.get("/register/done").await.shows("まだ確認が済んでいません。");
        }
        let letter = app.newest_letter_to(WISH.email).await;
        let phone = app.browser();
        phone.get(&crate::addresses::path_in(&letter)).await.leads_to("/profile/emails/confirm");
        phone.post("/profile/emails/confirm", &[]).await.leads_to("/profile/emails/confirmed");
        browser.get("/register/done").await.hides("まだ確認が済んでいません。");
    }
}

on_both! {
    /// Mistyped, and the password forgotten: the letter went nowhere.
    async fn case_until_an_address_is_confirmed_a_new_postcard_is_the_way_back(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(TARO, WISH.email).await;
        browser.complete(&Wish { email: "tarou@example.jp", ..WISH }).await.leads_to("/register/done");
        let card = app.reissue(TARO).await;
        app.clock.advance(MINUTE);
        let again = app.with_open_link(WISH.email).await;
        again.enter_with_postcard(&card).await.leads_to("/register/profile");
        let wish = Wish { password: "haru2027sora", ..WISH };
        again.complete(&wish).await.leads_to("/register/done");
        again.get("/register/done").await.hides("まだ確認が済んでいません。");
        assert_eq!(accounts(&app).await, 1);
        app.clock.advance(MINUTE);
        answered(&app, WISH.email, "パスワード再発行のご案内").await;
        answered(&app, "tarou@example.jp", "登録が見つかりませんでした").await;
    }
}

on_both! {
    /// Neither the answer nor what is written tells whether somebody has it.
    async fn case_another_address_at_the_last_step_tells_nothing_of_whose_it_is(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let mut seen = Vec::new();
        for (key, login_id, typed) in [
            (TARO, "taro", OTHER_WISH.email),
            (SABURO, "saburo", "free@example.jp"),
        ] {
            let browser = app.with_postcard(key, STRANGER).await;
            let before = app.written().await;
            let wish = Wish { login_id, email: typed, ..WISH };
            let answer = browser.complete(&wish).await.leads_to("/register/done");
            let written = app.written().await.since(before);
            let done = browser.get("/register/done").await.shows(typed);
            let words = done.words().replace(typed, "(typed)").replace(login_id, "(id)");
            seen.push((answer.but_for(typed), words, written));
            app.post_is_out().await;
            app.clock.advance(MINUTE);
        }
        assert_eq!(seen[0], seen[1]);
    }
}

pub(crate) async fn accounts(app: &TestApp) -> i64 {
    ask!(&app.fresh.db, "select count(*) from member")
}
