//! The telephone story over the office's own pages, the audit, and the first page's figures.

use domain::office::role::Role;
use reqwest::Method;
use uuid::Uuid;

use crate::{
    browser::{Browser, Seen},
    office::at_work,
    telephone::person,
    test_app::{JIRO, MINUTE, PUBLIC, TARO, TestApp, WISH},
};

const CALL: [(&str, &str); 2] = [("reason", "phone"), ("reason_text", "本人から電話")];
const ANSWERS: [(&str, &str); 2] = [("confirm_born_on", "on"), ("confirm_family", "on")];
const YES: (&str, &str) = ("confirm", "yes");

async fn page_of(app: &TestApp, key: &str) -> String {
    format!("/office/people/{}", person(app, key).await)
}

/// Says why, and who called.
async fn answers_the_telephone(desk: &Browser, path: &str) {
    desk.get(path)
        .await
        .shows("閲覧の理由")
        .hides("メールアドレス</h2>");
    desk.post(path, &CALL).await.leads_to(path);
    desk.post(path, &ANSWERS).await.leads_to(path);
}

on_both! {
    async fn the_telephone_from_the_call_to_the_history(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let desk = at_work(&app, "madoguchi", &[Role::Desk]).await.browser;
        desk.get("/office/people").await.shows("加入者の検索").hides("監査記録</a>");
        desk.post("/office/people", &[("q", "架空 太")]).await
            .shows("架空 太郎").shows("1001-12-00").shows("登録済み")
            .hides("架空区").hides("1980年4月");
        let path = page_of(&app, TARO).await;

        // The reason first, and it is one of six.
        desk.get(&path).await.shows("閲覧の理由").hides("架空 太郎")
            .shows("窓口の職員がほかにいません");
        desk.post(&path, &[]).await.refuses(422).shows("理由を選んでください。");
        desk.post(&path, &[("reason", "curiosity")]).await.refuses(422).hides("架空 太郎");
        let long = "あ".repeat(10_000);
        desk.post(&path, &[("reason", "phone"), ("reason_text", &long)]).await
            .refuses(422).shows("理由は200文字以内で入力してください（いま10000文字）。").hides(&long);
        let looks: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'office_looked'");
        assert_eq!(looks, 0);
        desk.post(&path, &CALL).await.leads_to(&path);

        // What is asked of the caller is hidden until it was asked; nothing can be done.
        let page = desk.get(&path).await.shows("架空 太郎").shows("お電話の相手の確認");
        page.shows("ta…@example.jp").hides("taro@").hides("架空区見本町").hides("1980年").hides("花子")
            .hides("お手続き</h2>");
        desk.post(&format!("{path}/sessions"), &[YES]).await.leads_to(&path);
        taro.home().await.shows("たろうさん");
        desk.post(&path, &[("confirm_address", "on")]).await.refuses(422).shows("2つ以上を選ぶか");
        desk.post(&path, &ANSWERS).await.leads_to(&path);
        let page = desk.get(&path).await.shows("1980年4月1日").shows("架空 花子").shows("架空区見本町");
        page.shows("本人確認：生年月日、家族の名前").shows("メールサーバーが受け取りました")
            .hides("医療費").hides("健診");

        // Each act is asked for twice.
        let act = format!("{path}/sessions");
        desk.post(&act, &[]).await.refuses(422).shows("「確認しました」にチェック");
        taro.home().await.shows("たろうさん");
        desk.post(&act, &[YES]).await.leads_to(&path);
        desk.get(&path).await.shows("手続きが完了しました。");
        taro.home().await.leads_to("/login");
        desk.get(&act).await.leads_to(&path);
        let letter = app.newest_letter_to(WISH.email).await;
        assert!(letter.text.contains("ログイン中の端末をすべて終了しました"), "{}", letter.text);

        // Stopped, with a reason in words, and opened again.
        let act = format!("{path}/disable");
        desk.post(&act, &[YES]).await.refuses(422).shows("理由を入力してください。");
        desk.post(&act, &[YES, ("reason_text", "紛失")]).await.leads_to(&path);
        app.browser().sign_in(WISH.login_id, WISH.password).await.refuses(422);
        desk.get(&path).await.shows("事務局が停止中");
        desk.post(&format!("{path}/enable"), &[YES, ("reason_text", "発見")]).await.leads_to(&path);
        desk.post(&format!("{path}/postcard"), &[YES]).await.leads_to(&path);
        desk.post(&format!("{path}/postcard"), &[YES]).await.leads_to(&path);
        desk.get(&path).await.shows("すでにその状態です。");

        taro.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        taro.get("/security").await
            .shows("健康保険組合の職員（窓口）が、登録内容を見ました（職員による閲覧）。理由：お電話でのお問い合わせ")
            .shows("健康保険組合が、ポータルの利用を停止しました")
            .shows("健康保険組合が、新しいハガキの発行を受け付けました")
            .hides("madoguchi").hides("紛失").hides("本人から電話");

        // Ten minutes, and the reason is asked for once more.
        app.clock.advance(10 * MINUTE);
        desk.get(&path).await.shows("閲覧の理由");
        desk.post(&act, &[YES, ("reason_text", "紛失")]).await.leads_to(&path);
        desk.get(&path).await.shows("はじめに、閲覧の理由を選んでください。");
    }
}

