//! The office's door: login and password, the second step, and who may open what.

use std::time::Duration;

use domain::office::role::{Role, Roles};
use futures::future::join_all;
use reqwest::Method;
use server::{
    base::hash::{Hasher, Pool},
    office::staff::{Newcomer, StaffError, StaffService},
};

use crate::{
    authenticator::Authenticator,
    browser::{Browser, Seen},
    codes::{app_code, element},
    fresh::Fresh,
    roster::NOW,
    test_app::{CHEAP, HOUR, MINUTE, PUBLIC, TARO, TestApp, WISH},
};

const SESSION: &str = "__Host-office";
const WRONG: &str = "ログインIDまたはパスワードが違います。";
const WRONG_CODE: &str = "確認コードが違います。";
pub(crate) const PASSWORD: &str = "みなとのひろばにさくはな";
const SECOND: Duration = Duration::from_secs(1);

/// Everybody of a small office, one a role.
pub(crate) const STAFF: [(&str, Role); 6] = [
    ("madoguchi", Role::Desk),
    ("kouhou", Role::Publisher),
    ("torikomi", Role::Importer),
    ("kenshin", Role::HealthImporter),
    ("kansa", Role::Auditor),
    ("kanri", Role::Admin),
];

pub(crate) fn service(fresh: &Fresh) -> StaffService {
    StaffService {
        db: fresh.db.clone(),
        hasher: Hasher::start(CHEAP, Pool::default()).unwrap(),
        society: std::sync::Arc::default(),
        four_eyes: false,
    }
}

fn newcomer(login: &str, roles: impl IntoIterator<Item = Role>) -> Newcomer {
    Newcomer {
        login_id: login.parse().unwrap(),
        name: format!("見本 {login}"),
        roles: roles.into_iter().collect::<Roles>(),
        person: None,
    }
}

/// Registers somebody, as `portal staff add` does.
pub(crate) async fn hire(app: &TestApp, login: &str, roles: &[Role]) {
    let service = service(&app.fresh);
    let new = newcomer(login, roles.iter().copied());
    let password = service.password(&new.login_id, PASSWORD).unwrap();
    service.add(&new, &password, app.clock.now()).await.unwrap();
}

/// Login and password.
pub(crate) async fn enter(browser: &Browser, login: &str, password: &str) -> Seen {
    let fields = [("login_id", login), ("password", password)];
    browser.post("/office/login", &fields).await
}

/// Somebody of the office who has enrolled an app, with its secret.
pub(crate) struct Clerk {
    pub(crate) browser: Browser,
    pub(crate) secret: String,
}

impl Clerk {
    /// What the app shows now.
    pub(crate) fn code(&self, app: &TestApp) -> String {
        app_code(&self.secret, app.clock.now())
    }
}

/// Somebody of the office at their first sign-in, in.
pub(crate) async fn at_work(app: &TestApp, login: &str, roles: &[Role]) -> Clerk {
    hire(app, login, roles).await;
    let browser = app.browser();
    enter(&browser, login, PASSWORD)
        .await
        .leads_to("/office/second-step");
    let page = browser
        .get("/office/second-step")
        .await
        .shows("二段階認証の設定");
    let secret = element(&page, "totp-secret");
    let code = app_code(&secret, app.clock.now());
    let page = browser
        .post("/office/second-step", &[("code", &code)])
        .await;
    assert_eq!(page.status, 200, "{}", page.words());
    page.shows("予備コード");
    Clerk { browser, secret }
}

on_both! {
    async fn nobody_is_in_before_the_second_step(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        hire(&app, "kanri", &[Role::Admin]).await;
        let browser = app.browser();
        browser.get("/office").await.leads_to("/office/login");
        browser.get("/office/login").await.shows("事務局ログイン");
        enter(&browser, "kanri", "not this one at all").await.refuses(422).shows(WRONG);
        enter(&browser, "nobody", PASSWORD).await.refuses(422).shows(WRONG);
        enter(&browser, "", "").await.refuses(422).shows("ログインIDを入力してください");
        let seen = enter(&browser, "KANRI", PASSWORD).await.leads_to("/office/second-step");
        assert!(seen.header("set-cookie").contains("SameSite=Strict"));
        for path in ["/office", "/office/staff", "/office/profile"] {
            browser.get(path).await.leads_to("/office/second-step");
        }
        browser.post("/office/staff", &[("name", "x")]).await.leads_to("/office/second-step");
        let page = browser.get("/office/second-step").await;
        let secret = element(&page, "totp-secret");
        assert!(element(&page, "totp-uri").contains(&format!("secret={secret}")));
        browser.post("/office/second-step", &[("code", "000000")]).await.refuses(422).shows(WRONG_CODE);
        let now = app_code(&secret, app.clock.now());
        browser.post("/office/second-step", &[("code", &now)]).await.shows("予備コード");
        let home = browser.get("/office").await.shows("ダッシュボード").shows("見本 kanri");
        assert_eq!(home.header("cache-control"), "no-store");
        assert!(home.header("x-robots-tag").contains("noindex"));

        // The next time the code is asked for, and each is good once.
        let other = app.browser();
        enter(&other, "kanri", PASSWORD).await.leads_to("/office/login/code");
        other.get("/office").await.leads_to("/office/login/code");
        other.post("/office/login/code", &[("code", &now)]).await.refuses(422).shows(WRONG_CODE);
        app.clock.advance(30 * SECOND);
        let next = app_code(&secret, app.clock.now());
        other.post("/office/login/code", &[("code", &next)]).await.leads_to("/office");
        other.get("/office").await.shows("ダッシュボード");
        // A new session ends the old one.
        browser.get("/office").await.leads_to("/office/login");
        browser.get("/office/login").await.shows("ログインは終了しました。");
        other.post("/office/logout", &[]).await.leads_to("/office/login");
        other.get("/office/login").await.shows("ログアウトしました。");
    }
}

