//! 健保からのお知らせ and 健康情報: import, who reads what and when, the letters, the
//! attachments, and the way back to what was wanted before the sign-in.

use std::{fs, path::PathBuf, time::Duration};

use domain::ports::StoredLetter;
use reqwest::Method;
use server::{
    office::notices::{self, Import, ImportError, Report},
    upkeep::notice_letters,
};
use store::staged_notices::Outcome;

use crate::{
    browser::Browser,
    fresh::Fresh,
    roster::{self, NOW},
    test_app::{
        HANAKO, HOUR, INSTANT, JIRO, MINUTE, OTHER_WISH, PEOPLE, PUBLIC, TARO, TestApp, WISH, Wish,
    },
};

const HEADER: &str =
    "管理番号,種類,件名,分類,重要度,対象,公開日,公開終了日,本文,添付ファイル,アドレス名\n";

const FLU: &str = "N-1,お知らせ,インフルエンザ予防接種の補助,補助,通常,全員,2026-11-20,2027-01-31,\"# 対象\n接種を受けた方に**2,000円**を補助します。\",,\n";
const CHECKUP: &str = "N-2,お知らせ,特定健診のご案内,健診,重要,年齢:40-74,2026-11-01,,ｹﾝｼﾝの日程をご確認ください。,,\n";
const DEPENDENTS: &str = "N-3,お知らせ,扶養の確認（検認）,届出,重要,被扶養者,2026-11-10,2026-12-20,書類をご提出ください。,,\n";
const WALKING: &str =
    "A-1,健康情報,毎日10分の歩き方,運動,,全員,2026-04-01,,\"# はじめに\n少しずつ。\",,walking\n";

const HANAKO_WISH: Wish<'_> = Wish {
    login_id: "hanako",
    password: "haru2026sora",
    email: "hanako@example.jp",
    nickname: "はなこ",
};

fn file(fresh: &Fresh, rows: impl AsRef<[u8]>) -> PathBuf {
    let path = fresh.folder.path().join("notices.csv");
    fs::write(&path, [HEADER.as_bytes(), rows.as_ref()].concat()).unwrap();
    path
}

const FOR_GOOD: Import = Import {
    now: NOW,
    dry_run: false,
};

async fn try_import(fresh: &Fresh, rows: &str) -> Result<Report, ImportError> {
    notices::import(&fresh.db, &file(fresh, rows), FOR_GOOD, |_| {}).await
}

pub(crate) async fn import(fresh: &Fresh, rows: &str) -> Report {
    try_import(fresh, rows).await.unwrap()
}

async fn id_of(app: &TestApp, number: &str) -> String {
    let id: uuid::Uuid = ask!(
        &app.fresh.db,
        "select id from notice where number = $1",
        number
    );
    id.to_string()
}

async fn address_of(app: &TestApp, number: &str) -> String {
    format!("/notices/{}", id_of(app, number).await)
}

/// Another visit, after the session has run out.
async fn comes_back(app: &TestApp, wish: &Wish<'_>) -> Browser {
    let browser = app.browser();
    browser
        .sign_in(wish.login_id, wish.password)
        .await
        .leads_to("/home");
    browser
}

pub(crate) async fn letters_about_notices(app: &TestApp, address: &str) -> Vec<StoredLetter> {
    // The mail worker wakes for what is asked for over the net.
    let wake = format!("wake-{}@example.jp", uuid::Uuid::now_v7().simple());
    app.browser()
        .post_email(&wake)
        .await
        .leads_to("/register/sent");
    let mut letters = app.letters_to(address).await;
    letters.retain(|letter| letter.subject.ends_with("新しいお知らせがあります"));
    letters
}

pub(crate) async fn queue_letters(app: &TestApp) -> u64 {
    notice_letters::queue_letters(&app.fresh.db, app.clock.now())
        .await
        .unwrap()
}

on_both! {
    async fn the_same_file_twice_changes_nothing_and_a_corrected_one_corrects(fresh: Fresh) {
        let all = [FLU, CHECKUP, DEPENDENTS, WALKING].concat();
        let first = import(&fresh, &all).await;
        assert_eq!(
            first.to_string(),
            "文字コード: UTF-8\n追加 4件、変更 0件、変更なし 0件\n\
             メールでお知らせするもの: 3件（公開日の9時以降に送ります）\nお知らせを取り込みました。"
        );
        let again = import(&fresh, &all).await;
        assert_eq!(again.notices, Outcome { added: 0, changed: 0, unchanged: 4, absent: 0, told: 0 });
        let audited: i64 = ask!(&fresh.db, "select count(*) from audit where event = 'notices_imported'");
        assert_eq!(audited, 1);

        let id: uuid::Uuid = ask!(&fresh.db, "select id from notice where number = 'N-1'");
        let corrected = import(&fresh, &FLU.replace("2,000", "3,000")).await;
        assert_eq!(corrected.notices, Outcome { added: 0, changed: 1, unchanged: 0, absent: 3, told: 0 });
        let after: uuid::Uuid = ask!(&fresh.db, "select id from notice where number = 'N-1'");
        assert_eq!(id, after, "an address in a letter still leads there");

        let dry = Import { dry_run: true, ..FOR_GOOD };
        let path = file(&fresh, FLU.replace("2,000", "4,000"));
        let report = notices::import(&fresh.db, &path, dry, |_| {}).await.unwrap();
        assert_eq!(report.notices.changed, 1);
        let said = report.to_string();
        assert!(said.contains("変わるところ: 本文 1か所\nN-1 本文\n"), "{said}");
        let kept: i64 = ask!(&fresh.db, "select count(*) from notice where body like '%4,000%'");
        assert_eq!(kept, 0);
    }
}