on_both! {
    async fn nobody_else_opens_people_or_the_audit(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let path = page_of(&app, TARO).await;
        let all = [Role::Publisher, Role::Importer, Role::HealthImporter, Role::Auditor, Role::Admin];
        for (n, role) in all.into_iter().enumerate() {
            let browser = at_work(&app, &format!("staff{n}"), &[role]).await.browser;
            browser.get("/office/people").await.refuses(403);
            browser.get(&path).await.refuses(403);
            browser.post("/office/people", &[("q", "架空")]).await.refuses(403).hides("太郎");
            browser.post(&path, &CALL).await.refuses(403);
            browser.post(&format!("{path}/disable"), &[YES, ("reason_text", "x")]).await.refuses(403);
            let audit = browser.get("/office/audit").await;
            assert_eq!(audit.status, if role == Role::Auditor { 200 } else { 403 }, "{role:?}");
        }
        let desk = at_work(&app, "madoguchi", &[Role::Desk]).await.browser;
        desk.get("/office/audit").await.refuses(403);
        desk.post("/office/audit.csv", &[]).await.refuses(403);
        taro.get(&path).await.leads_to("/office/login");
        taro.post("/office/people", &[("q", "架空")]).await.leads_to("/office/login");
        let refused: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'staff_refused'");
        assert_eq!(refused, 5 * 5 + 4 + 2);
        for wrong in ["/office/people/1", "/office/people/%00", "/office/people/x/disable"] {
            desk.get(wrong).await.refuses(404);
        }
        let nobody = format!("/office/people/{}", Uuid::from_u128(9));
        desk.post(&nobody, &CALL).await.refuses(404);
    }
}

on_both! {
    async fn a_search_takes_whatever_is_typed(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let desk = at_work(&app, "madoguchi", &[Role::Desk]).await.browser;
        for literal in ["%", "_", "%架空%", "'; drop table person; --", "<script>alert(1)</script>"] {
            desk.post("/office/people", &[("q", literal)]).await
                .shows("見つかりませんでした。").hides("<script>alert");
        }
        desk.post("/office/people", &[("q", "  ")]).await.refuses(422).shows("どれかを入力してください");
        let long = "架".repeat(10_000);
        desk.post("/office/people", &[("q", &long)]).await.refuses(422).shows("いま10000文字");
        desk.post("/office/people", &[]).await.refuses(422);
        desk.post("/office/people", &[("agree", "x")]).await.refuses(404);
    }
}

async fn downloaded(
    browser: &Browser,
    path: &str,
    fields: &[(&str, &str)],
) -> (u16, String, Vec<u8>) {
    let request = browser
        .request(Method::POST, path)
        .header("origin", PUBLIC)
        .header("sec-fetch-site", "same-origin")
        .form(fields);
    let response = request.send().await.unwrap();
    let kind = response
        .headers()
        .get("content-type")
        .map(|kind| kind.to_str().unwrap().to_owned());
    let status = response.status().as_u16();
    (
        status,
        kind.unwrap_or_default(),
        response.bytes().await.unwrap().to_vec(),
    )
}

/// The button of a question to agree to.
fn question(page: &Seen) -> String {
    let (_, rest) = page.body.split_once("name=\"agree\" value=\"").unwrap();
    rest[..36].to_owned()
}

on_both! {
    async fn a_disclosure_needs_another_clerk_and_is_one_file(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.signed_in(TARO, &WISH).await;
        let desk = at_work(&app, "madoguchi", &[Role::Desk]).await.browser;
        let other = at_work(&app, "mado2", &[Role::Desk]).await.browser;
        let path = page_of(&app, TARO).await;
        answers_the_telephone(&desk, &path).await;
        let (act, fields) = (format!("{path}/data"), [YES, ("reason_text", "開示請求書第1号")]);
        desk.post(&act, &fields).await.leads_to(&path);
        desk.get(&path).await.shows("ほかの職員の同意が必要です");
        desk.get("/office/people").await.hides("ほかの職員の確認を待っているもの");
        let asked = other.get("/office/people").await.shows("開示用のファイルの作成").shows("件の未処理");
        let agree = question(&asked);
        other.post("/office/people", &[("agree", &agree)]).await.refuses(422);
        other.post("/office/people", &[("agree", &agree), YES]).await.leads_to("/office/people");
        other.post("/office/people", &[("agree", &agree), YES]).await.leads_to("/office/people");
        other.get("/office/people").await.shows("この依頼は、もうありません。");
        let (status, kind, zip) = downloaded(&desk, &act, &fields).await;
        assert_eq!((status, kind.as_str()), (200, "application/zip"));
        assert!(zip.starts_with(b"PK"));
        desk.post(&act, &fields).await.leads_to(&path);
        let told = app.newest_letter_to(WISH.email).await;
        assert!(told.text.contains("開示のご請求により"), "{}", told.text);
        let taken: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'data_disclosed'");
        assert_eq!(taken, 1);
    }
}