on_both! {
    async fn case_of_a_hundred_posts_of_one_code_one_comes_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "kanri", &[Role::Admin]).await;
        app.clock.advance(30 * SECOND);
        let code = clerk.code(&app);
        let mut browsers = Vec::new();
        for _ in 0..20 {
            let browser = clerk.browser.twin();
            enter(&browser, "kanri", PASSWORD).await.leads_to("/office/login/code");
            browsers.push(browser);
        }
        let fields = [("code", code.as_str())];
        let tries = (0..100).map(|n| browsers[n % 20].post("/office/login/code", &fields));
        let answers = join_all(tries).await;
        let of = |seen: &&Seen| seen.header("location") == "/office";
        // Whoever is in already is led in once more by the same cookie.
        let came_in = answers.iter().filter(of).count();
        assert!((1..=5).contains(&came_in), "{came_in} came in");
        let open: i64 = ask!(&app.fresh.db,
            "select count(*) from staff_session where stage = 'full' and ended_at is null");
        assert_eq!(open, 1);
    }
}

on_both! {
    async fn case_a_known_password_gives_no_endless_tries_at_codes(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "kanri", &[Role::Admin]).await;
        app.clock.advance(MINUTE);
        let thief = app.browser();
        let mut let_on = 0;
        for _ in 0..10 {
            if enter(&thief, "kanri", PASSWORD).await.status == 303 {
                let_on += 1;
                thief.post("/office/login/code", &[("code", "000000")]).await.refuses(422);
            }
        }
        assert!(let_on <= 3, "{let_on} times a code could be tried");
        // The browser that is known has a count of its own.
        let own = clerk.browser.twin();
        enter(&own, "kanri", PASSWORD).await.leads_to("/office/login/code");
        own.post("/office/login/code", &[("code", &clerk.code(&app))]).await.leads_to("/office");
    }
}

on_both! {
    async fn a_session_ends_after_a_quarter_of_an_hour_without_anybody_and_after_a_day_s_work(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "kanri", &[Role::Admin]).await;
        // A page that refreshes itself keeps nobody in.
        for _ in 0..14 {
            app.clock.advance(MINUTE);
            clerk.browser.get("/office?refresh=1").await.shows("ダッシュボード");
        }
        app.clock.advance(MINUTE);
        clerk.browser.get("/office?refresh=1").await.leads_to("/office/login");

        app.clock.advance(MINUTE);
        enter(&clerk.browser, "kanri", PASSWORD).await.leads_to("/office/login/code");
        clerk.browser.post("/office/login/code", &[("code", &clerk.code(&app))]).await.leads_to("/office");
        let began = app.clock.now();
        while app.clock.now().0 < began.plus(8 * HOUR - 10 * MINUTE).0 {
            app.clock.advance(10 * MINUTE);
            clerk.browser.get("/office").await.shows("ダッシュボード");
        }
        app.clock.advance(10 * MINUTE);
        clerk.browser.get("/office").await.leads_to("/office/login");
    }
}

on_both! {
    async fn a_code_from_the_command_line_stands_for_the_second_step_once(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        hire(&app, "kanri", &[Role::Admin]).await;
        let service = service(&app.fresh);
        let code = service.code("kanri", app.clock.now()).await.unwrap();
        let browser = app.browser();
        enter(&browser, "kanri", PASSWORD).await.leads_to("/office/second-step");
        browser.post("/office/login/code", &[("code", &code.to_uppercase())]).await.leads_to("/office");
        browser.get("/office").await.shows("サーバーで発行したコードによるログインです");
        browser.get("/office/staff").await.shows("職員を追加する");
        // Once, and within five minutes.
        let other = app.browser();
        enter(&other, "kanri", PASSWORD).await.leads_to("/office/second-step");
        other.post("/office/login/code", &[("code", &code)]).await.refuses(422).shows(WRONG_CODE);
        let late = service.code("kanri", app.clock.now()).await.unwrap();
        app.clock.advance(5 * MINUTE);
        other.post("/office/login/code", &[("code", &late)]).await.refuses(422);
        // It may enrol, and then the session is a whole one.
        let page = browser.get("/office/second-step").await;
        let now = app_code(&element(&page, "totp-secret"), app.clock.now());
        browser.post("/office/second-step", &[("code", &now)]).await.shows("予備コード");
        browser.get("/office").await.hides("サーバーで発行したコード");
        assert!(matches!(service.code("nobody", app.clock.now()).await, Err(StaffError::Unknown)));
    }
}

on_both! {
    async fn an_hour_by_the_command_line_is_an_hour(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        hire(&app, "kanri", &[Role::Admin]).await;
        let code = service(&app.fresh).code("kanri", app.clock.now()).await.unwrap();
        let browser = app.browser();
        enter(&browser, "kanri", PASSWORD).await;
        browser.post("/office/login/code", &[("code", &code)]).await.leads_to("/office");
        for _ in 0..5 {
            app.clock.advance(10 * MINUTE);
            browser.get("/office").await.shows("ダッシュボード");
        }
        app.clock.advance(10 * MINUTE);
        browser.get("/office").await.leads_to("/office/login");
    }
}

