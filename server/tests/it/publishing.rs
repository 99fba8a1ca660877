//! お知らせ, written in the browser: from the first word to the last day, by one person,
//! by two, and by those who may not.

use domain::{audience::Audience, office::role::Role};
use reqwest::Method;
use server::upkeep::notice_letters;
use store::publishing::{self, PROGRESS, STEPS, WAITING};

use crate::{
    browser::{Browser, Seen},
    looks::many_people,
    notices::{import, letters_about_notices, queue_letters},
    office::{Clerk, STAFF, at_work},
    roster::NOW,
    test_app::{
        HANAKO, HOUR, INSTANT, JIRO, MINUTE, OTHER_WISH, PUBLIC, TARO, TestApp, WISH, Wish,
    },
    trail::explained,
    unsubscribe::unsubscribe_path,
};

const HANAKO_WISH: Wish<'_> = Wish {
    login_id: "hanako",
    password: "haru2026sora",
    email: "hanako@example.jp",
    nickname: "はなこ",
};

const FIELDS: [(&str, &str); 9] = [
    ("kind", "notice"),
    ("title", "予防接種の補助"),
    ("category", "補助"),
    ("audience", "全員"),
    ("opens_on", "2026-11-22"),
    ("ends_on", "2027-03-31"),
    ("slug", ""),
    (
        "body",
        "# 対象\n\n接種を受けた方に**2,000円**を補助します。",
    ),
    ("version", "0"),
];

/// The fields of a form, with others in their place or beside them.
fn with<'a>(others: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields: Vec<(&str, &str)> = FIELDS
        .into_iter()
        .filter(|(name, _)| others.iter().all(|(other, _)| other != name))
        .collect();
    fields.extend(others);
    fields
}

/// Writes a draft; its address.
async fn written(clerk: &Clerk, others: &[(&str, &str)]) -> String {
    let seen = clerk
        .browser
        .post("/office/notices/new", &with(others))
        .await;
    assert_eq!(seen.status, 303, "{}", seen.words());
    seen.header("location").to_owned()
}