on_both! {
    async fn case_62_one_bad_line_keeps_everything_out(fresh: Fresh) {
        let error = try_import(&fresh, &format!("{FLU}N-9,お知らせ,,補助,,社員,2026-11-20,,x,,\n")).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "4行目 件名「」: 値がありません\n\
             4行目 対象「社員」: 対象「社員」は読めません（例: 全員、被保険者、被扶養者、性別:女、事業所:0001/0002、年齢:40-74）\n\
             誤りは全部で2件です。（文字コード: UTF-8）\n何も取り込んでいません。"
        );
        let cp932 = encoding_rs::SHIFT_JIS.encode(HEADER).0.into_owned();
        let cp932 = [&cp932, encoding_rs::SHIFT_JIS.encode(FLU).0.as_ref()].concat();
        let path = fresh.folder.path().join("cp932.csv");
        fs::write(&path, cp932).unwrap();
        assert_eq!(notices::import(&fresh.db, &path, FOR_GOOD, |_| {}).await.unwrap().notices.added, 1);
        assert_eq!(import(&fresh, FLU).await.notices.unchanged, 1, "the same in every encoding");

        import(&fresh, WALKING).await;
        let error = try_import(&fresh, &WALKING.replace("A-1", "A-2")).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "アドレス名「walking」は、別の管理番号の健康情報で使われています。\n何も取り込んでいません。"
        );
        let huge = format!("N-1,お知らせ,題,分類,,全員,2026-11-20,,\"{}", "x\n".repeat(200_000));
        assert!(try_import(&fresh, &huge).await.unwrap_err().to_string().contains("1件が長すぎます"));
        let there: i64 = ask!(&fresh.db, "select count(*) from notice");
        assert_eq!(there, 2);
    }
}

on_both! {
    async fn case_43_another_s_notice_is_not_there_and_the_try_is_in_the_history(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        import(&app.fresh, &[FLU, CHECKUP, DEPENDENTS, WALKING].concat()).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let list = taro.get("/notices").await;
        list.clone().shows("インフルエンザ予防接種の補助").shows("特定健診のご案内").hides("検認").hides("歩き方");
        list.shows("2件").shows("画面 N-1");
        taro.home().await.shows("未読 2件").hides("検認");

        let theirs = address_of(&app, "N-3").await;
        let page = taro.get(&theirs).await.refuses(404);
        page.hides("検認").shows("お探しのページは見つかりませんでした。");
        taro.get("/security").await.shows("ご本人のものではない内容への操作をお断りしました");
        for nowhere in ["/notices/1", "/notices/0193a7c0-0000-7000-8000-000000000000", "/health/none"] {
            taro.get(nowhere).await.refuses(404);
        }
        let article = format!("/notices/{}", id_of(&app, "A-1").await);
        taro.get(&article).await.refuses(404);
        let logged: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'not_theirs'");
        assert_eq!(logged, 1, "what is nobody's is no news");

        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        hanako.get(&theirs).await.shows("書類をご提出ください。");
        app.browser().get(&theirs).await.leads_to("/login");
        let provisional = app.with_postcard(JIRO, "jiro@example.jp").await;
        provisional.get(&theirs).await.leads_to("/login");
    }
}

on_both! {
    async fn an_employer_whom_nobody_on_the_roster_has_is_told_and_the_import_goes_on(fresh: Fresh) {
        roster::import(&fresh, PEOPLE).await;
        let rows = format!(
            "{FLU}{}{}",
            "N-5,お知らせ,題,分類,,事業所:0007/0070,2026-11-20,,本文,,\n",
            "N-6,お知らせ,題,分類,,被保険者 事業所:007,2026-11-20,,本文,,\n"
        );
        let report = import(&fresh, &rows).await;
        assert_eq!(report.notices.added, 3);
        let said = report.to_string();
        assert!(
            said.ends_with(
                "ご注意: 管理番号「N-5」の対象の事業所コード「0070」の方は、名簿にいません。\n\
                 ご注意: 管理番号「N-6」の対象の事業所コード「007」の方は、名簿にいません。\n\
                 お知らせを取り込みました。"
            ),
            "{said}"
        );
        let corrected = rows.replace("0007/0070", "0007").replace("事業所:007,", "事業所:0007,");
        assert!(!import(&fresh, &corrected).await.to_string().contains("ご注意"));
    }
}