on_both! {
    async fn each_role_opens_what_is_its_own_and_the_rest_is_noted(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        for (login, role) in STAFF {
            let clerk = at_work(&app, login, &[role]).await;
            clerk.browser.get("/office").await.shows("ダッシュボード");
            for (path, opens) in [("/office/staff", Role::Admin)] {
                let seen = clerk.browser.get(path).await;
                let linked = clerk.browser.get("/office").await.body.contains(&format!("href=\"{path}\""));
                assert_eq!(linked, role == opens, "{login} {path}");
                if role != opens {
                    seen.refuses(403).shows("この画面を開く役割がありません");
                }
            }
        }
        let refused: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'staff_refused'");
        assert_eq!(refused, 5);
        // Neither a member's cookie nor nobody's opens anything.
        let member = app.signed_in(TARO, &WISH).await;
        member.get("/office").await.leads_to("/office/login");
        member.get("/office/staff").await.leads_to("/office/login");
        let nobody = app.browser();
        nobody.plant("__Host-session", &member.cookie("__Host-session").unwrap());
        nobody.plant(SESSION, &member.cookie("__Host-session").unwrap());
        nobody.get("/office").await.leads_to("/office/login");
    }
}

on_both! {
    async fn an_administrator_invites_and_the_invitation_works_once(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let admin = at_work(&app, "kanri", &[Role::Admin]).await;
        let new = [("name", "見本 窓子"), ("login_id", "mado"), ("role_Desk", "on")];
        let page = admin.browser.post("/office/staff", &new).await.shows("見本 窓子さんに、次のURLを渡してください");
        let link = element(&page, "invite-link");
        let path = link.strip_prefix(PUBLIC).unwrap();
        admin.browser.post("/office/staff", &new).await.refuses(422).shows("ほかの職員が使っています");
        let wrong = [("name", "x"), ("login_id", "a b"), ("person", "12")];
        admin.browser.post("/office/staff", &wrong).await.refuses(422)
            .shows("半角の英字・数字").shows("記号-番号-枝番の形で").shows("役割を1つ以上");

        let browser = app.browser();
        // From webmail: the strict cookie is not needed for it.
        let from_webmail = browser.request(Method::GET, path).header("sec-fetch-site", "cross-site");
        browser.send(from_webmail).await.leads_to("/office/invite");
        browser.get("/office/invite").await.shows("見本 窓子さん、事務局で使うパスワードを");
        browser.post("/office/invite", &[("password", "short")]).await.refuses(422).shows("12文字以上");
        browser.post("/office/invite", &[("password", PASSWORD)]).await.leads_to("/office/login");
        browser.get("/office/login").await.shows("パスワードを設定しました。");
        enter(&browser, "mado", PASSWORD).await.leads_to("/office/second-step");
        // Once.
        let again = app.browser();
        again.get(path).await.leads_to("/office/invite");
        again.get("/office/invite").await.refuses(403).shows("このURLは使えません");
        again.post("/office/invite", &[("password", "another long password")]).await.refuses(403);

        // A day, and no more.
        let page = admin.browser.post("/office/staff", &[("name", "x"), ("login_id", "yyy"), ("role_Desk", "on")]).await;
        let link = element(&page, "invite-link");
        app.clock.advance(24 * HOUR);
        let late = app.browser();
        late.get(link.strip_prefix(PUBLIC).unwrap()).await.leads_to("/office/invite");
        late.get("/office/invite").await.refuses(403);
    }
}

/// The row of somebody.
async fn id_of(app: &TestApp, login: &str) -> String {
    let id: uuid::Uuid = ask!(
        &app.fresh.db,
        "select id from staff_member where login_key = $1",
        login
    );
    id.to_string()
}

on_both! {
    async fn roles_are_given_taken_and_seen_at_once(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let admin = at_work(&app, "kanri", &[Role::Admin]).await;
        let clerk = at_work(&app, "mado", &[Role::Desk]).await;
        let (own, mado) = (id_of(&app, "kanri").await, id_of(&app, "mado").await);
        let path = |id: &str, act: &str| format!("/office/staff/{id}/{act}");
        admin.browser.post(&path(&own, "roles"), &[("role_Desk", "on")]).await.refuses(422).shows("ご自分の役割や状態は変更できません");
        admin.browser.post(&path(&own, "disable"), &[("confirm", "yes")]).await.refuses(422);
        admin.browser.post(&path(&mado, "roles"), &[]).await.refuses(422).shows("役割を1つ以上");
        admin.browser.post(&path(&mado, "roles"), &[("role_Admin", "on"), ("role_Desk", "on")]).await.leads_to("/office/staff");
        clerk.browser.get("/office/staff").await.shows("職員を追加する");
        admin.browser.post(&path(&mado, "disable"), &[]).await.refuses(422).shows("確認の欄に");
        admin.browser.post(&path(&mado, "disable"), &[("confirm", "yes")]).await.leads_to("/office/staff");
        admin.browser.get("/office/staff").await.shows("変更しました。").shows("利用停止");
        clerk.browser.get("/office").await.leads_to("/office/login");
        enter(&clerk.browser, "mado", PASSWORD).await.refuses(422).shows(WRONG);
        admin.browser.post(&path(&mado, "enable"), &[("confirm", "yes")]).await.leads_to("/office/staff");
        app.clock.advance(HOUR / 4);
        enter(&clerk.browser, "mado", PASSWORD).await.leads_to("/office/login/code");
        for nobody in ["00000000-0000-0000-0000-000000000001", "x"] {
            let seen = enter(&admin.browser, "kanri", PASSWORD).await;
            assert_eq!(seen.status, 303);
            admin.browser.post("/office/login/code", &[("code", &admin.code(&app))]).await.leads_to("/office");
            admin.browser.post(&path(nobody, "enable"), &[("confirm", "yes")]).await.refuses(404);
            app.clock.advance(MINUTE);
        }
    }
}