/// The version that a page was opened with.
fn version(page: &Seen) -> String {
    let (_, rest) = page.body.split_once("data-version=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

async fn opened(clerk: &Clerk, path: &str) -> String {
    version(&clerk.browser.get(path).await)
}

async fn published(clerk: &Clerk, path: &str) -> Seen {
    let path = format!("{path}/publish");
    clerk.browser.post(&path, &[("confirm", "yes")]).await
}

/// What members read of a page, and what a preview shows of it.
fn article(page: &Seen) -> String {
    let (_, rest) = page.body.split_once("<article").unwrap();
    rest.split("</article>").next().unwrap().to_owned()
}

fn as_members_find(path: &str) -> String {
    path.replace("/office/notices/", "/notices/")
}

async fn again(app: &TestApp, wish: &Wish<'_>) -> Browser {
    let browser = app.browser();
    browser
        .sign_in(wish.login_id, wish.password)
        .await
        .leads_to("/home");
    browser
}

on_both! {
    async fn a_notice_is_written_previewed_scheduled_read_by_whom_it_is_for_and_its_letter_unsubscribed(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(HANAKO, &HANAKO_WISH).await;
        let clerk = at_work(&app, "kouhou", &[Role::Publisher]).await;
        clerk.browser.get("/office/notices").await.shows("「お知らせを書く」から始めてください");
        clerk.browser.get("/office/notices/new").await.shows("お知らせを書く");
        let to_insured = [("audience", "被保険者"), ("opens_on", "2026-11-23"), ("letter", "on"), ("important", "on")];
        let counted = with(&[("audience", "被保険者"), ("act", "count")]);
        let page = clerk.browser.post("/office/notices/new", &counted).await;
        assert_eq!(page.status, 200);
        page.shows("人、うちメール 1人").shows("予防接種の補助");
        let path = written(&clerk, &to_insured).await;
        clerk.browser.get(&path).await.shows("保存しました。").shows("下書き").shows("作成").shows("見本 kouhou");
        let list = clerk.browser.get("/office/notices").await;
        assert!(list.body.contains("data-state=\"draft\""));
        list.shows("件の未処理");

        let address = as_members_find(&path);
        let taro = again(&app, &WISH).await;
        taro.get("/notices").await.hides("予防接種");
        taro.get(&address).await.refuses(404);
        let preview = clerk.browser.get(&format!("{path}/preview")).await.shows("プレビューです");
        let confirm = format!("{path}/publish");
        clerk.browser.get(&confirm).await.shows("人、うちメール 1人").shows("2026年11月23日の0時から公開します");
        clerk.browser.post(&confirm, &[]).await.refuses(422).shows("もう一度押してください");
        published(&clerk, &path).await.leads_to(&path);
        clerk.browser.get(&path).await.shows("公開を予約しました。").shows("予約").shows("公開の手続き");
        taro.get(&address).await.refuses(404);
        assert_eq!(queue_letters(&app).await, 0);

        app.clock.advance(14 * HOUR - INSTANT);
        again(&app, &WISH).await.get(&address).await.refuses(404);
        app.clock.advance(INSTANT);
        let taro = again(&app, &WISH).await;
        let page = taro.get(&address).await.shows("2,000円");
        assert_eq!(article(&page), article(&preview), "the preview is the members' page");
        taro.get("/notices").await.shows("予防接種の補助").shows("重要");
        again(&app, &HANAKO_WISH).await.get(&address).await.refuses(404);

        app.clock.advance(9 * HOUR);
        assert_eq!(queue_letters(&app).await, 1);
        let letters = letters_about_notices(&app, WISH.email).await;
        assert_eq!(letters.len(), 1);
        assert!(letters[0].text.contains(&format!("{PUBLIC}{address}")));
        assert_eq!(letters_about_notices(&app, HANAKO_WISH.email).await.len(), 0);
        let way_out = unsubscribe_path(&letters[0]);
        for _ in 0..2 {
            let program = app.browser();
            let bare = program.request(Method::POST, &way_out).form(&[("List-Unsubscribe", "One-Click")]);
            assert_eq!(program.send(bare).await.status, 200);
        }
        let left: i64 = ask!(&app.fresh.db, "select count(*) from email where notices");
        assert_eq!(left, 1, "hanako's");
    }
}

on_both! {
    async fn what_is_on_view_is_corrected_without_a_second_letter_and_withdrawn_at_once(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let clerk = at_work(&app, "kouhou", &[Role::Publisher]).await;
        let path = written(&clerk, &[("letter", "on")]).await;
        published(&clerk, &path).await.leads_to(&path);
        clerk.browser.get(&path).await.shows("公開しました。").shows("公開中");
        published(&clerk, &path).await.refuses(422).shows("すでに公開の手続きが済んでいます");
        assert_eq!(queue_letters(&app).await, 1);

        let now = opened(&clerk, &path).await;
        let later = with(&[("version", &now), ("opens_on", "2026-12-01")]);
        clerk.browser.post(&path, &later).await.refuses(422).shows("先の日付に変えられません");
        let corrected = with(&[("version", &now), ("body", "**3,000円**を補助します。"), ("letter", "on")]);
        clerk.browser.post(&path, &corrected).await.leads_to(&path);
        clerk.browser.get(&path).await.shows("会員の画面にも反映されています").shows("変更（本文）");
        let address = as_members_find(&path);
        let taro = again(&app, &WISH).await;
        taro.get(&address).await.shows("3,000円").hides("2,000円");
        assert_eq!(queue_letters(&app).await, 0);
        assert_eq!(letters_about_notices(&app, WISH.email).await.len(), 1);
        // The same once more changes nothing.
        let now = opened(&clerk, &path).await;
        let same = with(&[("version", &now), ("body", "**3,000円**を補助します。")]);
        clerk.browser.post(&path, &same).await.leads_to(&path);
        clerk.browser.get(&path).await.shows("変更した項目はありません");
        assert_eq!(opened(&clerk, &path).await, now);

        let withdraw = format!("{path}/withdraw");
        clerk.browser.post(&withdraw, &[]).await.refuses(422);
        taro.get(&address).await.shows("3,000円");
        clerk.browser.post(&withdraw, &[("confirm", "yes")]).await.leads_to(&path);
        taro.get(&address).await.refuses(404);
        taro.get("/notices").await.hides("予防接種");
        let page = clerk.browser.get(&path).await.shows("取り下げました。");
        assert!(page.body.contains("data-state=\"withdrawn\""));
        clerk.browser.post(&path, &with(&[("version", &version(&page))])).await.refuses(422)
            .shows("取り下げたお知らせは変更できません");
        published(&clerk, &path).await.refuses(422);
        clerk.browser.get("/office/notices").await.hides("予防接種");
        clerk.browser.get("/office/notices?show=past").await.shows("予防接種の補助").shows("取り下げ");
        // Its words begin another one.
        let (_, id) = path.rsplit_once('/').unwrap();
        clerk.browser.get(&format!("/office/notices/new?from={id}")).await.shows("3,000円");
        let events: i64 = ask!(&app.fresh.db, "select count(*) from audit where event in
            ('notice_written', 'notice_published', 'notice_withdrawn') and actor <> ''");
        assert_eq!(events, 4);
    }
}

on_both! {
    async fn a_notice_that_was_not_on_view_yet_becomes_a_draft_again_and_then_ends_by_itself(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let clerk = at_work(&app, "kouhou", &[Role::Publisher]).await;
        let path = written(&clerk, &[("opens_on", "2026-11-23"), ("ends_on", "2026-11-23")]).await;
        published(&clerk, &path).await.leads_to(&path);
        clerk.browser.post(&format!("{path}/withdraw"), &[("confirm", "yes")]).await.leads_to(&path);
        clerk.browser.get(&path).await.shows("下書きに戻しました");
        published(&clerk, &path).await.leads_to(&path);
        app.clock.advance(15 * HOUR);
        again(&app, &WISH).await.get(&as_members_find(&path)).await.shows("2,000円");
        assert_eq!(queue_letters(&app).await, 0, "nobody asked for letters");
        app.clock.advance(24 * HOUR);
        again(&app, &WISH).await.get(&as_members_find(&path)).await.refuses(404);
        let clerk = at_work(&app, "another", &[Role::Publisher]).await;
        let page = clerk.browser.get(&path).await.shows("公開の開始").shows("公開の終了").shows("自動");
        assert!(page.body.contains("data-state=\"ended\""));
    }
}

on_both! {
    async fn of_two_people_the_second_is_shown_what_the_first_changed_and_loses_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let one = at_work(&app, "one", &[Role::Publisher]).await;
        let other = at_work(&app, "other", &[Role::Publisher]).await;
        let path = written(&one, &[]).await;
        let seen = opened(&one, &path).await;
        assert_eq!(seen, opened(&other, &path).await);
        let first = with(&[("version", &seen), ("title", "予防接種のご案内"), ("category", "健診")]);
        one.browser.post(&path, &first).await.leads_to(&path);
        let second = with(&[("version", &seen), ("body", "まったく別の本文です。")]);
        let page = other.browser.post(&path, &second).await.refuses(422);
        page.clone().shows("ほかの職員が変更しました").shows("見本 one").shows("変更（件名、分類）")
            .shows("予防接種のご案内").shows("まったく別の本文です。");
        // Nothing of it is kept, nor lost: sent once more it is what counts.
        other.browser.get(&path).await.hides("まったく別の本文です。");
        let now = version(&page);
        assert_ne!(now, seen);
        let once_more = with(&[("version", &now), ("body", "まったく別の本文です。")]);
        other.browser.post(&path, &once_more).await.leads_to(&path);
        one.browser.get(&path).await.shows("まったく別の本文です。");
        // What was looked at is what is published or withdrawn.
        for act in ["publish", "withdraw"] {
            let old = [("confirm", "yes"), ("version", seen.as_str())];
            one.browser.post(&format!("{path}/{act}"), &old).await.refuses(422).shows("ほかの職員が変更しました");
        }
        for nonsense in ["", "x", "-", "1e3", "99999999999999999999", "１"] {
            let fields = with(&[("version", nonsense), ("title", "別の件名")]);
            one.browser.post(&path, &fields).await.refuses(422).shows("別の件名");
        }
        let title: String = ask!(&app.fresh.db, "select title from notice");
        assert_eq!(title, "予防接種の補助");
        // A file that corrects it is somebody else, too.
        let number: String = ask!(&app.fresh.db, "select number from notice");
        let now = opened(&one, &path).await;
        import(&app.fresh, &format!("{number},お知らせ,取込の件名,補助,通常,全員,2026-11-22,,本文,,\n")).await;
        one.browser.post(&path, &with(&[("version", &now)])).await.refuses(422).shows("取込の件名");
        let now = opened(&one, &path).await;
        import(&app.fresh, &format!("{number},お知らせ,取込の件名,補助,通常,全員,2026-11-22,,本文,,\n")).await;
        assert_eq!(opened(&one, &path).await, now, "the same file is no change");
    }
}

on_both! {
    async fn publishing_is_for_the_publisher_alone(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let publisher = at_work(&app, "first", &[Role::Publisher]).await;
        let path = written(&publisher, &[]).await;
        let pages = ["/office/notices", "/office/notices/new", &path, &format!("{path}/preview"),
            &format!("{path}/publish"), &format!("{path}/letters")];
        let posts = ["/office/notices/new", &path, &format!("{path}/preview"),
            &format!("{path}/publish"), &format!("{path}/withdraw"), &format!("{path}/letters")];
        let mut refused = 0;
        for (login, role) in STAFF {
            let clerk = at_work(&app, login, &[role]).await;
            let linked = clerk.browser.get("/office").await.body.contains("href=\"/office/notices\"");
            assert_eq!(linked, role == Role::Publisher, "{login}");
            if role == Role::Publisher {
                continue;
            }
            for page in pages {
                clerk.browser.get(page).await.refuses(403);
            }
            for post in posts {
                clerk.browser.post(post, &with(&[("confirm", "yes")])).await.refuses(403);
            }
            refused += pages.len() + posts.len();
        }
        let noted: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'staff_refused'");
        assert_eq!(noted, refused as i64);
        let there: i64 = ask!(&app.fresh.db, "select count(*) from notice where state = 'draft'");
        assert_eq!(there, 1);
        for nowhere in ["x", "0193a7c0-0000-7000-8000-000000000000"] {
            publisher.browser.get(&format!("/office/notices/{nowhere}")).await.refuses(404);
            let path = format!("/office/notices/{nowhere}/publish");
            publisher.browser.post(&path, &[("confirm", "yes")]).await.refuses(404);
        }
        app.browser().get(&path).await.leads_to("/office/login");
    }
}

on_both! {
    async fn case_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let clerk = at_work(&app, "kouhou", &[Role::Publisher]).await;
        let long = "長".repeat(10_000);
        let refused = async |others: &[(&str, &str)], said: &str| {
            let page = clerk.browser.post("/office/notices/new", &with(others)).await.refuses(422);
            page.shows(said)
        };
        let page = refused(&[("title", &long)], "件名：長すぎます（60文字まで）。").await;
        assert!(page.body.contains("<a href=\"#title\">"));
        refused(&[("title", " ")], "件名：値がありません。").await.shows("2,000円");
        refused(&[("ends_on", "2026-11-21")], "公開終了日が公開日より前です").await;
        refused(&[("opens_on", "2026-02-30")], "暦にない日付です").await;
        refused(&[("audience", "社員")], "対象「社員」は読めません").await;
        refused(&[("audience", "全員 被保険者")], "同じ種類の条件が2つあります").await;
        refused(&[("kind", "page")], "どちらでもありません").await;
        refused(&[("body", "")], "本文：値がありません").await;
        refused(&[("body", &long.repeat(2))], "本文：長すぎます（15000文字まで）").await;
        refused(&[("kind", "article")], "健康情報にはアドレス名が必要です").await;
        refused(&[("slug", "walking")], "お知らせにはアドレス名を書けません").await;
        refused(&[("kind", "article"), ("slug", "walking"), ("letter", "on")], "メールでお知らせできません").await;
        let none: i64 = ask!(&app.fresh.db, "select count(*) from notice");
        assert_eq!(none, 0);

        let walking = [("kind", "article"), ("slug", "walking")];
        let path = written(&clerk, &walking).await;
        refused(&walking, "アドレス名：別の健康情報で使われています").await.shows("2,000円");
        published(&clerk, &path).await.leads_to(&path);
        taro.get("/health/walking").await.shows("2,000円").shows("診断ではありません");
        // Nothing in a body acts.
        let body = "</textarea><b>x</b> <script>alert(1)</script> [link](javascript:alert(1)) <img src=x onerror=alert(1)>";
        let path = written(&clerk, &[("body", body), ("title", "</title><b>件名</b>")]).await;
        published(&clerk, &path).await.leads_to(&path);
        let shown = [
            clerk.browser.get(&format!("{path}/preview")).await,
            clerk.browser.get(&path).await,
            taro.get(&as_members_find(&path)).await,
        ];
        for page in shown {
            for acts in ["<script>alert", "href=\"javascript:", "<img src=x", "<b>件名", "</textarea><b>"] {
                assert!(!page.body.contains(acts), "{acts}");
            }
        }
        // What is over is not published.
        let path = written(&clerk, &[("opens_on", "2026-11-01"), ("ends_on", "2026-11-21")]).await;
        published(&clerk, &path).await.refuses(422).shows("もう過ぎています");
        // An employer whom nobody has is told, and is no mistake.
        let path = written(&clerk, &[("audience", "事業所:0070")]).await;
        clerk.browser.get(&path).await.shows("「0070」の方は、名簿にいません").shows("対象 0人、うちメール 0人");
    }
}

/// A form with a file, as a browser sends it.
fn multipart(fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    if let Some((name, content)) = file {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"attachment\"; filename=\"{name}\"\r\n\
                            Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend(content);
        body.extend(b"\r\n");
    }
    body.extend(b"--edge--\r\n");
    body
}

async fn send(browser: &Browser, path: &str, body: Vec<u8>) -> Seen {
    let request = browser
        .request(Method::POST, path)
        .header("origin", PUBLIC)
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(body);
    browser.send(request).await
}

on_both! {
    async fn an_attachment_is_what_its_name_says_and_comes_with_the_form_or_after_it(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let clerk = at_work(&app, "kouhou", &[Role::Publisher]).await;
        let pdf: &[u8] = b"%PDF-1.7 guide";
        for (name, content, said) in [
            ("liar.png", pdf, "拡張子と違います"),
            ("page.html", b"<html>".as_slice(), "添付できるのは"),
            ("empty.pdf", b"".as_slice(), "空か"),
            ("a\u{202E}fdp.pdf", pdf, "使えない文字"),
        ] {
            let page = send(&clerk.browser, "/office/notices/new", multipart(&FIELDS, Some((name, content)))).await;
            page.refuses(422).shows(said).shows("2,000円");
        }
        let seen = send(&clerk.browser, "/office/notices/new", multipart(&FIELDS, Some(("C:\\docs\\案内.pdf", pdf)))).await;
        assert_eq!(seen.status, 303, "{}", seen.words());
        let path = seen.header("location").to_owned();
        clerk.browser.get(&path).await.shows("案内.pdf").hides("C:\\docs");
        let got = clerk.browser.get(&format!("{path}/attachment")).await;
        assert_eq!(got.body.as_bytes(), pdf);
        published(&clerk, &path).await.leads_to(&path);
        taro.get(&as_members_find(&path)).await.shows("案内.pdf");

        // Another one in its place, and then none.
        let now = opened(&clerk, &path).await;
        let stale = multipart(&[("version", "1000")], Some(("地図.png", b"\x89PNG\r\n\x1a\n")));
        send(&clerk.browser, &path, stale).await.refuses(422).shows("ほかの職員が変更しました");
        let map = multipart(&[("version", &now)], Some(("地図.png", b"\x89PNG\r\n\x1a\n")));
        send(&clerk.browser, &path, map).await.leads_to(&path);
        taro.get(&as_members_find(&path)).await.shows("地図.png").hides("案内.pdf").shows("2,000円");
        let now = opened(&clerk, &path).await;
        clerk.browser.post(&path, &[("version", &now), ("act", "detach")]).await.leads_to(&path);
        taro.get(&as_members_find(&path)).await.hides("地図.png");
        let files: i64 = ask!(&app.fresh.db, "select count(*) from file");
        assert_eq!(files, 0, "what no notice has is gone");
        // No file was chosen.
        let now = opened(&clerk, &path).await;
        send(&clerk.browser, &path, multipart(&[("version", &now)], Some(("", b"")))).await.refuses(422)
            .shows("添付ファイルを選んでください");
    }
}

on_both! {
    async fn case_a_file_is_judged_by_who_sends_it_before_it_is_read(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "kouhou", &[Role::Publisher]).await;
        let desk = at_work(&app, "mado", &[Role::Desk]).await;
        let form = multipart(&FIELDS, Some(("案内.pdf", b"%PDF-1.7")));
        send(&app.browser(), "/office/notices/new", form.clone()).await.refuses(401).shows("もう一度ログインしてから");
        send(&desk.browser, "/office/notices/new", form.clone()).await.refuses(403);
        let foreign = clerk.browser.request(Method::POST, "/office/notices/new")
            .header("origin", "https://evil.example")
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(form.clone());
        clerk.browser.send(foreign).await.refuses(403);
        // Said to be too long, so none of it is read.
        let head = format!(
            "POST /office/notices/new HTTP/1.1\r\nhost: portal\r\norigin: {PUBLIC}\r\n\
             cookie: __Host-office={}\r\ncontent-type: multipart/form-data; boundary=edge\r\n\
             content-length: 50000000\r\nconnection: close\r\n\r\n",
            clerk.browser.cookie("__Host-office").unwrap()
        );
        app.raw(&head).await.refuses(413);
        for broken in [b"--edge\r\n".to_vec(), b"nothing".to_vec(), multipart(&[("title", "a"), ("title", "b")], None)] {
            send(&clerk.browser, "/office/notices/new", broken).await.refuses(400);
        }
        // Nowhere else are files taken.
        send(&clerk.browser, "/office/notices/new/preview", form.clone()).await.refuses(415);
        send(&clerk.browser, "/office/profile", form).await.refuses(415);
        let none: i64 = ask!(&app.fresh.db, "select count(*) from notice");
        assert_eq!(none, 0);
    }
}

