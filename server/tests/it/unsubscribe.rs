//! お知らせメールの配信停止: by the mail program, or by whoever has followed the link.

use std::fs;

use domain::ports::StoredLetter;
use reqwest::Method;

use crate::{
    browser::{Browser, Seen},
    notices::{import, letters_about_notices, queue_letters},
    test_app::{HOUR, JIRO, OTHER_WISH, PUBLIC, TARO, TestApp, WISH},
};

const FLU: &str = "N-1,お知らせ,予防接種の補助,補助,通常,全員,2026-11-20,,本文,,\n";
const LATER: &str = "N-2,お知らせ,健康教室,教室,通常,全員,2026-11-20,,本文,,\n";

/// Path and query of the link at the end of a letter about a notice.
pub(crate) fn unsubscribe_path(letter: &StoredLetter) -> String {
    let mut links = letter
        .text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(PUBLIC));
    let path = links.find(|path| path.starts_with("/notices/unsubscribe?token="));
    path.unwrap_or_else(|| panic!("no way out in: {}", letter.text))
        .to_owned()
}

/// What a mail program sends: no cookie, no origin.
async fn bare_post(app: &TestApp, path: &str) -> Seen {
    let program = app.browser();
    let request = program
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("List-Unsubscribe=One-Click");
    program.send(request).await
}

async fn told(app: &TestApp) -> String {
    import(&app.fresh, FLU).await;
    queue_letters(app).await;
    let letters = letters_about_notices(app, WISH.email).await;
    unsubscribe_path(&letters[0])
}

async fn gets_notices(app: &TestApp) -> i64 {
    ask!(&app.fresh.db, "select count(*) from email where notices")
}

async fn back_again(app: &TestApp) -> Browser {
    let browser = app.browser();
    browser
        .sign_in(WISH.login_id, WISH.password)
        .await
        .leads_to("/home");
    browser
}

on_both! {
    async fn a_mail_program_ends_the_letters_by_a_bare_post_and_the_member_sees_and_undoes_it(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let path = told(&app).await;
        // Letters about notices say it to the mail program, and no others do.
        let folder = app.fresh.folder.path().join("mailbox");
        let letters: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|letter| String::from_utf8(fs::read(letter.unwrap().path()).unwrap()).unwrap())
            .collect();
        let says_so = |letter: &&String| letter.contains("List-Unsubscribe");
        assert_eq!(letters.iter().filter(says_so).count(), 2);
        assert!(letters.len() > 2);
        let heads = format!(
            "\r\nList-Unsubscribe: <{PUBLIC}{path}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
        );
        assert_eq!(letters.iter().filter(|letter| letter.contains(&heads)).count(), 1);

        // Looking changes nothing, however often: a scanner does.
        for _ in 0..3 {
            let page = app.browser().get(&path).await;
            assert_eq!(page.status, 200);
            page.shows("お知らせメールを停止する").shows("画面 N-3").hides(WISH.email);
        }
        assert_eq!(gets_notices(&app).await, 2);
        for _ in 0..2 {
            let seen = bare_post(&app, &path).await;
            assert_eq!(seen.status, 200, "{}", seen.words());
            assert_eq!(seen.header("set-cookie"), "");
            seen.shows("お知らせメールを停止しました。");
            assert_eq!(gets_notices(&app).await, 1, "jiro's goes on");
        }
        let noted: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'unsubscribed'");
        assert_eq!(noted, 1);

        app.clock.advance(HOUR);
        import(&app.fresh, LATER).await;
        assert_eq!(queue_letters(&app).await, 1);
        assert_eq!(letters_about_notices(&app, WISH.email).await.len(), 1);
        let taro = back_again(&app).await;
        taro.get("/security").await.shows("メールの「配信停止」から、お知らせメールを止めました");
        taro.get("/profile").await.shows("お知らせメールを受け取らない設定です");
        // Chosen again, letters come again, and an old one's link still ends them.
        let row: uuid::Uuid = ask!(&app.fresh.db, "select id from email where address = $1", WISH.email);
        taro.post("/profile/emails/notices", &[("address", &row.to_string())]).await.leads_to("/profile?told=notices");
        assert_eq!(gets_notices(&app).await, 2);
        assert_eq!(bare_post(&app, &path).await.status, 200);
        assert_eq!(gets_notices(&app).await, 1);
    }
}

on_both! {
    async fn the_button_of_the_page_does_the_same_without_a_redirect(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let path = told(&app).await;
        let browser = app.browser();
        let page = browser.get(&path).await;
        assert!(page.body.contains(&format!("action=\"{path}\"")), "{}", page.body);
        let done = browser.post(&path, &[]).await;
        assert_eq!(done.status, 200);
        done.shows("お知らせメールを停止しました。");
        assert_eq!(gets_notices(&app).await, 0);
    }
}

on_both! {
    async fn case_whatever_a_mail_program_sends_the_address_alone_says_who(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let path = told(&app).await;
        let (_, token) = path.split_once("token=").unwrap();
        let send = async |path: &str, kind: Option<&str>, body: String| {
            let program = app.browser();
            let mut request = program.request(Method::POST, path)
                .header("origin", "https://webmail.example.com")
                .header("sec-fetch-site", "cross-site")
                .body(body);
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            program.send(request).await
        };
        let form = Some("application/x-www-form-urlencoded");
        // The token in the body is none.
        send("/notices/unsubscribe", form, format!("token={token}")).await.refuses(403);
        send(&path, form, "x".repeat(1025)).await.refuses(413);
        send(&path, Some("application/json"), "{}".to_owned()).await.refuses(415);
        assert_eq!(gets_notices(&app).await, 1);
        let multipart = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n";
        let seen = send(&path, Some("multipart/form-data; boundary=b"), multipart.to_owned()).await;
        assert_eq!(seen.status, 200, "{}", seen.words());
        assert_eq!(gets_notices(&app).await, 0);
        assert_eq!(send(&path, None, String::new()).await.status, 200);
    }
}

on_both! {
    async fn case_a_forged_token_and_a_removed_address_s_end_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let path = told(&app).await;
        let jiro: uuid::Uuid = ask!(&app.fresh.db, "select id from email where address = $1", OTHER_WISH.email);
        let (_, code) = path.split_once('.').unwrap();
        let forged = [
            format!("/notices/unsubscribe?token={}.{code}", jiro.simple()),
            format!("{path}x"),
            path[..path.len() - 1].to_owned(),
            "/notices/unsubscribe?token=".to_owned(),
            "/notices/unsubscribe".to_owned(),
            format!("/notices/unsubscribe?token={}", "%22%3E%3Cscript%3E".repeat(50)),
        ];
        for path in &forged {
            bare_post(&app, path).await.refuses(403).shows("この配信停止のURLは使えません");
            app.browser().get(path).await.refuses(403).hides("<script>");
        }
        assert_eq!(gets_notices(&app).await, 2);

        // Another address in its place: the old one's link is over.
        let row: uuid::Uuid = ask!(&app.fresh.db, "select id from email where address = $1", WISH.email);
        tell!(&app.fresh.db, "insert into email (id, member_id, address, address_key, added_at, confirmed_at, notices)
            select m.id, m.id, 'new@example.jp', 'new@example.jp', 1, 1, false
            from member m join email e on e.member_id = m.id where e.id = $1", row);
        taro.post("/profile/emails/remove", &[("address", &row.to_string())]).await.leads_to("/profile?told=removed");
        app.browser().get(&path).await.refuses(403);
        bare_post(&app, &path).await.refuses(403);
        assert_eq!(gets_notices(&app).await, 2, "the new one and jiro's");
    }
}