on_both! {
    async fn case_of_two_administrators_who_keep_each_other_out_one_remains(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        for round in 0..5 {
            let (one, other) = (format!("one{round}"), format!("other{round}"));
            let a = at_work(&app, &one, &[Role::Admin]).await;
            let b = at_work(&app, &other, &[Role::Admin]).await;
            let (to_a, to_b) = (
                format!("/office/staff/{}/disable", id_of(&app, &one).await),
                format!("/office/staff/{}/disable", id_of(&app, &other).await),
            );
            let yes = [("confirm", "yes")];
            let (left, right) = tokio::join!(a.browser.post(&to_b, &yes), b.browser.post(&to_a, &yes));
            let places = [left.header("location").to_owned(), right.header("location").to_owned()];
            assert!(places.contains(&"/office/staff".to_owned()), "{places:?}");
            assert!(places.contains(&"/office/login".to_owned()), "{places:?}");
            let enabled: i64 = ask!(&app.fresh.db,
                "select count(*) from staff_member where disabled_at is null and (login_key = $1 or login_key = $2)",
                one.as_str(), other.as_str());
            assert_eq!(enabled, 1);
            tell!(&app.fresh.db, "update staff_member set disabled_at = 1 where login_key = $1 or login_key = $2",
                one.as_str(), other.as_str());
        }
    }
}

on_both! {
    async fn the_last_administrator_with_a_second_step_remains(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let last = at_work(&app, "kanri", &[Role::Admin]).await;
        hire(&app, "other", &[Role::Admin]).await;
        // The other one comes in by the command line, without a second step.
        let code = service(&app.fresh).code("other", app.clock.now()).await.unwrap();
        let browser = app.browser();
        enter(&browser, "other", PASSWORD).await;
        browser.post("/office/login/code", &[("code", &code)]).await.leads_to("/office");
        let id = id_of(&app, "kanri").await;
        for act in ["disable", "link"] {
            browser.post(&format!("/office/staff/{id}/{act}"), &[("confirm", "yes")]).await
                .refuses(422).shows("二段階認証を設定した管理者が、ほかにいなくなります");
        }
        browser.post(&format!("/office/staff/{id}/roles"), &[("role_Desk", "on")]).await.refuses(422);
        last.browser.get("/office").await.shows("ダッシュボード");
    }
}

on_both! {
    async fn with_four_eyes_a_second_administrator_confirms(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| config.four_eyes = true).await;
        let a = at_work(&app, "aaa", &[Role::Admin]).await;
        a.browser.get("/office/staff").await.shows("ほかに管理者がいません");
        let b = at_work(&app, "bbb", &[Role::Admin]).await;
        let clerk = at_work(&app, "mado", &[Role::Desk]).await;
        let mado = id_of(&app, "mado").await;
        a.browser.post(&format!("/office/staff/{mado}/disable"), &[("confirm", "yes")]).await.leads_to("/office/staff");
        clerk.browser.get("/office").await.shows("ダッシュボード");
        let change = |seen: &Seen| {
            let (_, rest) = seen.body.split_once("name=\"change\" value=\"").unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        assert!(!a.browser.get("/office/staff").await.body.contains("name=\"change\""), "one's own");
        let page = b.browser.get("/office/staff").await.shows("見本 madoさんの利用を停止");
        let id = change(&page);
        a.browser.post("/office/staff", &[("change", &id), ("decision", "confirm")]).await.refuses(422);
        b.browser.post("/office/staff", &[("change", &id), ("decision", "confirm")]).await.leads_to("/office/staff");
        clerk.browser.get("/office").await.leads_to("/office/login");
        b.browser.post("/office/staff", &[("change", &id), ("decision", "confirm")]).await.refuses(422).shows("すでに確認または取消し");
        // Somebody new has no way in before that, and whoever made them does not count.
        let new = [("name", "見本 新"), ("login_id", "ccc"), ("role_Admin", "on")];
        a.browser.post("/office/staff", &new).await.leads_to("/office/staff");
        let id = change(&b.browser.get("/office/staff").await);
        let page = b.browser.post("/office/staff", &[("change", &id), ("decision", "confirm")]).await;
        let link = element(&page, "invite-link");
        let c = app.browser();
        c.get(link.strip_prefix(PUBLIC).unwrap()).await.leads_to("/office/invite");
        c.post("/office/invite", &[("password", PASSWORD)]).await.leads_to("/office/login");
        enter(&c, "ccc", PASSWORD).await.leads_to("/office/second-step");
        let secret = element(&c.get("/office/second-step").await, "totp-secret");
        c.post("/office/second-step", &[("code", &app_code(&secret, app.clock.now()))]).await.shows("予備コード");
        a.browser.post(&format!("/office/staff/{mado}/enable"), &[("confirm", "yes")]).await.leads_to("/office/staff");
        let id = change(&c.get("/office/staff").await);
        c.post("/office/staff", &[("change", &id), ("decision", "confirm")]).await.refuses(422).shows("7日以内に登録または変更した職員どうし");
    }
}