on_both! {
    async fn a_preview_of_what_was_typed_keeps_nothing_and_loses_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "kouhou", &[Role::Publisher]).await;
        let page = clerk.browser.post("/office/notices/new/preview", &with(&[])).await;
        assert_eq!(page.status, 200);
        page.clone().shows("プレビューです").shows("2,000円");
        assert!(page.body.contains("action=\"/office/notices/new\""));
        assert!(page.body.contains("name=\"title\" value=\"予防接種の補助\""), "{}", page.body);
        let none: i64 = ask!(&app.fresh.db, "select count(*) from notice");
        assert_eq!(none, 0);
        let back = clerk.browser.post("/office/notices/new", &with(&[("act", "edit")])).await;
        assert_eq!(back.status, 200);
        back.shows("2,000円");
        let path = written(&clerk, &[]).await;
        let typed = with(&[("title", "まだ保存していない件名"), ("version", "1")]);
        clerk.browser.post(&format!("{path}/preview"), &typed).await.shows("まだ保存していない件名");
        clerk.browser.get(&path).await.hides("まだ保存していない件名");
        let wrong = with(&[("title", ""), ("version", "1")]);
        clerk.browser.post(&format!("{path}/preview"), &wrong).await.refuses(422).shows("件名：値がありません");
    }
}