on_both! {
    async fn an_audience_is_employer_sex_side_and_age_on_the_day(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let notice = |number: &str, audience: &str| format!(
            "{number},お知らせ,題{number},分類,,{audience},2026-11-01,,本文,,\n"
        );
        import(&app.fresh, &[
            notice("N-01", "事業所:0007/0008"), notice("N-02", "事業所:007"), notice("N-03", "性別:男 被保険者"),
            notice("N-04", "性別:女"), notice("N-05", "年齢:46"), notice("N-06", "年齢:-45"),
            notice("N-07", "年齢:47-"), notice("N-08", "事業所:0007 被扶養者"), notice("N-09", "事業所:%"),
        ].concat()).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let words = taro.get("/notices").await.words();
        let seen: Vec<_> = (1..=9).filter(|n| words.contains(&format!("題N-0{n}"))).collect();
        assert_eq!(seen, [1, 3, 5]);
        // The day before the birthday of 1 April: 47.
        app.days_later(Duration::from_secs(128 * 24 * 3600)).await;
        let taro = comes_back(&app, &WISH).await;
        taro.get("/notices").await.shows("題N-05").hides("題N-07");
        app.clock.advance(24 * HOUR);
        let taro = comes_back(&app, &WISH).await;
        taro.get("/notices").await.shows("題N-07").hides("題N-05");
        taro.get(&address_of(&app, "N-05").await).await.refuses(404);
    }
}

on_both! {
    async fn a_notice_is_on_view_from_its_first_midnight_to_its_last(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let row = "N-1,お知らせ,明日から,分類,,全員,2026-11-23,2026-11-23,本文,,\n";
        import(&app.fresh, &[row, &WALKING.replace("2026-04-01", "2026-11-23")].concat()).await;
        app.registered(TARO, &WISH).await;
        let address = address_of(&app, "N-1").await;
        // It is 10:00.
        app.clock.advance(14 * HOUR - INSTANT);
        let taro = comes_back(&app, &WISH).await;
        taro.get("/notices").await.hides("明日から").shows("いまお読みいただけるお知らせはありません。");
        taro.get(&address).await.refuses(404);
        taro.get("/health/walking").await.refuses(404);
        app.clock.advance(INSTANT);
        taro.get("/notices").await.shows("明日から");
        taro.get(&address).await.shows("2026年11月23日 まで掲載");
        taro.get("/health").await.shows("毎日10分の歩き方");
        app.clock.advance(24 * HOUR - INSTANT);
        let taro = comes_back(&app, &WISH).await;
        taro.get(&address).await.shows("明日から");
        app.clock.advance(INSTANT);
        taro.get(&address).await.refuses(404);
        taro.get("/notices").await.hides("明日から");
        let logged: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'not_theirs'");
        assert_eq!(logged, 0, "an old letter's link is nobody else's");
    }
}

on_both! {
    async fn what_was_shown_is_read_and_a_head_shows_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        import(&app.fresh, &[FLU, CHECKUP].concat()).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let address = address_of(&app, "N-1").await;
        let head = taro.request(Method::HEAD, &address);
        assert_eq!(taro.send(head).await.status, 200);
        taro.home().await.shows("未読 2件");
        for _ in 0..2 {
            taro.get(&address).await.shows("<strong>2,000円</strong>を補助します。").shows("<h2>対象</h2>");
            taro.home().await.shows("未読 1件");
        }
        taro.get("/notices?unread=1").await.shows("特定健診").hides("インフルエンザ");
        // Somebody else has read nothing.
        app.signed_in(JIRO, &OTHER_WISH).await.home().await.shows("未読 2件");
        import(&app.fresh, &FLU.replace("2,000", "3,000")).await;
        taro.home().await.shows("未読 1件");
    }
}

on_both! {
    async fn notices_are_found_by_words_of_any_width_by_category_and_by_page(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let mut rows = [FLU, CHECKUP].concat();
        rows += "N-8,お知らせ,Webの停止　100%,窓口,,全員,2026-10-01,,O'Reilly_\\,,\n";
        for n in 10..35 {
            rows += &format!("C-{n},お知らせ,通信{n}号,通信,,全員,2026-09-{n:02},,季節の話,,\n", n = n - 5);
        }
        import(&app.fresh, &rows).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let flu = "インフルエンザ予防接種の補助";
        for (query, found) in [
            ("q=インフルエンザ", flu),
            ("q=ｲﾝﾌﾙｴﾝｻﾞ", flu),
            ("q=対象　２,０００円", flu),
            ("q=健診&category=健診", "特定健診のご案内"),
            ("q=ケンシン", "特定健診のご案内"),
            ("q=WEB", "Webの停止"),
            ("q=ｗｅｂ+100%25", "Webの停止"),
            ("q=o'reilly_", "Webの停止"),
            ("q=\\", "Webの停止"),
            ("category=窓口", "Webの停止"),
        ] {
            let page = taro.get(&format!("/notices?{query}")).await;
            page.shows(found).shows("1件").hides("通信20号");
        }
        for query in ["q=_n", "q=%25'", "q=対象+健診", "category=なし", "page=99", "q=<script>alert(1)</script>"] {
            let page = taro.get(&format!("/notices?{query}")).await;
            page.shows("この条件に当てはまるお知らせはありません。").hides("<script>alert");
        }
        let first = taro.get("/notices?category=通信").await.shows("25件").shows("通信29号").hides("通信9号");
        first.shows("もっと前のお知らせ").shows("/notices?category=%E9%80%9A%E4%BF%A1&amp;page=2");
        let second = taro.get("/notices?category=通信&page=2").await.shows("通信5号").hides("通信29号");
        second.shows("新しいお知らせ").hides("もっと前のお知らせ");
    }
}