on_both! {
    async fn what_cannot_be_taken_back_asks_for_a_fresh_proof_and_loses_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let admin = at_work(&app, "kanri", &[Role::Admin]).await;
        app.clock.advance(10 * MINUTE);
        let new = [("name", "見本 窓子"), ("login_id", "mado"), ("role_Desk", "on")];
        let asked = admin.browser.post("/office/staff", &new).await.refuses(422).shows("ご本人の確認");
        assert!(asked.body.contains("value=\"見本 窓子\""), "what was typed is lost");
        let with = |password: &'static str, code: String| {
            let mut fields: Vec<(&str, String)> = new.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
            fields.push(("proof_password", password.to_owned()));
            fields.push(("proof_code", code));
            fields
        };
        let send = async |fields: Vec<(&str, String)>| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(k, v)| (*k, v.as_str())).collect();
            admin.browser.post("/office/staff", &fields).await
        };
        let before = admin.browser.cookie(SESSION);
        send(with("not this password", admin.code(&app))).await.refuses(422).shows("パスワードか確認コードが違います");
        app.clock.advance(30 * SECOND);
        let page = send(with(PASSWORD, admin.code(&app))).await;
        assert_eq!(page.status, 200, "{}", page.words());
        page.shows("見本 窓子さんに、次のURLを");
        assert_ne!(admin.browser.cookie(SESSION), before, "the session goes on under another token");
        // For ten minutes more nothing is asked.
        admin.browser.post("/office/staff", &[("name", "x"), ("login_id", "xxx"), ("role_Desk", "on")]).await.shows("次のURLを");
    }
}

on_both! {
    async fn who_comes_from_webmail_is_led_to_the_same_page_once(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "kanri", &[Role::Admin]).await;
        let nobody = app.browser();
        let from_elsewhere = nobody.request(Method::GET, "/office/staff?a=1&b=%22").header("sec-fetch-site", "cross-site");
        let seen = nobody.send(from_elsewhere).await;
        assert_eq!(seen.status, 200);
        assert!(seen.body.contains("http-equiv=\"refresh\" content=\"0;url=/office/staff?a=1&amp;b=%22\""), "{}", seen.body);
        let with_it = clerk.browser.request(Method::GET, "/office/staff").header("sec-fetch-site", "cross-site");
        clerk.browser.send(with_it).await.shows("職員を追加する");
        // And no foreign page posts.
        let foreign = clerk.browser.request(Method::POST, "/office/logout").header("origin", "https://evil.example").form(&[("a", "b")]);
        assert_eq!(clerk.browser.send(foreign).await.status, 403);
        clerk.browser.get("/office").await.shows("ダッシュボード");
    }
}

on_both! {
    async fn outside_its_networks_there_is_no_office(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| {
            config.office_networks = vec!["203.0.113.0/24".parse().unwrap()];
            config.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
        }).await;
        let browser = app.browser();
        let from = |method: &Method, path: &str, address: &str| {
            browser.request(method.clone(), path).header("x-forwarded-for", address.to_owned()).header("origin", PUBLIC)
        };
        for path in ["/office", "/office/login", "/office/style.css", "/office/nowhere"] {
            for method in [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
                let hidden = browser.send(from(&method, path, "198.51.100.7")).await;
                let nowhere = browser.send(from(&method, "/nowhere", "198.51.100.7")).await;
                assert_eq!(hidden.but_for(""), nowhere.but_for(""), "{method} {path}");
            }
        }
        browser.send(from(&Method::GET, "/office/login", "203.0.113.7")).await.shows("事務局ログイン");
        browser.send(from(&Method::GET, "/", "198.51.100.7")).await.shows("新規利用登録");
    }
}

on_both! {
    async fn wrong_input_gets_a_sentence(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let admin = at_work(&app, "kanri", &[Role::Admin]).await;
        let long = "あ".repeat(10_000);
        admin.browser.post("/office/staff", &[("name", long.as_str()), ("login_id", "long"), ("role_Desk", "on")]).await
            .refuses(422).shows("氏名を60文字までで");
        admin.browser.post("/office/staff", &[("name", "a\0b"), ("login_id", "long"), ("role_Desk", "on")]).await.refuses(400);
        let huge = "x".repeat(300 * 1024);
        admin.browser.post("/office/staff", &[("name", huge.as_str())]).await.refuses(413);
        let twice = admin.browser.request(Method::POST, "/office/staff").header("origin", PUBLIC)
            .header("content-type", "application/x-www-form-urlencoded").body("name=a&name=b");
        admin.browser.send(twice).await.refuses(400);
        admin.browser.get("/office/nowhere").await.refuses(404).shows("この画面はありません");
        admin.browser.post("/office/staff", &[("change", "x"), ("decision", "confirm")]).await.refuses(404);
        // Before anybody is known no byte of a body is read.
        let nobody = app.browser();
        nobody.post("/office/staff", &[("name", huge.as_str())]).await.leads_to("/office/login");
    }
}