on_both! {
    async fn letters_are_held_back_and_gone_on_with_and_nobody_gets_two(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(JIRO, &OTHER_WISH).await;
        app.post_is_out().await;
        let clerk = at_work(&app, "kouhou", &[Role::Publisher]).await;
        let path = written(&clerk, &[("letter", "on")]).await;
        let letters = format!("{path}/letters");
        clerk.browser.post(&letters, &[("act", "pause")]).await.refuses(422).shows("まだ公開していません");
        published(&clerk, &path).await.leads_to(&path);
        clerk.browser.get(&letters).await.shows("以降に送り始めます");
        // Queued, and held back before the worker looks at them.
        assert_eq!(queue_letters(&app).await, 2);
        clerk.browser.post(&letters, &[("act", "what")]).await.refuses(422);
        clerk.browser.post(&letters, &[("act", "pause")]).await.leads_to(&letters);
        let sent: i64 = ask!(&app.fresh.db, "select count(*) from letter where notice_id is not null and sent_at is not null");
        if sent == 2 {
            // The worker was quicker, which is no mistake.
            return;
        }
        clerk.browser.get(&letters).await.shows("送信を一時停止しました。").shows("送信を再開する");
        let wake = "wake@example.jp";
        app.browser().post_email(wake).await.leads_to("/register/sent");
        app.until("the other letter is out", || async {
            let waiting: i64 = ask!(&app.fresh.db,
                "select count(*) from letter where sent_at is null and given_up_at is null and paused_at is null");
            waiting == 0
        }).await;
        let still: i64 = ask!(&app.fresh.db, "select count(*) from letter where paused_at is not null and sent_at is null");
        assert_eq!(still, 2 - sent);
        // Four days later a letter would have lost its meaning; these have not.
        app.clock.advance(96 * HOUR);
        let clerk = at_work(&app, "another", &[Role::Publisher]).await;
        clerk.browser.post(&letters, &[("act", "resume")]).await.leads_to(&letters);
        for wish in [&WISH, &OTHER_WISH] {
            assert_eq!(letters_about_notices(&app, wish.email).await.len(), 1);
        }
        let page = clerk.browser.get(&letters).await.shows("2通のうち 2通");
        assert!(page.body.contains("data-percent=\"100\""));
        clerk.browser.get(&path).await.shows("メールの一時停止").shows("メールの再開");
    }
}