on_both! {
    async fn home_shows_what_is_new_since_the_last_visit_the_important_first(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let first = comes_back(&app, &WISH).await;
        first.home().await.shows("はじめてのログインです。").shows("新しいお知らせはありません。").shows("未読はありません");
        let mut rows = [FLU, CHECKUP, WALKING].concat();
        for n in 1..=5 {
            rows += &format!("N-1{n},お知らせ,通信{n}号,通信,,全員,2026-11-1{n},,本文,,\n");
        }
        app.clock.advance(HOUR);
        let later = Import { now: app.clock.now(), ..FOR_GOOD };
        notices::import(&app.fresh.db, &file(&app.fresh, &rows), later, |_| {}).await.unwrap();
        app.clock.advance(HOUR);
        let taro = comes_back(&app, &WISH).await;
        let home = taro.home().await;
        let words = home.words();
        let place = |title: &str| words.find(title).unwrap_or_else(|| panic!("{title}: {words}"));
        assert!(place("特定健診") < place("インフルエンザ"), "the important first");
        assert!(place("インフルエンザ") < place("通信5号") && place("通信5号") < place("通信3号"));
        home.hides("通信2号").shows("ほか2件を含む、すべてのお知らせを見る").shows("新しい記事が1件あります");

        // The next time only what is important and unread is left of them.
        app.clock.advance(HOUR);
        let taro = comes_back(&app, &WISH).await;
        taro.home().await.shows("特定健診").hides("通信5号").shows("未読 7件").hides("新しい記事");
        taro.get(&address_of(&app, "N-2").await).await;
        taro.home().await.hides("特定健診").shows("前回のログインから、新しいお知らせはありません。");
    }
}

on_both! {
    async fn who_has_left_the_society_reads_what_was_there_in_their_time(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        import(&app.fresh, &[FLU, CHECKUP].concat()).await;
        roster::import(&app.fresh, &taro_left_on("2026-11-20")).await;
        let taro = comes_back(&app, &WISH).await;
        taro.get("/notices").await.shows("特定健診").hides("インフルエンザ");
        taro.get(&address_of(&app, "N-1").await).await.refuses(404);
        assert_eq!(queue_letters(&app).await, 0, "no letters to who has left");
    }
}

/// The roster with Taro's 資格喪失日 in it.
fn taro_left_on(day: &str) -> String {
    PEOPLE.replace("2003-04-01,,0007", &format!("2003-04-01,{day},0007"))
}

on_both! {
    async fn eighteen_months_after_leaving_nothing_is_left_to_read_and_the_pages_say_so(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        fs::write(app.fresh.folder.path().join("案内.pdf"), PDF).unwrap();
        let then = "N-1,お知らせ,春の健康教室,教室,,全員,2025-05-21,,本文,案内.pdf,\n";
        let on_the_day = "N-2,お知らせ,夏の健康教室,教室,,全員,2025-05-22,,本文,,\n";
        let article = WALKING.replace("2026-04-01", "2025-04-01");
        import(&app.fresh, &[then, on_the_day, &article].concat()).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let notice = address_of(&app, "N-1").await;
        let file: uuid::Uuid = ask!(&app.fresh.db, "select id from file");
        let file = format!("/files/{file}");
        taro.home().await.hides("資格喪失後の閲覧について").shows("未読 2件");

        // He left a day later, and today is the last day of reading.
        roster::import(&app.fresh, &taro_left_on("2025-05-23")).await;
        for page in ["/home", "/notices", "/health"] {
            taro.get(page).await.shows("資格喪失後の閲覧について").shows("2026年11月22日まで");
        }
        taro.get("/notices").await.shows("春の健康教室").shows("夏の健康教室");
        taro.get("/health/walking").await.shows("少しずつ。");
        assert_eq!(taro.get(&file).await.status, 200);

        roster::import(&app.fresh, &taro_left_on("2025-05-22")).await;
        let over = "資格喪失後にご覧いただける期間が過ぎました。";
        for page in ["/notices", "/notices?q=健康", &notice, "/health", "/health/walking"] {
            taro.get(page).await.refuses(404).shows(over).hides("春の健康教室").hides("少しずつ。");
        }
        taro.get(&file).await.refuses(404).shows(over).shows("ログアウト").hides("%PDF");
        taro.home().await.shows(over).hides("春の健康教室").shows("未読はありません");
        let logged: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'not_theirs'");
        assert_eq!(logged, 0, "the own ones are nobody else's");

        // Who comes back to the society reads everything again.
        roster::import(&app.fresh, PEOPLE).await;
        taro.get("/notices").await.shows("夏の健康教室").hides("資格喪失後");
    }
}

