//! わたしのデータ: all that is held about a member, and about nobody else.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read},
};

use reqwest::{Method, header::HeaderMap};
use zip::ZipArchive;

use crate::{
    browser::Browser,
    checkups::{self, RESULTS},
    test_app::{HANAKO, JIRO, MINUTE, OTHER_WISH, PUBLIC, TARO, TestApp, WISH, Wish},
};

const HANAKO_S: Wish<'_> = Wish {
    login_id: "123456Hana",
    password: "natsu2026yama",
    email: "hanako@example.jp",
    nickname: "はなこ",
};

/// The download's headers and files by their names.
pub(crate) async fn download(browser: &Browser) -> (HeaderMap, BTreeMap<String, String>) {
    let request = browser
        .request(Method::POST, "/my-data.zip")
        .header("origin", PUBLIC)
        .header("sec-fetch-site", "same-origin")
        .form(&[("", ""); 0]);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    let bytes = response.bytes().await.unwrap();
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for place in 0..zip.len() {
        let mut file = zip.by_index(place).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.insert(file.name().to_owned(), text);
    }
    (headers, files)
}

on_both! {
    async fn a_member_takes_everything_along(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        checkups::import(&app.fresh, RESULTS).await;
        let taro = app.signed_in(TARO, &Wish { nickname: "=1+1", ..WISH }).await;
        app.post_is_out().await;
        taro.get("/my-data").await.shows("ダウンロードする").hides("現在のパスワード");

        let (headers, files) = download(&taro).await;
        for (name, value) in [
            ("content-type", "application/zip"),
            ("content-disposition", "attachment; filename=\"my-data.zip\""),
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(headers[name], value);
        }
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(names, [
            "README.txt", "account.csv", "checkups.csv", "devices.csv", "emails.csv",
            "expenses.csv", "history.csv", "memberships.csv", "my-data.json", "notices.csv",
            "one_time_code.csv", "passkeys.csv", "person.csv", "postcards.csv", "recovery_codes.csv", "sessions.csv", "sharing.csv",
        ]);
        let json: serde_json::Value = serde_json::from_str(&files["my-data.json"]).unwrap();
        assert_eq!(json["person"][0]["氏名"], "架空 太郎");
        assert_eq!(json["person"][0]["生年月日"], "1980-04-01");
        assert_eq!(json["person"][0]["資格喪失日"], serde_json::Value::Null);
        assert_eq!(json["account"][0]["ニックネーム"], "=1+1");
        assert_eq!(json["account"][0]["利用登録日時"], "2026-11-22 10:00:00");
        assert_eq!(json["emails"][0]["メールアドレス"], WISH.email);
        assert_eq!(json["emails"][0]["お知らせの宛先"], "はい");
        assert_eq!(json["checkups"].as_array().unwrap().len(), 3);
        assert_eq!(json["checkups"][0]["身長（cm）"], "170.0");
        assert_eq!(json["checkups"][0]["収縮期血圧（mmHg）"], 128);
        assert_eq!(json["checkups"][0]["尿蛋白"], "+");
        assert!(!files["checkups.csv"].contains(",'"), "a result is no formula: {}", files["checkups.csv"]);
        let sessions = files["sessions.csv"].clone();
        assert!(sessions.contains("不明な端末"), "in the words of the page: {sessions}");
        assert!(sessions.contains("\r\nログイン,") && sessions.contains("\r\n仮ログイン,"), "{sessions}");
        let history = json["history"].to_string();
        for told in ["利用登録が完了しました", "ログインしました", "をお送りしました"] {
            assert!(history.contains(told), "「{told}」 is not in: {history}");
        }
        assert!(files["account.csv"].starts_with("\u{FEFF}ログインID,ニックネーム,"));
        assert!(files["account.csv"].contains(",'=1+1,"), "a spreadsheet computes nothing");
        assert!(files["README.txt"].contains("checkups.csv　健診結果（3件）"));

        taro.get("/security").await.shows("ご自分のデータをダウンロードしました");
        let (_, again) = download(&taro).await;
        assert!(again["history.csv"].contains("ご自分のデータをダウンロードしました"));
    }
}

on_both! {
    async fn a_table_without_rows_says_what_would_stand_in_it(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        let (_, files) = download(&jiro).await;
        assert_eq!(files["notices.csv"], "\u{FEFF}件名,既読日時\r\n");
        assert_eq!(
            files["expenses.csv"],
            "\u{FEFF}診療年月,医療機関名,区分,日数,医療費総額,保険者負担額,公費負担額,窓口負担額,\
             食事療養費,付加給付額\r\n"
        );
        assert!(files["checkups.csv"].starts_with("\u{FEFF}受診日,身長（cm）,体重（kg）,"));
        for (name, text) in files.iter().filter(|(name, _)| name.ends_with(".csv")) {
            assert!(text.lines().next().is_some_and(|header| header.len() > 3), "{name}: {text}");
        }
        let json: serde_json::Value = serde_json::from_str(&files["my-data.json"]).unwrap();
        assert_eq!(json["checkups"], serde_json::json!([]));
    }
}

on_both! {
    async fn nobody_else_and_no_secret_is_in_it(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        checkups::import(&app.fresh, RESULTS).await;
        app.signed_in(JIRO, &OTHER_WISH).await;
        app.signed_in(HANAKO, &HANAKO_S).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let (_, files) = download(&taro).await;
        let hash: String = ask!(
            &app.fresh.db, "select password_hash from member where login_id = $1", WISH.login_id
        );
        let card = app.card(TARO);
        for (name, text) in &files {
            for other in [
                "花子", "次郎", "はなこ", "じろう", "hanako@", "jiro@", "123456Hana", "1980-04-02",
                "1982-12-31", &hash, "argon2", WISH.password, &card.login_id, &card.password,
            ] {
                assert!(!text.contains(other), "{other} is in {name}");
            }
        }
    }
}

on_both! {
    async fn the_password_is_asked_for_where_it_was_given_long_ago(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        app.clock.advance(11 * MINUTE);
        taro.post("/my-data.zip", &[]).await.leads_to("/my-data");
        taro.get("/my-data").await.shows("現在のパスワード").hides("ダウンロードする<");

        let wrong = taro.post("/my-data", &[("current_password", "aki2026kawa")]).await;
        assert_eq!(wrong.status, 422);
        taro.post("/my-data.zip", &[]).await.leads_to("/my-data");
        taro.post("/my-data", &[("current_password", WISH.password)]).await.leads_to("/my-data");
        let (_, files) = download(&taro).await;
        assert!(files["history.csv"].contains("現在のパスワードの入力が違っていました"));
    }
}

on_both! {
    async fn it_is_for_members_and_by_a_post_of_ours_alone(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.browser().post("/my-data.zip", &[]).await.leads_to("/login");
        app.browser().get("/my-data").await.leads_to("/login");
        let newcomer = app.with_postcard(HANAKO, "hanako@example.jp").await;
        newcomer.post("/my-data.zip", &[]).await.refuses(403);
        newcomer.post("/my-data", &[("current_password", "x")]).await.refuses(403);

        let taro = app.signed_in(TARO, &WISH).await;
        taro.get("/my-data.zip").await.refuses(405);
        let foreign = taro.request(Method::POST, "/my-data.zip")
            .header("origin", "https://evil.example")
            .header("sec-fetch-site", "cross-site");
        assert_eq!(taro.send(foreign).await.status, 403);
        let taken: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'data_taken'");
        assert_eq!(taken, 0);
    }
}