on_both! {
    async fn what_is_withdrawn_or_for_others_now_sends_no_letter_that_has_not_left(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(HANAKO, &HANAKO_WISH).await;
        app.post_is_out().await;
        let clerk = at_work(&app, "kouhou", &[Role::Publisher]).await;
        let path = written(&clerk, &[("letter", "on")]).await;
        published(&clerk, &path).await.leads_to(&path);
        assert_eq!(queue_letters(&app).await, 2);
        tell!(&app.fresh.db, "update letter set paused_at = 1, sent_at = null where notice_id is not null");
        let now = opened(&clerk, &path).await;
        let insured = with(&[("version", &now), ("audience", "被保険者"), ("letter", "on")]);
        clerk.browser.post(&path, &insured).await.leads_to(&path);
        let left: i64 = ask!(&app.fresh.db, "select count(*) from letter where notice_id is not null");
        assert_eq!(left, 1, "hanako's is taken back");
        clerk.browser.post(&format!("{path}/withdraw"), &[("confirm", "yes")]).await.leads_to(&path);
        let left: i64 = ask!(&app.fresh.db, "select count(*) from letter where notice_id is not null");
        assert_eq!(left, 0);
    }
}

on_both! {
    async fn with_four_eyes_letters_go_out_when_a_second_publisher_has_agreed(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| config.four_eyes = true).await;
        app.registered(TARO, &WISH).await;
        let one = at_work(&app, "one", &[Role::Publisher]).await;
        for page in ["/office/notices", "/office/notices/new"] {
            one.browser.get(page).await.shows("いま、ほかに広報の役割の職員がいません");
        }
        // Without letters one is enough.
        let quiet = written(&one, &[("title", "静かなお知らせ")]).await;
        published(&one, &quiet).await.leads_to(&quiet);
        one.browser.get(&quiet).await.shows("公開中");

        let other = at_work(&app, "other", &[Role::Publisher]).await;
        one.browser.get("/office/notices").await.hides("いま、ほかに広報の役割の職員がいません");
        let path = written(&one, &[("letter", "on")]).await;
        published(&one, &path).await.leads_to(&path);
        one.browser.get(&path).await.shows("公開を依頼しました").shows("確認待ち");
        let taro = again(&app, &WISH).await;
        taro.get("/notices").await.hides("予防接種").shows("静かなお知らせ");
        assert_eq!(queue_letters(&app).await, 0);
        published(&one, &path).await.refuses(422).shows("ご自分の依頼は、ほかの広報の職員が確認します");
        // Whoever changes it has it asked for anew.
        let now = opened(&other, &path).await;
        other.browser.post(&path, &with(&[("version", &now), ("title", "別の件名"), ("letter", "on")])).await.leads_to(&path);
        other.browser.get(&path).await.shows("下書きに戻しました");
        published(&one, &path).await.leads_to(&path);
        other.browser.get(&format!("{path}/publish")).await.shows("見本 oneさんが公開を依頼しました");
        // Nobody agrees to the work of whoever has changed their account within a week.
        tell!(&app.fresh.db, "insert into staff_change (id, staff_id, kind, roles, proposed_by, proposed_at, decided_at, done)
            select a.id, a.id, 'roles', '', b.id, $1, $1, 1 from staff_member a, staff_member b
            where a.login_key = 'other' and b.login_key = 'one'", app.clock.now().0);
        published(&other, &path).await.refuses(422).shows("7日以内に登録または変更した職員どうし");
        tell!(&app.fresh.db, "delete from staff_change where kind = 'roles'");
        published(&other, &path).await.leads_to(&path);
        taro.get("/notices").await.shows("別の件名");
        // Until the letters are queued nobody changes what was agreed to.
        let now = opened(&one, &path).await;
        one.browser.post(&path, &with(&[("version", &now), ("title", "すり替え")])).await.refuses(422)
            .shows("メールの送信が始まってから");
        assert_eq!(queue_letters(&app).await, 1);
    }
}