on_both! {
    async fn a_password_and_recovery_codes_are_renewed_by_their_owner(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "mado", &[Role::Desk]).await;
        let page = clerk.browser.get("/office/profile").await.shows("予備コード 残り10個");
        assert!(!page.body.contains(&clerk.secret));
        let page = clerk.browser.post("/office/profile", &[("act", "recovery")]).await.shows("この画面は一度しか表示されません");
        let codes: Vec<String> = page.body.split("<li>").skip(1)
            .map(|part| part.split('<').next().unwrap().to_owned())
            .filter(|code| code.len() == 19).collect();
        assert_eq!(codes.len(), 10);
        let new = "あたらしいながいことば2026";
        // Whoever has the old password and waits at the second page waits in vain.
        let thief = app.browser();
        enter(&thief, "mado", PASSWORD).await.leads_to("/office/login/code");
        clerk.browser.post("/office/profile", &[("act", "password"), ("password", "mado is my name")]).await.refuses(422).shows("ログインIDを含む");
        clerk.browser.post("/office/profile", &[("act", "password"), ("password", new)]).await.leads_to("/office/profile");
        clerk.browser.get("/office/profile").await.shows("パスワードを変更しました。");
        thief.get("/office/login/code").await.leads_to("/office/login");
        let other = app.browser();
        enter(&other, "mado", PASSWORD).await.refuses(422);
        enter(&other, "mado", new).await.leads_to("/office/login/code");
        other.post("/office/login/code", &[("code", &codes[3])]).await.leads_to("/office");
        other.get("/office/profile").await.shows("残り9個");
        enter(&clerk.browser, "mado", new).await.leads_to("/office/login/code");
        clerk.browser.post("/office/login/code", &[("code", &codes[3])]).await.refuses(422);
    }
}

on_both! {
    async fn a_link_to_a_new_password_takes_the_second_step_away(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let admin = at_work(&app, "kanri", &[Role::Admin]).await;
        let clerk = at_work(&app, "mado", &[Role::Desk]).await;
        let id = id_of(&app, "mado").await;
        let page = admin.browser.post(&format!("/office/staff/{id}/link"), &[("confirm", "yes")]).await.shows("次のURLを");
        let link = element(&page, "invite-link");
        clerk.browser.get("/office").await.leads_to("/office/login");
        enter(&clerk.browser, "mado", PASSWORD).await.refuses(422);
        clerk.browser.get(link.strip_prefix(PUBLIC).unwrap()).await.leads_to("/office/invite");
        clerk.browser.post("/office/invite", &[("password", "あたらしいながいことば2026")]).await.leads_to("/office/login");
        app.clock.advance(HOUR / 4);
        enter(&clerk.browser, "mado", "あたらしいながいことば2026").await.leads_to("/office/second-step");
    }
}

on_both! {
    async fn the_command_line_adds_lists_keeps_out_and_renews(fresh: Fresh) {
        let service = service(&fresh);
        let new = newcomer("first", [Role::Admin, Role::Desk]);
        let password = service.password(&new.login_id, PASSWORD).unwrap();
        service.add(&new, &password, NOW).await.unwrap();
        assert!(matches!(service.add(&newcomer("FIRST", [Role::Desk]), &password, NOW).await, Err(StaffError::LoginTaken)));
        assert!(matches!(service.invite(&newcomer("none", []), NOW).await, Err(StaffError::NoRole)));
        let of_nobody = Newcomer { person: Some("1-2-3".parse().unwrap()), ..newcomer("kin", [Role::Desk]) };
        assert!(matches!(service.invite(&of_nobody, NOW).await, Err(StaffError::UnknownPerson)));
        let token = service.invite(&newcomer("second", [Role::Auditor]), NOW).await.unwrap();
        assert!(service.invited(&token, NOW).await.unwrap().is_some());
        service.set_disabled("second", true, NOW).await.unwrap();
        assert!(service.invited(&token, NOW).await.unwrap().is_none());
        let list = service.list().await.unwrap();
        let seen: Vec<_> = list.iter().map(|s| (s.login_id.as_str(), s.roles.words(), s.disabled_at.is_some(), s.has_password)).collect();
        assert_eq!(seen, [("first", "Desk Admin".to_owned(), false, true), ("second", "Auditor".to_owned(), true, false)]);
        assert!(matches!(service.set_disabled("nobody", true, NOW).await, Err(StaffError::Unknown)));
        assert!(matches!(service.reset("nobody", &password, NOW).await, Err(StaffError::Unknown)));
    }
}

on_both! {
    async fn what_meets_an_ended_session_is_kept_for_whoever_sent_it(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let admin = at_work(&app, "kanri", &[Role::Admin]).await;
        let other = at_work(&app, "other", &[Role::Admin]).await;
        app.clock.advance(HOUR / 4);
        let new = [("name", "見本 窓子"), ("login_id", "mado"), ("role_Desk", "on"), ("proof_password", PASSWORD)];
        admin.browser.post("/office/staff", &new).await.leads_to("/office/login");
        for clerk in [&other, &admin] {
            enter(&clerk.browser, if std::ptr::eq(clerk, &admin) { "kanri" } else { "other" }, PASSWORD).await
                .leads_to("/office/login/code");
            clerk.browser.post("/office/login/code", &[("code", &clerk.code(&app))]).await.leads_to("/office");
        }
        other.browser.get("/office").await.hides("送信できなかった内容");
        let home = admin.browser.get("/office").await.shows("送信できなかった内容があります").shows("見本 窓子");
        assert!(home.body.contains("action=\"/office/staff\"") && !home.body.contains(PASSWORD));
        let stored: Vec<u8> = ask!(&app.fresh.db, "select sealed_fields from staff_draft");
        assert!(!String::from_utf8_lossy(&stored).contains("mado"), "it lies in clear");
        admin.browser.post("/office/staff", &new[..3]).await.shows("次のURLを");
        admin.browser.get("/office").await.hides("送信できなかった内容");
        // Somebody who was kept out leaves none.
        let id = id_of(&app, "other").await;
        admin.browser.post(&format!("/office/staff/{id}/disable"), &[("confirm", "yes")]).await.leads_to("/office/staff");
        other.browser.post("/office/staff", &new).await.leads_to("/office/login");
        let drafts: i64 = ask!(&app.fresh.db, "select count(*) from staff_draft");
        assert_eq!(drafts, 0);
    }
}