on_both! {
    async fn a_letter_that_waits_is_not_sent_to_who_has_left_in_the_meantime(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.post_is_out().await;
        import(&app.fresh, FLU).await;
        assert_eq!(queue_letters(&app).await, 1);
        roster::import(&app.fresh, &taro_left_on("2026-11-22")).await;
        assert_eq!(letters_about_notices(&app, WISH.email).await.len(), 0);
        let given_up: i64 = ask!(
            &app.fresh.db,
            "select count(*) from letter where kind = 'notice' and given_up_at is not null"
        );
        assert_eq!(given_up, 1);
    }
}

on_both! {
    async fn letters_go_once_to_whom_it_concerns_and_say_nothing_but_the_title(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(HANAKO, &HANAKO_WISH).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        let row: uuid::Uuid = ask!(&app.fresh.db, "select id from email where address = 'jiro@example.jp'");
        let none = jiro.post("/profile/emails/notices", &[("address", "none")]).await;
        assert_eq!(none.status, 303, "{}", none.words());
        let off: bool = ask!(&app.fresh.db, "select notices from email where id = $1", row);
        assert!(!off, "jiro wants no letters");

        let tomorrow = DEPENDENTS.replace("2026-11-10", "2026-11-23");
        import(&app.fresh, &[FLU, &tomorrow, WALKING].concat()).await;
        assert_eq!(queue_letters(&app).await, 2, "taro and hanako, about the flu");
        assert_eq!(queue_letters(&app).await, 0);
        let letters = letters_about_notices(&app, WISH.email).await;
        assert_eq!(letters.len(), 1);
        let unsubscribe = crate::unsubscribe::unsubscribe_path(&letters[0]);
        assert_eq!(
            letters[0].text.replace("\r\n", "\n"),
            format!(
                "■ 新しいお知らせがあります ■\n\nオートバックス健康保険組合です。\n\n\
                 AB健康マイポータルに、新しいお知らせがあります。\n\
                 以下のURLからログインして、内容をご確認ください。\n\n\
                 件名\nインフルエンザ予防接種の補助\n\n\
                 {PUBLIC}{}\n\n\
                 ※このお知らせメールが不要な方は、以下のURLから配信を停止できます（ログインは不要です）。「プロフィール設定」の「お知らせの宛先」でも変更できます。\n\n\
                 {PUBLIC}{unsubscribe}\n\n\
                 ※本メールには返信できませんのでご了承ください。\n\n\
                 オートバックス健康保険組合\nTEL:03-6219-8877\n",
                address_of(&app, "N-1").await
            )
        );
        for letter in app.html_of_letters().await {
            assert!(!letter.contains("2,000円") && !letter.contains("はなこ 様は"), "{letter}");
        }
        assert_eq!(letters_about_notices(&app, OTHER_WISH.email).await.len(), 0);

        // Corrected: nobody hears of it again. At nine of the first day: the other one.
        import(&app.fresh, &FLU.replace("2,000", "3,000")).await;
        app.clock.advance(23 * HOUR - INSTANT);
        assert_eq!(queue_letters(&app).await, 0);
        app.clock.advance(INSTANT);
        assert_eq!(queue_letters(&app).await, 1);
        assert_eq!(letters_about_notices(&app, HANAKO_WISH.email).await.len(), 2);
        assert_eq!(letters_about_notices(&app, WISH.email).await.len(), 1);

        // Who comes later finds them on the page; an old list is no news at all.
        let old = "N-7,お知らせ,去年の話,通信,,全員,2025-11-01,,本文,,\n";
        assert_eq!(import(&app.fresh, old).await.notices.told, 0);
        assert_eq!(queue_letters(&app).await, 0);
    }
}