on_both! {
    async fn publishing_asks_for_a_fresh_proof_and_withdrawing_asks_for_none(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let clerk = at_work(&app, "kouhou", &[Role::Publisher]).await;
        let path = written(&clerk, &[]).await;
        app.clock.advance(11 * MINUTE);
        let asked = published(&clerk, &path).await.refuses(422).shows("ご本人の確認");
        assert!(asked.body.contains("name=\"confirm\" value=\"yes\""));
        let code = clerk.code(&app);
        let proven = [("confirm", "yes"), ("proof_password", "みなとのひろばにさくはな"), ("proof_code", &code)];
        clerk.browser.post(&format!("{path}/publish"), &proven).await.leads_to(&path);
        app.clock.advance(11 * MINUTE);
        clerk.browser.post(&format!("{path}/withdraw"), &[("confirm", "yes")]).await.leads_to(&path);
        clerk.browser.get(&path).await.shows("取り下げました。");
    }
}

on_both! {
    /// Counted and told in one statement each, however many there are.
    async fn letters_to_everybody_are_queued_by_one_statement(fresh: Fresh) {
        many_people(&fresh, 5_000).await;
        tell!(&fresh.db, "insert into member (id, person_id, login_id, login_id_key, nickname, password_hash, registered_at)
            select id, id, number, number, 'x', '', 0 from person");
        tell!(&fresh.db, "insert into email (id, member_id, address, address_key, added_at, confirmed_at, notices)
            select id, id, number || '@example.jp', number || '@example.jp', 0, 0, true from person");
        tell!(&fresh.db, "analyze");
        import(&fresh, "N-1,お知らせ,題,分類,,被保険者 年齢:40-74,2026-11-20,,本文,,\n").await;
        let today = NOW.in_japan().date();
        let audience = Audience::parse("被保険者 年齢:40-74").unwrap();
        let reach = publishing::reach(&fresh.db, &audience, today).await.unwrap();
        assert_eq!((reach.people, reach.letters), (5_000, 5_000));
        assert_eq!(notice_letters::queue_letters(&fresh.db, NOW).await.unwrap(), 5_000);
        let id: uuid::Uuid = ask!(&fresh.db, "select id from notice");
        let told: i64 = ask!(&fresh.db, "select letters from notice");
        assert_eq!(told, 5_000);
        let mut tx = fresh.db.write().await.unwrap();
        assert_eq!(publishing::pause(&mut tx, id, NOW).await.unwrap(), 5_000);
        tx.commit().await.unwrap();
        let progress = publishing::progress(&fresh.db, id).await.unwrap();
        assert_eq!((progress.paused, progress.waiting), (5_000, 0));
        // Whoever waits for a letter of their own does not wait for these.
        let claimed = store::letter::claim(&fresh.db, NOW, HOUR, 50).await.unwrap();
        assert_eq!(claimed.len(), 0);
        tell!(&fresh.db, "analyze");
        let is_sqlite = matches!(fresh.db, store::Db::Sqlite(_));
        let id = match is_sqlite {
            true => format!("x'{}'", id.simple()),
            false => format!("cast('{id}' as uuid)"),
        };
        for (sql, index) in [(STEPS, "notice_step_of"), (WAITING, "notice_waiting")] {
            let plan = explained(&fresh.db, &sql.replace("$1", &id)).await;
            // A table of no rows is read as it stands by PostgreSQL.
            assert!(plan.contains(index) || !is_sqlite, "{plan}");
        }
        let other = match is_sqlite {
            true => "x'00000000000000000000000000000007'".to_owned(),
            false => "cast('00000000-0000-0000-0000-000000000007' as uuid)".to_owned(),
        };
        let plan = explained(&fresh.db, &PROGRESS.replace("$1", &other)).await;
        assert!(plan.contains("letter_notice"), "{plan}");
    }
}
