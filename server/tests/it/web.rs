//! What holds for every answer over HTTP: headers, methods, origins, files, and
//! what a failure of ours tells.

use std::collections::BTreeSet;

use domain::text;
use leptos::server_fn::axum::server_fn_paths;
use reqwest::Method;

use crate::{
    browser::{Browser, Seen},
    log,
    test_app::{JIRO, MINUTE, OTHER_WISH, PUBLIC, TARO, TestApp, WISH},
};

const CSP: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                   img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Whoever adds a server function adds it here, and asks who may call it.
#[test]
fn the_server_functions_are_these_and_no_other() {
    let paths: BTreeSet<_> = server_fn_paths()
        .map(|(path, method)| (path, method.to_string()))
        .collect();
    let expected = [
        "/expenses/sharing",
        "/login",
        "/login/code",
        "/login/passkey",
        "/logout",
        "/my-data",
        "/profile",
        "/profile/codes",
        "/profile/codes/off",
        "/profile/codes/recovery",
        "/profile/confirm-password",
        "/profile/emails/add",
        "/profile/emails/again",
        "/profile/emails/confirm",
        "/profile/emails/notices",
        "/profile/emails/remove",
        "/profile/passkeys",
        "/profile/passkeys/password",
        "/profile/passkeys/remove",
        "/profile/passkeys/rename",
        "/register",
        "/register/profile",
        "/register/provisional",
        "/reissue",
        "/reissue/password",
        "/reissue/provisional",
        "/security/end",
        "/security/end-others",
        "/security/leave/confirm",
        "/security/report",
    ];
    assert_eq!(paths, expected.map(|path| (path, "POST".to_owned())).into());
}

on_both! {
    async fn case_28_and_59_a_form_on_another_site_is_refused_and_sets_no_cookie(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let before = app.written().await;
        for headers in [
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
            vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")],
            vec![("sec-fetch-site", "same-site"), ("origin", "https://www.example.jp")],
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
            vec![("origin", "http://portal.example.jp")],
            vec![("origin", "https://portal.example.jp.evil.example")],
            vec![("origin", "https://portal.example.jp:8443")],
        ] {
            let browser = app.browser();
            for (path, _) in server_fn_paths() {
                let mut request = browser.request(Method::POST, path)
                    .form(&[("login_id", WISH.login_id), ("password", WISH.password)]);
                for (name, value) in &headers {
                    request = request.header(*name, *value);
                }
                let answer = browser.send(request).await.refuses(403);
                assert_eq!(answer.header("set-cookie"), "", "{path} {headers:?}");
            }
        }
        assert_eq!(app.written().await, before);
        for headers in [
            vec![("sec-fetch-site", "same-origin"), ("origin", PUBLIC)],
            vec![("origin", PUBLIC)],
            // A browser from before both headers, or no browser: no ambient cookie to abuse.
            vec![],
        ] {
            let browser = app.browser();
            let mut request = browser.request(Method::POST, "/login")
                .form(&[("login_id", WISH.login_id), ("password", WISH.password)]);
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            browser.send(request).await.leads_to("/home");
        }
    }
}

on_both! {
    async fn case_55_letters_hold_no_link_but_our_own(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.clock.advance(MINUTE);
        app.browser().post_email("taro@example.jp").await;
        let mut letters = app.html_of_letters().await;
        letters.extend(app.letters_to("taro@example.jp").await.into_iter().map(|letter| letter.text));
        assert_eq!(letters.len(), 6, "three letters, in text and HTML");
        for letter in letters {
            for (at, _) in letter.match_indices("http") {
                assert!(letter[at..].starts_with(PUBLIC), "{}", &letter[at..]);
            }
        }
    }
}