on_both! {
    async fn case_attack_two_articles_exchange_their_addresses_in_one_file(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let list = |a: &str, b: &str| format!("\
A-1,健康情報,血圧の話,生活,,全員,2026-11-01,,本文,,{a}
A-2,健康情報,食事の話,生活,,全員,2026-11-01,,本文,,{b}
");
        import(&app.fresh, &list("one", "two")).await;
        taro.get("/health/one").await.shows("血圧の話");
        import(&app.fresh, &list("two", "one")).await;
        taro.get("/health/one").await.shows("食事の話");
        taro.get("/health/two").await.shows("血圧の話");
        // An address whose owner keeps it is nobody else's.
        let taken = "A-3,健康情報,運動の話,生活,,全員,2026-11-01,,本文,,one\n";
        let path = file(&app.fresh, taken);
        assert!(notices::import(&app.fresh.db, &path, FOR_GOOD, |_| {}).await.is_err());
    }
}

on_both! {
    /// It is 10:00. What is imported at night is told in the morning.
    async fn case_attack_no_telephone_rings_at_night_whenever_a_notice_was_imported(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        for (hours, told) in [(11, 0), (4, 0), (6, 0), (2, 1), (12, 0)] {
            app.clock.advance(hours * HOUR);
            let n = app.clock.now().0;
            let rows = format!("N-{n},お知らせ,通信,通信,,全員,2026-11-20,,本文,,\n");
            let later = Import { now: app.clock.now(), ..FOR_GOOD };
            notices::import(&app.fresh.db, &file(&app.fresh, &rows), later, |_| {}).await.unwrap();
            let queued = queue_letters(&app).await;
            assert_eq!(queued > 0, told > 0, "{}", app.clock.now().full());
        }
    }
}

on_both! {
    async fn a_letter_that_nobody_waits_for_any_more_is_not_sent(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        app.post_is_out().await;
        import(&app.fresh, FLU).await;
        // Queued for a moment to come, as behind many others.
        let queued = notice_letters::queue_letters(&app.fresh.db, NOW.plus(MINUTE)).await.unwrap();
        assert_eq!(queued, 1);
        let none = taro.post("/profile/emails/notices", &[("address", "none")]).await;
        assert_eq!(none.status, 303, "{}", none.words());
        app.clock.advance(2 * MINUTE);
        assert_eq!(letters_about_notices(&app, WISH.email).await.len(), 0);
        let trouble: String = ask!(&app.fresh.db, "select trouble from letter where kind = 'notice'");
        assert_eq!(trouble, "nobody waits for it any more");
    }
}

on_both! {
    async fn case_72_two_servers_tell_everybody_once(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let rows: String = (10..30)
            .map(|n| format!("N-{n},お知らせ,通信{n}号,通信,,全員,2026-11-10,,本文,,\n"))
            .collect();
        import(&app.fresh, &rows).await;
        let now = app.clock.now();
        let (one, two) = tokio::join!(
            notice_letters::queue_letters(&app.fresh.db, now),
            notice_letters::queue_letters(&app.server_db, now)
        );
        let three = queue_letters(&app).await;
        assert_eq!(one.unwrap() + two.unwrap() + three, 40);
        let letters: i64 = ask!(&app.fresh.db, "select count(*) from letter where kind = 'notice'");
        assert_eq!(letters, 40);
    }
}

on_both! {
    /// Compressing what is compressed costs the server's time and saves nothing.
    async fn case_attack_files_that_are_compressed_are_not_compressed_again(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let gzipped = async |method: Method, path: &str| {
            let request = taro.request(method, path)
                .header("accept-encoding", "gzip")
                .header("origin", PUBLIC)
                .header("sec-fetch-site", "same-origin")
                .form(&[("", ""); 0]);
            let answer = taro.send(request).await;
            assert_eq!(answer.status, 200, "{path}");
            answer.header("content-encoding").to_owned()
        };
        for (name, begins) in [
            ("a.pdf", b"%PDF-1.7".as_slice()),
            ("a.png", b"\x89PNG\r\n\x1a\n"),
            ("a.jpg", b"\xff\xd8\xff"),
            ("a.xlsx", b"PK\x03\x04"),
            ("a.docx", b"PK\x03\x04"),
        ] {
            // It could be made much shorter.
            let content = [begins, &[b'a'; 20_000]].concat();
            fs::write(app.fresh.folder.path().join(name), content).unwrap();
            import(&app.fresh, &FLU.replace("補助します。\",", &format!("補助します。\",{name}"))).await;
            let file: uuid::Uuid = ask!(&app.fresh.db, "select file_id from notice where number = 'N-1'");
            assert_eq!(gzipped(Method::GET, &format!("/files/{file}")).await, "", "{name}");
        }
        assert_eq!(gzipped(Method::POST, "/my-data.zip").await, "");
        // Pages and sheets are.
        for path in ["/home", "/about"] {
            assert_eq!(gzipped(Method::GET, path).await, "gzip", "{path}");
        }
    }
}

/// A PDF as far as anybody looks.
const PDF: &[u8] = b"%PDF-1.7\n\xe2\xe3\xcf\xd3 and so on";

on_both! {
    async fn case_56_an_attachment_is_for_whom_its_notice_is(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        fs::write(app.fresh.folder.path().join("案内 2026.pdf"), PDF).unwrap();
        let theirs = DEPENDENTS.replace("提出ください。,", "提出ください。,案内 2026.pdf");
        import(&app.fresh, &[FLU, &theirs].concat()).await;
        let file: uuid::Uuid = ask!(&app.fresh.db, "select file_id from notice where number = 'N-3'");
        let path = format!("/files/{file}");

        let hanako = app.signed_in(HANAKO, &HANAKO_WISH).await;
        let page = hanako.get(&address_of(&app, "N-3").await).await;
        page.shows("案内 2026.pdf").shows("（PDF、1KB）").shows(&path);
        let answer = hanako.send(hanako.request(Method::GET, &path)).await;
        assert_eq!(answer.status, 200);
        for (name, value) in [
            ("content-type", "application/pdf"),
            ("content-disposition", "attachment; filename=\"file.pdf\"; filename*=UTF-8''%E6%A1%88%E5%86%85%202026.pdf"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
        ] {
            assert_eq!(answer.header(name), value, "{name}");
        }
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
        let bytes = hanako.request(Method::GET, &path).send().await.unwrap().bytes().await.unwrap();
        assert_eq!(&bytes[..], PDF);

        let taro = app.signed_in(TARO, &WISH).await;
        taro.get(&path).await.refuses(404).hides("%PDF");
        taro.get("/files/1").await.refuses(404);
        taro.get("/files/0193a7c0-0000-7000-8000-000000000000").await.refuses(404);
        let logged: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'not_theirs'");
        assert_eq!(logged, 1);
        let nobody = app.browser();
        nobody.get(&path).await.leads_to("/login");
        assert_eq!(nobody.cookie("__Host-wanted"), None);
        // The same file with a notice for everybody is everybody's.
        let both = FLU.replace("補助します。\",", "補助します。\",案内 2026.pdf");
        import(&app.fresh, &both).await;
        assert_eq!(taro.get(&path).await.status, 200);
        let files: i64 = ask!(&app.fresh.db, "select count(*) from file");
        assert_eq!(files, 1, "each content once");
        // On view no longer, had no longer.
        import(&app.fresh, &[FLU, &theirs.replace("2026-12-20", "2026-11-21")].concat()).await;
        hanako.get(&path).await.refuses(404);
        import(&app.fresh, DEPENDENTS).await;
        let files: i64 = ask!(&app.fresh.db, "select count(*) from file");
        assert_eq!(files, 0, "what no notice has is not kept");
    }
}

on_both! {
    async fn what_a_clerk_writes_on_windows_appears(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let folder = app.fresh.folder.path().join("files");
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("案内.pdf"), PDF).unwrap();
        let written = |file: &str| format!(
            "N-9,お知らせ,申込み,健診,,全員,2026-11-01,,\"**対象：**40歳以上の方\r\n\r\n\
             お申し込みは<FAX>03-0000-1111 または <TEL>03-0000-2222 へ。\r\n\r\n\
             <FAX>\r\n03-0000-3333\r\n\r\nhttps://www.example.jp/kenshinをご覧ください。\",{file},\r\n"
        );
        let refused = try_import(&app.fresh, &written("files\\無い.pdf")).await.unwrap_err().to_string();
        assert_eq!(
            refused,
            "2行目 添付ファイル「files\\無い.pdf」: 添付ファイルを読めません（その名前のファイルがありません）\n\
             誤りは全部で1件です。（文字コード: UTF-8）\n何も取り込んでいません。"
        );
        import(&app.fresh, &written("files\\案内.pdf")).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let page = taro.get(&address_of(&app, "N-9").await).await;
        page.shows("<strong>対象：</strong>40歳以上の方")
            .shows("お申し込みは&lt;FAX&gt;03-0000-1111 または &lt;TEL&gt;<a href=\"tel:03-0000-2222\">")
            .shows("&lt;FAX&gt;<br />\n03-0000-3333")
            .shows("<a href=\"https://www.example.jp/kenshin\" target=\"_blank\"")
            .shows("案内.pdf");
        taro.get("/notices?q=fax").await.shows("申込み");
    }
}

on_both! {
    async fn an_article_is_found_by_topic_and_by_its_address(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let risky = "A-2,健康情報,血圧,生活習慣病,,全員,2026-04-01,,\"<script>alert(1)</script>\n\n[外](https://www.mhlw.go.jp/) [悪](javascript:alert(1)) <img src=x onerror=alert(1)>\",,blood-pressure\n";
        import(&app.fresh, &[WALKING, risky].concat()).await;
        let taro = app.signed_in(TARO, &WISH).await;
        taro.get("/health").await.shows("生活習慣病").shows("/health/walking").shows("画面 J-1");
        taro.get("/health/walking").await.shows("<h2>はじめに</h2>").shows("診断ではありません").shows("画面 J-2");
        let page = taro.get("/health/blood-pressure").await;
        // What does nothing here stands there as it was written.
        page.shows("rel=\"noopener noreferrer\"").shows("（別のサイト）")
            .shows("&lt;script&gt;alert(1)&lt;/script&gt;").shows("[悪](javascript:alert(1))").shows("&lt;img src=x")
            .hides("<script>").hides("<img").hides("href=\"javascript:");
        taro.get("/health/Walking").await.refuses(404);
        app.browser().get("/health").await.leads_to("/login");
    }
}

on_both! {
    async fn after_the_sign_in_the_member_is_where_they_wanted_to_be(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        import(&app.fresh, FLU).await;
        app.registered(TARO, &WISH).await;
        let address = address_of(&app, "N-1").await;
        let browser = app.browser();
        browser.get(&address).await.leads_to("/login");
        assert!(!browser.cookie("__Host-wanted").unwrap().contains("notices"), "nobody reads it");
        browser.sign_in(WISH.login_id, "wrong2026haru").await.refuses(422);
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to(&address);
        browser.get(&address).await.shows("インフルエンザ");
        browser.sign_out().await.leads_to("/login");
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");

        // No other site, no post, no page that changes something, and nothing made up.
        for elsewhere in ["//evil.example/notices", "/security/leave/confirm", "/logout", "/home", "/notices/%2e%2e/logout"] {
            let browser = app.browser();
            browser.get(elsewhere).await;
            assert_eq!(browser.cookie("__Host-wanted"), None, "{elsewhere}");
        }
        let browser = app.browser();
        browser.plant("__Host-wanted", "https://evil.example/");
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let browser = app.browser();
        browser.send(browser.request(Method::HEAD, &address)).await;
        assert_eq!(browser.cookie("__Host-wanted"), None);
    }
}

on_both! {
    /// A hundred thousand letters about a notice keep nobody from a new password.
    async fn a_letter_that_somebody_waits_for_goes_first(fresh: Fresh) {
        use store::letter;
        let lease = 5 * MINUTE;
        let at = |minutes: u32| NOW.plus(minutes * MINUTE).0;
        for (rank, due, kind) in [(1, at(0), "notice"), (0, at(2), "not_found"), (1, at(1), "notice"), (0, at(9), "welcome")] {
            tell!(
                &fresh.db,
                "insert into letter (id, kind, address, address_key, asked_at, due_at, rank)
                 values ($1, $2, 'a@example.jp', 'a@example.jp', $3, $3, $4)",
                uuid::Uuid::now_v7(), kind, due, i64::from(rank)
            );
        }
        let mut kinds = Vec::new();
        let now = NOW.plus(3 * MINUTE);
        for _ in 0..3 {
            let claimed = letter::claim(&fresh.db, now, lease, 1).await.unwrap();
            kinds.extend(claimed.into_iter().map(|letter| letter.kind));
        }
        assert_eq!(letter::claim(&fresh.db, now, lease, 1).await.unwrap().len(), 0);
        assert_eq!(kinds, ["not_found", "notice", "notice"]);
    }
}

#[tokio::test]
async fn no_page_asks_more_often_for_more_notices() {
    let app = TestApp::start(crate::fresh::postgres().await).await;
    let taro = app.signed_in(TARO, &WISH).await;
    let mut asked = Vec::new();
    for (each_time, notices) in [(1, 1..3), (9, 3..60)] {
        let rows: String = notices
            .map(|n| {
                format!(
                    "N-{n},お知らせ,通信{n}号,通信,,全員,2026-11-10,,本文,,\n\
                     A-{n},健康情報,記事{n},話題{n},,全員,2026-11-10,,本文,,a-{n}\n"
                )
            })
            .collect();
        import(&app.fresh, &rows).await;
        let mut each = Vec::new();
        let claims = crate::expense_import::many(each_time * 40);
        crate::expense_import::import(&app.fresh, &claims).await;
        for path in ["/home", "/notices", "/health", "/health/a-1"] {
            each.push((path, crate::queries::asked_by(taro.get(path)).await));
        }
        asked.push(each);
    }
    assert_eq!(asked[0], asked[1]);
    // The session; the reader, the news, the counts, the household, the months of its
    // expenses; and at most three where there is only a list.
    for (path, queries) in &asked[0] {
        let most = if *path == "/home" { 6 } else { 4 };
        assert!((2..=most).contains(queries), "{path}: {queries} queries");
    }
}

/// The demo's own check of its file, on whatever day it is tried out.
#[tokio::test(flavor = "multi_thread")]
async fn the_demo_has_something_to_read_for_everybody() {
    let fresh = crate::fresh::sqlite().await;
    let hasher = server::base::hash::Hasher::start(
        crate::test_app::CHEAP,
        server::base::hash::Pool::default(),
    )
    .unwrap();
    let terms = server::office::postcards::Terms {
        age: 20,
        valid_days: 365,
    };
    let folder = fresh.folder.path().join("data");
    server::demo::fill(&fresh.db, &hasher, terms, &folder, NOW)
        .await
        .unwrap();
    let notices: i64 = ask!(
        &fresh.db,
        "select count(*) from notice where kind = 'notice'"
    );
    let articles: i64 = ask!(
        &fresh.db,
        "select count(*) from notice where kind = 'article'"
    );
    assert!(notices >= 12 && articles >= 8, "{notices} {articles}");
    let left: i64 = ask!(
        &fresh.db,
        "select count(*) from notice where body like '%{%' or ends_on < published_on"
    );
    assert_eq!(left, 0);
    server::demo::fill(&fresh.db, &hasher, terms, &folder, NOW.plus(50 * HOUR))
        .await
        .unwrap();
    let changed: i64 = ask!(
        &fresh.db,
        "select count(*) from notice where published_on > $1",
        NOW.in_japan().date()
    );
    assert_eq!(changed, 0, "a second run changes nothing");
}