on_both! {
    async fn what_cannot_be_taken_back_asks_for_a_fresh_proof(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.signed_in(TARO, &WISH).await;
        let desk = at_work(&app, "madoguchi", &[Role::Desk]).await.browser;
        let auditor = at_work(&app, "kansa", &[Role::Auditor]).await.browser;
        let path = page_of(&app, TARO).await;
        app.clock.advance(11 * MINUTE);
        answers_the_telephone(&desk, &path).await;
        for (act, fields) in [
            ("disable", vec![YES, ("reason_text", "紛失")]),
            ("postcard", vec![YES]),
            ("second-step", vec![YES]),
        ] {
            let page = desk.post(&format!("{path}/{act}"), &fields).await.refuses(422);
            page.shows("ご本人の確認");
        }
        let done: i64 = ask!(&app.fresh.db, "select count(*) from audit where event in ('disabled', 'postcard_wanted')");
        assert_eq!(done, 0);
        desk.post(&format!("{path}/sessions"), &[YES]).await.leads_to(&path);
        auditor.post("/office/audit.csv", &[]).await.refuses(422).shows("ご本人の確認");
        auditor.get("/office/audit.csv?event=signed_in").await.refuses(422).shows("ご本人の確認");
    }
}

on_both! {
    async fn an_auditor_reads_filters_and_takes_the_audit_along(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.signed_in(TARO, &WISH).await;
        let desk = at_work(&app, "madoguchi", &[Role::Desk]).await.browser;
        let auditor = at_work(&app, "kansa", &[Role::Auditor]).await.browser;
        let path = page_of(&app, TARO).await;
        answers_the_telephone(&desk, &path).await;
        desk.post(&format!("{path}/sessions"), &[YES]).await.leads_to(&path);

        let page = auditor.get("/office/audit").await.shows("監査記録").shows("見本 madoguchi").shows("封印");
        page.shows("本人から電話");
        auditor.get("/office/audit?event=office_looked").await
            .shows("職員による閲覧").hides("ログインしました</td>");
        auditor.get(&format!("/office/audit?person={TARO}&day=2026-11-22")).await.shows("職員による閲覧");
        auditor.get(&format!("/office/audit?person={JIRO}&event=office_looked")).await
            .shows("条件に合う記録はありません");
        for (wrong, sentence) in [
            ("person=1001", "加入者はいません"),
            ("member=x", "利用登録の番号ではありません"),
            ("staff=x", "その職員はいません"),
            ("event=x", "そのできごとはありません"),
            ("day=22/11", "2026-11-22 の形で"),
        ] {
            auditor.get(&format!("/office/audit?{wrong}")).await.refuses(422).shows(sentence);
        }
        auditor.get("/office/audit?before=x").await.shows("監査記録");

        let (status, kind, sheet) = downloaded(&auditor, "/office/audit.csv", &[("event", "office_looked")]).await;
        assert_eq!((status, kind.as_str()), (200, "text/csv; charset=utf-8"));
        let sheet = String::from_utf8(sheet).unwrap();
        assert_eq!(sheet.lines().count(), 2, "{sheet}");
        assert!(sheet.contains(",1001-12-00,見本 madoguchi,"), "{sheet}");
        auditor.get("/office/audit?event=audit_exported").await.shows("event office_looked");

        // What was written can go; the entry stays.
        let entry: i64 = ask!(&app.fresh.db, "select id from audit where event = 'office_looked'");
        let entry = entry.to_string();
        auditor.post("/office/audit", &[("entry", &entry)]).await.refuses(422);
        auditor.post("/office/audit", &[("entry", &entry), YES]).await.leads_to("/office/audit");
        auditor.get("/office/audit").await.shows("理由の記載を削除しました。").hides("本人から電話");
    }
}

on_both! {
    async fn the_first_page_tells_its_figures_with_their_time(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.signed_in(TARO, &WISH).await;
        let figures = server::upkeep::office_figures::OfficeFigures {
            db: app.fresh.db.clone(),
            clock: app.clock.clone(),
            registration_age: 20,
        };
        figures.count().await.unwrap();
        let anybody = at_work(&app, "kouhou", &[Role::Publisher]).await.browser;
        anybody.get("/office").await
            .shows("2026年11月22日 10:00 の集計です")
            .shows("いま待っているもの").shows("利用登録（事業所別）").shows("月ごとの利用登録")
            .shows("2026-11").shows("最後の取込").hides("太郎");
    }
}