/// Pages, redirects, refusals and files, each with the status it has.
async fn every_kind_of_answer(app: &TestApp) -> Vec<(String, Seen)> {
    let nobody = app.browser();
    let provisional = app.with_postcard(TARO, "taro@example.jp").await;
    let member = app.signed_in(JIRO, &OTHER_WISH).await;
    let mut seen = Vec::new();
    let mut look = async |browser: &Browser, method: Method, path: &str, status: u16| {
        let answer = browser.send(browser.request(method.clone(), path)).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.words());
        seen.push((format!("{method} {path}"), answer));
    };
    for path in [
        "/",
        "/register",
        "/reissue",
        "/reissue/sent",
        "/login",
        "/help",
        "/about",
        "/dev/mailbox",
    ] {
        look(&nobody, Method::GET, path, 200).await;
        look(&nobody, Method::HEAD, path, 200).await;
    }
    for path in [
        "/home",
        "/notices",
        "/health",
        "/files/1",
        "/register/sent",
        "/register/done",
        "/register/verify?token=x",
        "/reissue/done",
        "/reissue/verify?token=x",
    ] {
        look(&nobody, Method::GET, path, 303).await;
    }
    look(&provisional, Method::GET, "/register/sent", 200).await;
    look(&provisional, Method::GET, "/register/provisional", 200).await;
    look(&provisional, Method::GET, "/register/profile", 200).await;
    look(&member, Method::GET, "/home", 200).await;
    for path in ["/notices", "/health"] {
        look(&member, Method::GET, path, 200).await;
    }
    for path in ["/notices/1", "/health/nothing", "/files/1"] {
        look(&member, Method::GET, path, 404).await;
    }
    look(&member, Method::GET, "/login", 303).await;
    for path in [
        "/expenses",
        "/expenses/print",
        "/expenses.csv",
        "/expenses/form.csv",
    ] {
        look(&member, Method::GET, path, 200).await;
        look(&member, Method::HEAD, path, 200).await;
        look(&nobody, Method::GET, path, 303).await;
        look(&member, Method::PUT, path, 405).await;
    }
    look(&member, Method::GET, "/expenses.csv?year=1999", 404).await;
    for path in [
        "/register/provisional",
        "/register/profile",
        "/reissue/provisional",
        "/reissue/password",
    ] {
        look(&nobody, Method::GET, path, 403).await;
    }
    for path in [
        "/nothing",
        "/.git/config",
        "/.env",
        "/metrics",
        "/pkg/",
        "/pkg/nothing.js",
        "/pkg/client-x.js.map",
        "/pkg/client-x.js.br",
        "/pkg/..%2f..%2fdata%2fsecret",
        "/pkg/%2e%2e/data/secret",
        "/client-x.js",
        "/favicon.ico",
        "/api/register",
        "/%FF",
        "/pkg/%FF",
        "/logout",
        "/server-status",
    ] {
        look(
            &nobody,
            Method::GET,
            path,
            if path == "/pkg/%FF" { 400 } else { 404 },
        )
        .await;
    }
    for path in [
        "/",
        "/login",
        "/register/verify",
        "/pkg/client-x.js",
        "/healthz",
        "/nothing",
    ] {
        for method in [
            Method::PUT,
            Method::DELETE,
            Method::PATCH,
            Method::TRACE,
            Method::OPTIONS,
        ] {
            look(&nobody, method, path, 405).await;
        }
    }
    for path in ["/", "/home", "/healthz", "/pkg/client-x.js", "/nothing"] {
        look(&nobody, Method::POST, path, 405).await;
    }
    look(&nobody, Method::POST, "/login", 415).await;
    for path in [
        "/pkg/client-x.js",
        "/pkg/client-x_bg.wasm",
        "/pkg/style-x.css",
        "/favicon.svg",
        "/robots.txt",
        "/manifest.webmanifest",
        "/healthz",
        "/readyz",
    ] {
        look(&nobody, Method::GET, path, 200).await;
        look(&nobody, Method::HEAD, path, 200).await;
    }
    for (path, status) in [("/login", 422), ("/register", 422), ("/logout", 303)] {
        seen.push((format!("POST {path}"), nobody.post(path, &[]).await));
        assert_eq!(seen.last().unwrap().1.status, status);
    }
    let huge = nobody.sign_in("a", &"a".repeat(100_000)).await;
    assert_eq!(huge.status, 413);
    seen.push(("POST 100 kB".to_owned(), huge));
    // Every function, called as by nobody in particular and with nothing.
    for (path, _) in server_fn_paths() {
        seen.push((format!("POST {path}"), nobody.post(path, &[]).await));
    }
    // What fails inside: a page, a function, and everything at once.
    tell!(
        &app.fresh.db,
        "alter table postcard rename to postcard_elsewhere"
    );
    tell!(
        &app.fresh.db,
        "alter table throttle rename to throttle_elsewhere"
    );
    let failed = nobody.sign_in(WISH.login_id, WISH.password).await;
    assert_eq!(failed.status, 500);
    seen.push(("POST /login without a table".to_owned(), failed));
    for (method, path) in [
        (Method::GET, "/home"),
        (Method::HEAD, "/home"),
        (Method::GET, "/"),
    ] {
        let failed = member.send(member.request(method.clone(), path)).await;
        assert_eq!(failed.status, 500);
        seen.push((format!("{method} {path} without a table"), failed));
    }
    app.server_db.close().await;
    let failed = member.home().await;
    assert_eq!(failed.status, 503);
    seen.push(("GET /home without a database".to_owned(), failed));
    seen
}