/// Has a device answer what is asked under that path.
async fn asked(browser: &Browser, path: &str) -> String {
    let seen = browser.get(path).await;
    assert_eq!(seen.status, 200, "{path}: {}", seen.words());
    assert_eq!(seen.header("content-type"), "application/json");
    assert_eq!(seen.header("cache-control"), "no-store");
    seen.body
}

const AT_THE_DOOR: &str = "/office/login/passkey";
const OF_ONE_S_OWN: &str = "/office/profile/passkeys";

on_both! {
    async fn a_passkey_of_the_office_is_a_whole_sign_in_at_this_door_alone(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "mado", &[Role::Desk]).await;
        clerk.browser.get("/office/profile").await.shows("パスキーを追加する").shows("パスキー 0個");
        let mut device = Authenticator::new();
        let credential = device.create(&asked(&clerk.browser, OF_ONE_S_OWN).await);
        let new = [("name", "窓口のパソコン"), ("credential", credential.as_str())];
        clerk.browser.post(OF_ONE_S_OWN, &new).await.leads_to("/office/profile");
        clerk.browser.get("/office/profile").await.shows("パスキーを追加しました。").shows("窓口のパソコン");
        // The same answer is good once.
        clerk.browser.post(OF_ONE_S_OWN, &new).await.refuses(422);

        let other = app.browser();
        other.get("/office/login").await.shows("パスキーでログイン");
        let credential = device.sign(&asked(&other, AT_THE_DOOR).await);
        let answer = [("credential", credential.as_str())];
        let seen = other.post(AT_THE_DOOR, &answer).await.leads_to("/office");
        assert!(seen.header("set-cookie").contains("SameSite=Strict"));
        other.get("/office").await.shows("見本 mado");
        clerk.browser.get("/office").await.leads_to("/office/login");
        let thief = app.browser();
        thief.post(AT_THE_DOOR, &answer).await.refuses(422).shows("もう一度");
        asked(&thief, AT_THE_DOOR).await;
        thief.post(AT_THE_DOOR, &answer).await.refuses(422);
        thief.post(AT_THE_DOOR, &[("credential", "{")]).await.refuses(422);

        // Neither door takes the other's.
        let members = app.browser();
        let credential = device.sign(&asked(&members, "/login/passkey").await);
        members.post("/login/passkey", &[("credential", &credential)]).await.refuses(422);
        members.get("/home").await.leads_to("/login");
        let member = app.signed_in(TARO, &WISH).await;
        let mut phone = Authenticator::new();
        let credential = phone.create(&asked(&member, "/profile/passkeys/options").await);
        member.post("/profile/passkeys", &[("name", "電話"), ("credential", &credential)]).await;
        let credential = phone.sign(&asked(&thief, AT_THE_DOOR).await);
        thief.post(AT_THE_DOOR, &[("credential", &credential)]).await.refuses(422);
        thief.get("/office").await.leads_to("/office/login");

        // Removed by its owner, and nobody's when its owner is kept out.
        let id: uuid::Uuid = ask!(&app.fresh.db, "select id from passkey where holder_kind = 'staff'");
        let id = id.to_string();
        other.post(OF_ONE_S_OWN, &[("remove", &id)]).await.refuses(422).shows("確認の欄に");
        service(&app.fresh).set_disabled("mado", true, app.clock.now()).await.unwrap();
        let credential = device.sign(&asked(&thief, AT_THE_DOOR).await);
        thief.post(AT_THE_DOOR, &[("credential", &credential)]).await.refuses(422);
        service(&app.fresh).set_disabled("mado", false, app.clock.now()).await.unwrap();
        let credential = device.sign(&asked(&other, AT_THE_DOOR).await);
        other.post(AT_THE_DOOR, &[("credential", &credential)]).await.leads_to("/office");
        let remove = [("remove", id.as_str()), ("confirm", "yes")];
        other.post(OF_ONE_S_OWN, &remove).await.leads_to("/office/profile");
        other.post(OF_ONE_S_OWN, &remove).await.refuses(404);
        let credential = device.sign(&asked(&thief, AT_THE_DOOR).await);
        thief.post(AT_THE_DOOR, &[("credential", &credential)]).await.refuses(422);
    }
}

/// A browser in which somebody has typed their password, and enrolled nothing yet.
async fn at_enrolment(app: &TestApp, login: &str) -> Browser {
    let browser = app.browser();
    enter(&browser, login, PASSWORD)
        .await
        .leads_to("/office/second-step");
    browser
}

const ENROLMENT: &str = "/office/second-step";
const FIRST_PASSKEY: &str = "/office/second-step/passkey";