/// What every answer carries, and what none does.
pub(crate) fn is_armoured(what: &str, answer: &Seen) {
    for (name, value) in [
        ("content-security-policy", CSP),
        (
            "strict-transport-security",
            "max-age=63072000; includeSubDomains",
        ),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("x-frame-options", "DENY"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        (
            "permissions-policy",
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        ),
    ] {
        let values: Vec<_> = answer.headers.get_all(name).iter().collect();
        assert_eq!(values, [value], "{what}: {name}");
    }
    for name in [
        "server",
        "x-powered-by",
        "access-control-allow-origin",
        "serverfnerror",
        "x-ratelimit-after",
    ] {
        assert_eq!(answer.header(name), "", "{what}: {name}");
    }
    for inline in ["<style", "onclick=", "style=\"", "<script>", "javascript:"] {
        assert!(!answer.body.contains(inline), "{what}: {inline}");
    }
}

on_both! {
    async fn case_56_and_61_every_answer_carries_the_same_armour(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        for (what, answer) in every_kind_of_answer(&app).await {
            is_armoured(&what, &answer);
            let cache = answer.header("cache-control");
            let of_the_bundle = what.contains("/pkg/") && answer.status == 200;
            let at_the_root = ["/favicon.svg", "/robots.txt", "/manifest.webmanifest"].iter()
                .any(|name| what.ends_with(name));
            match (of_the_bundle, at_the_root) {
                (true, _) => assert_eq!(cache, "public, max-age=31536000, immutable", "{what}"),
                (_, true) => assert_eq!(cache, "public, max-age=3600", "{what}"),
                _ => assert_eq!(cache, "no-store", "{what}"),
            }
            if answer.status.is_client_error() || answer.status.is_server_error() {
                assert_eq!(answer.header("location"), "", "{what}");
                assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{what}");
                let of_ours = answer.words().contains("画面 ") || what.starts_with("HEAD");
                assert!(of_ours, "{what} is no page of ours: {}", answer.body);
            }
            if answer.status == 405 {
                assert_ne!(answer.header("allow"), "", "{what} does not say what is allowed");
            }
            if what.starts_with("HEAD") {
                assert_eq!(answer.body, "", "{what}");
            }
        }
    }
}

on_both! {
    async fn case_58_a_server_function_is_called_by_post_only(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let member = app.signed_in(TARO, &WISH).await;
        let before = app.written().await;
        for (path, _) in server_fn_paths() {
            let query = "?login_id=123456Taro&password=natsu2026yama&email=a@example.jp\
                         &password_confirmation=natsu2026yama&nickname=a&current_password=natsu2026yama";
            for method in [Method::GET, Method::HEAD] {
                let request = member.request(method, &format!("{path}{query}"));
                let answer = member.send(request).await;
                // What a passkey is to sign is asked for there, and carried along.
                let asks = path == "/login/passkey";
                assert_eq!(answer.headers.get("set-cookie").is_some(), asks, "{path}");
            }
            for method in [Method::PUT, Method::PATCH, Method::DELETE] {
                let request = member.request(method, path).header("origin", PUBLIC)
                    .form(&[("email", "a@example.jp")]);
                member.send(request).await.refuses(405);
            }
        }
        assert_eq!(app.written().await, before);
        member.home().await.shows("たろうさん、こんにちは");
    }
}

on_both! {
    async fn case_60_a_database_error_is_told_by_a_reference_and_nothing_else(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        tell!(&app.fresh.db, "alter table throttle rename to throttle_elsewhere");
        let failed = app.browser().sign_in(WISH.login_id, WISH.password).await.refuses(500);
        let words = failed.shows("お問い合わせの番号").words().to_lowercase();
        for inside in ["throttle", "table", "sql", "relation", "error", "panick", "natsu"] {
            assert!(!words.contains(inside), "{inside}: {words}");
        }
        browser.home().await.shows("たろうさん、こんにちは");
        tell!(&app.fresh.db, "alter table throttle_elsewhere rename to throttle");
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
    }
}

on_both! {
    /// Whichever function asks for the tables that are not there: what let somebody in is in
    /// the one, what a stranger can cause in the other.
    async fn case_60_every_function_fails_alike(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let link = app.with_open_link("taro@example.jp").await;
        let member = app.signed_in(JIRO, &OTHER_WISH).await;
        let before = app.written().await;
        tell!(&app.fresh.db, "alter table audit rename to audit_elsewhere");
        tell!(&app.fresh.db, "alter table refused_try rename to refused_try_elsewhere");
        for answer in [
            app.browser().post_email("new@example.jp").await,
            app.browser().post("/reissue", &[("email", "jiro@example.jp")]).await,
            app.browser().sign_in(WISH.login_id, WISH.password).await,
            link.enter_with_postcard(&app.card(TARO)).await,
            member.sign_out().await,
        ] {
            let answer = answer.refuses(500).shows("お問い合わせの番号");
            assert_eq!(answer.header("set-cookie"), "");
            let words = answer.words().to_lowercase();
            for inside in ["audit", "refused", "table", "sql", "relation", "error", "panick", "natsu"] {
                assert!(!words.contains(inside), "{inside}: {words}");
            }
        }
        tell!(&app.fresh.db, "alter table audit_elsewhere rename to audit");
        tell!(&app.fresh.db, "alter table refused_try_elsewhere rename to refused_try");
        // Tries are counted before they are judged; nothing else was left behind.
        let written = app.written().await.since(before);
        assert_eq!((written.audit, written.letters, written.links, written.sessions), (0, 0, 0, 0));
        link.enter_with_postcard(&app.card(TARO)).await.leads_to("/register/profile");
        member.home().await.shows("じろうさん、こんにちは");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_60_the_log_carries_the_reference_that_the_visitor_reads() {
    let test = "web::case_60_the_log_carries_the_reference_that_the_visitor_reads";
    let Some(log) = log::everything(test) else {
        return;
    };
    let app = TestApp::start(crate::fresh::sqlite().await).await;
    tell!(
        &app.fresh.db,
        "alter table throttle rename to throttle_elsewhere"
    );
    let failed = app.browser().sign_in(WISH.login_id, WISH.password).await;
    let (_, code) = failed.body.split_once("<code>").unwrap();
    let (reference, _) = code.split_once("</code>").unwrap();
    assert_eq!(reference.len(), "ABCD-EFGH".len(), "{reference}");
    let log = log.text();
    let line = log.lines().find(|line| line.contains(reference));
    let line = line.unwrap_or_else(|| panic!("{reference} is not in the log: {log}"));
    assert!(
        line.contains("ERROR") && line.contains("no such table: throttle"),
        "{line}"
    );
}

on_both! {
    async fn files_come_as_they_were_compressed_when_they_were_built(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        for (accepts, coding, body) in [
            ("br, gzip", "br", "brotli"),
            ("gzip, deflate, br;q=0.9", "br", "brotli"),
            ("gzip", "gzip", "gzip"),
            ("identity", "", "export default () => {};"),
            ("br;q=0, gzip", "gzip", "gzip"),
        ] {
            let request = browser.request(Method::GET, "/pkg/client-x.js").header("accept-encoding", accepts);
            let answer = browser.send(request).await;
            assert_eq!((answer.header("content-encoding"), &*answer.body), (coding, body), "{accepts}");
            assert_eq!(answer.header("vary"), "accept-encoding", "{accepts}");
            assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
        }
        let wasm = browser.get("/pkg/client-x_bg.wasm").await;
        assert_eq!(wasm.header("content-type"), "application/wasm");
        let page = browser.get("/register").await;
        for name in ["/pkg/style-x.css", "/pkg/loader-x.js", "/pkg/client-x.js", "/pkg/client-x_bg.wasm"] {
            assert!(page.body.contains(name), "{name}");
        }
    }
}

on_both! {
    async fn a_form_page_is_small_enough_for_the_first_packets(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(TARO, "taro@example.jp").await;
        for path in ["/register", "/register/provisional", "/register/profile", "/login"] {
            let page = browser.get(path).await;
            assert!(page.body.len() <= 14_000, "{path}: {} bytes", page.body.len());
            let request = browser.request(Method::GET, path).header("accept-encoding", "gzip");
            assert_eq!(browser.send(request).await.header("content-encoding"), "gzip", "{path}");
        }
    }
}

on_both! {
    async fn case_attack_15_whoever_watches_sees_that_letters_are_not_sent(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| {
            config.mail = "smtp://127.0.0.1:1".parse().unwrap();
        }).await;
        let browser = app.browser();
        browser.post_email("taro@example.jp").await.leads_to("/register/sent");
        app.until("the letter was tried", || async {
            let tried: i64 = ask!(&app.fresh.db, "select count(*) from letter where trouble <> ''");
            tried == 1
        }).await;
        app.clock.advance(2 * crate::test_app::HOUR);
        let ready = browser.get("/readyz").await.body;
        for line in ["letters due: 1", "oldest letter due: 7200 s", "letters given up since yesterday: 0"] {
            assert!(ready.lines().any(|one| one == line), "{line}: {ready}");
        }
        let data = app.fresh.folder.path().join("data");
        let settings = [
            ("PORTAL_DATABASE_URL", app.fresh.url.clone()),
            ("PORTAL_DATA_DIR", data.display().to_string()),
        ];
        let settings = settings.map(|(key, value)| (key.to_owned(), value));
        let config = server::config::Config::load(None, settings).unwrap();
        let findings = server::check::run(config, app.clock.now()).await;
        let letters = findings.into_iter().find(|one| one.subject == "letters").unwrap();
        let wrong = letters.result.expect_err("it is content");
        assert!(wrong.contains("the oldest for 120 minutes"), "{wrong}");
    }
}

on_both! {
    async fn probes_tell_whether_the_process_lives_and_can_serve(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        assert_eq!(browser.get("/healthz").await.body, "ok\n");
        let ready = browser.get("/readyz").await.body;
        assert!(ready.starts_with("ready\nletters due: 0\noldest letter due: none\n"), "{ready}");
        app.server_db.close().await;
        assert_eq!(browser.get("/healthz").await.status, 200);
        assert_eq!(browser.get("/readyz").await.status, 503);
    }
}

on_both! {
    /// Such a page is rendered once; what is a visitor's own is never among it.
    async fn a_page_that_is_kept_for_everybody_shows_nobody_s_own(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let everybody_s = ["/", "/login", "/register", "/reissue", "/help", "/about"];
        for path in everybody_s {
            // His own page comes first, so that it would be the one that is kept.
            taro.get(path).await;
            let first = app.browser().get(path).await.hides("ログアウト").hides("マイページへ");
            let second = app.browser().get(path).await;
            assert_eq!(first.status, 200, "{path}");
            assert_eq!(first.but_for(""), second.but_for(""), "{path}");
            assert_eq!(second.header("cache-control"), "no-store", "{path}");
        }
        taro.get("/").await.shows("マイページへ").shows("ログアウト");
        taro.get("/login").await.leads_to("/home");
        let asking = app.browser();
        asking.post_email("hana@example.jp").await.leads_to("/register/sent");
        asking.get("/register").await.shows("value=\"hana@example.jp\"");
        app.browser().get("/register").await.hides("hana@example.jp");
        app.clock.advance(30 * MINUTE);
        taro.get("/login").await.shows("時間が過ぎたため、ログアウトしました。");
        app.browser().get("/login").await.hides("時間が過ぎたため");
        app.browser().post_email("").await.refuses(422).shows("メールアドレスを入力してください。");
        app.browser().get("/register").await.hides("メールアドレスを入力してください。");
    }
}

on_both! {
    async fn the_home_screen_has_the_society_s_own_name(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let manifest = app.browser().get("/manifest.webmanifest").await;
        assert_eq!(manifest.header("content-type"), "application/manifest+json");
        let manifest: serde_json::Value = serde_json::from_str(&manifest.body).unwrap();
        assert_eq!(manifest["short_name"], "AB健康マイポータル");
        app.browser().get("/").await.shows("name=\"apple-mobile-web-app-title\" content=\"AB健康マイポータル\"");
    }
}

on_both! {
    async fn what_is_over_is_told_as_it_is(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        // A letter's page, moved to a browser in which the letter was not opened.
        for (path, way_on) in [
            ("/register/provisional", "href=\"/register\""),
            ("/reissue/provisional", "href=\"/reissue\""),
            ("/profile/emails/confirm", "href=\"/profile\""),
            ("/security/report", "href=\"/reissue\""),
        ] {
            app.browser().get(path).await.refuses(403).shows(text::LINK_ELSEWHERE).shows(way_on)
                .hides("エラー：");
        }
        // A link that has done its work, and the way to what it was for.
        app.browser().post_email(WISH.email).await.leads_to("/register/sent");
        let letter = app.newest_letter_to(WISH.email).await;
        app.registered(TARO, &WISH).await;
        app.browser().open_letter(&letter).await.refuses(403).shows(text::LINK_REFUSED)
            .shows("<a href=\"/login\">登録がお済みの方はログインへ</a>");
        // A session that another device has ended did not run out.
        let (one, other) = (app.browser(), app.browser());
        for browser in [&one, &other] {
            browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        }
        one.post("/security/end-others", &[]).await.leads_to("/security");
        other.home().await.leads_to("/login");
        other.get("/login").await.shows("この端末のログインは終了しました。").hides("時間が過ぎたため");
    }
}

on_both! {
    async fn a_letter_that_no_mail_server_takes_is_late_and_the_page_says_so(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        browser.post_email("hana@example.jp").await.leads_to("/register/sent");
        app.newest_letter_to("hana@example.jp").await;
        tell!(&app.fresh.db, "update letter set sent_at = null, due_at = due_at + 864000000");
        app.clock.advance(3 * MINUTE);
        let page = browser.get("/register/sent").await;
        page.shows("まだメールを送信できていません").hides("手続き案内メールを送信しました");
    }
}