on_both! {
    async fn a_passkey_is_a_second_step_from_the_first_day_on(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        hire(&app, "mado", &[Role::Desk]).await;
        let browser = at_enrolment(&app, "mado").await;
        browser.get(ENROLMENT).await.shows("パスキーを設定する").shows("6桁の確認コード");
        let mut device = Authenticator::new();
        let credential = device.create(&asked(&browser, FIRST_PASSKEY).await);
        let new = [("name", ""), ("credential", credential.as_str())];
        browser.post(ENROLMENT, &[("credential", "{")]).await.refuses(422);
        browser.post(ENROLMENT, &new).await.leads_to("/office");
        // The session that waited for it has ended, and a challenge is good once.
        browser.post(ENROLMENT, &new).await;
        let passkeys: i64 = ask!(&app.fresh.db, "select count(*) from passkey");
        assert_eq!(passkeys, 1);
        browser.get("/office/profile").await.shows("パスキー 1個").shows("認証アプリを設定する");
        browser.get(FIRST_PASSKEY).await.leads_to("/office/login/code");

        // Nobody comes in, and nobody adds an app, with the password alone.
        let thief = app.browser();
        enter(&thief, "mado", PASSWORD).await.leads_to("/office/login/code");
        thief.get("/office/login/code").await.shows("パスキーでログイン");
        for path in ["/office", "/office/profile"] {
            thief.get(path).await.leads_to("/office/login/code");
        }
        thief.get(ENROLMENT).await.leads_to("/office/login/code").hides("totp-secret");
        thief.post(ENROLMENT, &[("code", "123456")]).await;
        thief.get("/office").await.leads_to("/office/login/code");
        let another = Authenticator::new().create(&asked(&at_enrolment_of_another(&app).await, FIRST_PASSKEY).await);
        thief.post(ENROLMENT, &[("name", "x"), ("credential", &another)]).await;
        let passkeys: i64 = ask!(&app.fresh.db, "select count(*) from passkey");
        assert_eq!(passkeys, 1);

        // Its owner adds one, after a fresh proof.
        app.clock.advance(11 * MINUTE);
        let page = browser.get(ENROLMENT).await.shows("6桁の確認コード");
        let code = app_code(&element(&page, "totp-secret"), app.clock.now());
        let asks = browser.post(ENROLMENT, &[("code", &code)]).await.refuses(422);
        asks.shows("ご本人の確認").shows("パスキーで確認して続ける");
        let signed = device.sign(&asked(&browser, AT_THE_DOOR).await);
        let page = browser.post(ENROLMENT, &[("code", &code), ("proof_credential", &signed)]).await;
        page.shows("予備コード");
        browser.get("/office/profile").await.shows("認証アプリ、予備コード 残り10個");
    }
}

async fn at_enrolment_of_another(app: &TestApp) -> Browser {
    hire(app, "another", &[Role::Desk]).await;
    at_enrolment(app, "another").await
}

on_both! {
    async fn a_passkey_is_a_fresh_proof_of_its_owner_alone(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "kanri", &[Role::Admin]).await;
        let mut device = Authenticator::new();
        let credential = device.create(&asked(&clerk.browser, OF_ONE_S_OWN).await);
        clerk.browser.post(OF_ONE_S_OWN, &[("credential", &credential)]).await.leads_to("/office/profile");
        let other = at_work(&app, "mado", &[Role::Desk]).await;
        let mut others = Authenticator::new();
        let credential = others.create(&asked(&other.browser, OF_ONE_S_OWN).await);
        other.browser.post(OF_ONE_S_OWN, &[("credential", &credential)]).await.leads_to("/office/profile");

        app.clock.advance(11 * MINUTE);
        let asks = async |browser: &Browser, signed: &str| {
            let fields = [("act", "recovery"), ("proof_credential", signed)];
            browser.post("/office/profile", &fields).await
        };
        let page = clerk.browser.post("/office/profile", &[("act", "recovery")]).await.refuses(422);
        page.shows("パスキーで確認して続ける").shows("name=\"act\"");
        let signed = others.sign(&asked(&clerk.browser, AT_THE_DOOR).await);
        asks(&clerk.browser, &signed).await.refuses(422).shows("ご本人の確認");
        let signed = device.sign(&asked(&clerk.browser, AT_THE_DOOR).await);
        asks(&clerk.browser, &signed).await.shows("予備コード");
        // Once; and what was shown holds for ten minutes.
        asks(&clerk.browser, "").await.shows("予備コード");
        app.clock.advance(11 * MINUTE);
        asks(&clerk.browser, &signed).await.refuses(422);
    }
}

on_both! {
    async fn whoever_signs_in_comes_to_the_page_that_was_wanted(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "kansa", &[Role::Auditor]).await;
        let browser = app.browser();
        browser.get("/office/audit?event=signed_in").await.leads_to("/office/login");
        enter(&browser, "kansa", PASSWORD).await.leads_to("/office/login/code");
        app.clock.advance(MINUTE);
        let code = clerk.code(&app);
        browser.post("/office/login/code", &[("code", &code)]).await
            .leads_to("/office/audit?event=signed_in");
        // Once.
        browser.post("/office/logout", &[]).await.leads_to("/office/login");
        enter(&browser, "kansa", PASSWORD).await.leads_to("/office/login/code");
        app.clock.advance(MINUTE);
        let code = clerk.code(&app);
        browser.post("/office/login/code", &[("code", &code)]).await.leads_to("/office");
        // An address of anybody's making leads nowhere else, and one that is too long is let go.
        let far = app.browser();
        far.get(&format!("/office/audit?event={}", "x".repeat(5000))).await.leads_to("/office/login");
        far.get("/office/login?next=https://evil.example").await.shows("事務局ログイン");
        enter(&far, "kansa", PASSWORD).await.leads_to("/office/login/code");
        app.clock.advance(MINUTE);
        let code = clerk.code(&app);
        far.post("/office/login/code", &[("code", &code)]).await.leads_to("/office");
    }
}
