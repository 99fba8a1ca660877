//! Whom the office finds and looks at, and what the member hears of it.

use domain::looking::{Confirmed, Reason, ReasonText};
use server::{
    account::by_office::{self, Acted, Clerk},
    base::secrets::Secrets,
    office::people::{self, Looked, Looker, read_search},
};
use store::people::{BY_ADDRESS, BY_KEY, BY_NAME, Hit, MOST};
use uuid::Uuid;

use crate::{
    fresh::Fresh,
    postcards, roster,
    telephone::{AIKO, acting, clerk, person},
    test_app::{HANAKO, HOUR, JIRO, MINUTE, TARO, TestApp, WISH},
};

/// Another clerk.
const BEN: &str = "01980000-0000-7000-8000-0000000000b2";

fn looker(app: &TestApp, staff: &str) -> Looker<'static> {
    Looker::new(acting(app, staff), None, "")
}

/// Who is somebody on the roster, too.
async fn looker_of(app: &TestApp, staff: &str, key: &str) -> Looker<'static> {
    Looker::new(acting(app, staff), Some(person(app, key).await), "")
}

fn text(words: &str) -> ReasonText {
    ReasonText::parse(words).unwrap()
}

async fn found(app: &TestApp, typed: &str) -> Vec<String> {
    let search = read_search(typed).unwrap();
    let hits = people::search(&app.fresh.db, &looker(app, AIKO), &search)
        .await
        .unwrap();
    let keys = |hit: &Hit| format!("{}-{}-{}", hit.key.symbol, hit.key.number, hit.key.branch);
    let mut found: Vec<_> = hits.iter().map(keys).collect();
    found.sort_unstable();
    found
}

async fn look(app: &TestApp, staff: &str, key: &str, reason: Reason) -> Looked {
    let whom = person(app, key).await;
    people::look(
        &app.fresh.db,
        &looker(app, staff),
        whom,
        reason,
        &text("電話あり"),
    )
    .await
    .unwrap()
}

async fn looks_in_audit(app: &TestApp) -> i64 {
    ask!(
        &app.fresh.db,
        "select count(*) from audit where event = 'office_looked'"
    )
}

on_both! {
    async fn a_person_is_found_by_name_key_login_id_and_address(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let more = "\
1001,20,00,髙橋　健一,ﾀｶﾊｼ ｹﾝｲﾁ,1980-04-01,男,本人,2003-04-01,,0007,,,
1001,21,00,100%果汁,ヒャクパーセント,1980-04-01,男,本人,2003-04-01,,0007,,,
本社-東,0022,01,見本 愛,ミホン アイ,1980-04-01,女,妻,2003-04-01,,0007,,,
";
        roster::import(&app.fresh, more).await;
        app.registered(TARO, &WISH).await;
        for (typed, keys) in [
            ("架空", vec!["1001-12-00", "1001-12-01", "1001-12-02"]),
            ("架空　太", vec!["1001-12-00"]),
            ("太郎", vec!["1001-12-00"]),
            ("高橋", vec!["1001-20-00"]),
            ("たかはし けん", vec!["1001-20-00"]),
            ("けんいち", vec!["1001-20-00"]),
            ("橋", vec![]),
            ("1001-12", vec!["1001-12-00", "1001-12-01", "1001-12-02"]),
            ("1001-12-01", vec!["1001-12-01"]),
            ("１００１－１２－０１", vec!["1001-12-01"]),
            ("本社-東-0022-01", vec!["本社-東-0022-01"]),
            ("本社-東-0022", vec!["本社-東-0022-01"]),
            ("1001-99", vec![]),
            ("123456taro", vec!["1001-12-00"]),
            ("123456Tar", vec![]),
            ("TARO@example.jp", vec!["1001-12-00"]),
            ("taro@", vec![]),
            // They mean themselves.
            ("%", vec![]),
            ("_", vec![]),
            ("100%", vec!["1001-21-00"]),
            ("100%果", vec!["1001-21-00"]),
            ("100_", vec![]),
            ("' or ''='", vec![]),
        ] {
            assert_eq!(found(&app, typed).await, keys, "{typed}");
        }
        let texts: i64 = ask!(
            &app.fresh.db,
            "select count(*) from audit where event = 'office_searched' and actor = $1
               and detail like '%架空%' or detail like '%taro%'", AIKO
        );
        assert_eq!(texts, 0, "what was typed stands nowhere");
        let noted: i64 = ask!(
            &app.fresh.db,
            "select count(*) from audit where event = 'office_searched' and detail = 'name 3'"
        );
        assert_eq!(noted, 1);
    }
}

on_both! {
    /// Fifty are shown, and that there are more; a roster that spells a name otherwise is
    /// found by the new spelling, and rows from before are folded at the next start.
    async fn names_stay_found_whatever_becomes_of_them(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let many: String = (0..60)
            .map(|n| format!("2002,{n},00,例題 {n}太,レイダイ タ,1980-04-01,男,本人,2003-04-01,,0007,,,\n"))
            .collect();
        roster::import(&app.fresh, &many).await;
        assert_eq!(found(&app, "例題").await.len() as i64, MOST + 1);
        roster::import(&app.fresh, "2002,7,00,改姓 七太,カイセイ シチタ,1980-04-01,男,本人,2003-04-01,,0007,,,\n").await;
        assert_eq!(found(&app, "改姓").await, ["2002-7-00"]);
        assert_eq!(found(&app, "しちた").await, ["2002-7-00"]);

        tell!(&app.fresh.db, "update person set name_key = null, kana_key = null, given_key = null, given_kana_key = null");
        assert!(found(&app, "改姓").await.is_empty());
        app.fresh.db.migrate().await.unwrap();
        assert_eq!(found(&app, "改姓").await, ["2002-7-00"]);
        assert_eq!(found(&app, "レイダイ").await.len() as i64, MOST + 1);
    }
}

on_both! {
    async fn nobody_finds_or_opens_the_own_household(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let own = looker_of(&app, AIKO, HANAKO).await;
        let search = read_search("架空").unwrap();
        assert!(people::search(&app.fresh.db, &own, &search).await.unwrap().is_empty());
        let taro = person(&app, TARO).await;
        let looked = people::look(&app.fresh.db, &own, taro, Reason::Phone, &text("")).await;
        assert_eq!(looked.unwrap(), Looked::Own);
        assert_eq!(looks_in_audit(&app).await, 0);
    }
}

on_both! {
    /// One row a clerk, person and ten minutes; the member reads day, role and reason.
    async fn every_look_is_written_before_it_and_told_to_the_member(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let whom = person(&app, TARO).await;
        let aiko = looker(&app, AIKO);
        assert!(people::page(&app.fresh.db, &aiko, whom).await.unwrap().is_none());
        // Before there is an account.
        assert_eq!(look(&app, AIKO, TARO, Reason::Counter).await, Looked::Open);
        let taro = app.signed_in(TARO, &WISH).await;
        let (open, page) = people::page(&app.fresh.db, &aiko, whom).await.unwrap().unwrap();
        assert_eq!(open.reason, Reason::Counter);
        assert_eq!(page.addresses[0].address, "ta…@example.jp");
        assert!(page.letters.iter().all(|letter| letter.address == "ta…@example.jp"));
        assert!(page.card.last_sign_in_at.is_some());
        assert_eq!(page.family, ["架空 花子", "架空 成人"]);

        app.clock.advance(9 * MINUTE);
        look(&app, AIKO, TARO, Reason::Phone).await;
        assert_eq!(looks_in_audit(&app).await, 1, "the first is still open");
        assert_eq!(look(&app, BEN, TARO, Reason::Letter).await, Looked::Open);
        assert_eq!(look(&app, AIKO, JIRO, Reason::Phone).await, Looked::Open);
        assert_eq!(looks_in_audit(&app).await, 3, "another clerk, another person");
        app.clock.advance(2 * MINUTE);
        let later = looker(&app, AIKO);
        assert!(people::page(&app.fresh.db, &later, whom).await.unwrap().is_none());
        let both = tokio::join!(
            look(&app, AIKO, TARO, Reason::Phone),
            look(&app, AIKO, TARO, Reason::Phone)
        );
        assert_eq!(both, (Looked::Open, Looked::Open));
        assert_eq!(looks_in_audit(&app).await, 4);

        let page = taro.get("/security").await;
        for reason in ["窓口でのお問い合わせ", "お電話でのお問い合わせ", "手紙・メールでのお問い合わせ"] {
            page.clone().shows(&format!(
                "健康保険組合の職員（窓口）が、登録内容を見ました（職員による閲覧）。理由：{reason}"
            ));
        }
        page.clone().shows("<time>2026年11月22日</time>").hides("電話あり");
        page.hides(AIKO).hides(BEN).hides("10.0.0.7");
    }
}

on_both! {
    async fn an_inquiry_needs_another_clerk_and_is_told_after_ninety_days(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let db = &app.fresh.db;
        assert_eq!(look(&app, AIKO, TARO, Reason::Inquiry).await, Looked::AnotherIsAsked);
        assert_eq!(look(&app, AIKO, TARO, Reason::Inquiry).await, Looked::AnotherIsAsked);
        let (aiko, ben) = (looker(&app, AIKO), looker(&app, BEN));
        assert!(people::questions(db, &aiko).await.unwrap().is_empty(), "not one's own");
        let asked = people::questions(db, &ben).await.unwrap();
        assert_eq!(asked.len(), 1, "asked twice, once a question");
        assert!(!people::agree(db, &aiko, asked[0].id).await.unwrap());
        let own = looker_of(&app, BEN, HANAKO).await;
        assert!(!people::agree(db, &own, asked[0].id).await.unwrap(), "of the own household");
        assert!(people::agree(db, &ben, asked[0].id).await.unwrap());
        assert!(!people::agree(db, &ben, asked[0].id).await.unwrap());
        assert_eq!(look(&app, BEN, TARO, Reason::Inquiry).await, Looked::AnotherIsAsked);
        assert_eq!(look(&app, AIKO, TARO, Reason::Inquiry).await, Looked::Open);
        app.clock.advance(11 * MINUTE);
        assert_eq!(look(&app, AIKO, TARO, Reason::Inquiry).await, Looked::AnotherIsAsked, "once");

        let told = "理由：不正な利用などの調査";
        let browser = app.browser();
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        browser.get("/security").await.hides(told).hides("別の職員");
        app.days_later(90 * 24 * HOUR).await;
        let browser = app.browser();
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        browser.get("/security").await.shows(told).hides("別の職員");
    }
}

on_both! {
    async fn what_is_agreed_to_is_so_for_a_day(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        look(&app, AIKO, TARO, Reason::Inquiry).await;
        let asked = people::questions(&app.fresh.db, &looker(&app, BEN)).await.unwrap();
        assert!(people::agree(&app.fresh.db, &looker(&app, BEN), asked[0].id).await.unwrap());
        app.clock.advance(25 * HOUR);
        assert_eq!(look(&app, AIKO, TARO, Reason::Inquiry).await, Looked::AnotherIsAsked);
    }
}

on_both! {
    /// Whoever has made another's account within a week does not get that one's word.
    async fn nobody_agrees_to_the_work_of_whoever_made_them(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let (aiko, ben): (Uuid, Uuid) = (AIKO.parse().unwrap(), BEN.parse().unwrap());
        for id in [aiko, ben] {
            tell!(
                &app.fresh.db,
                "insert into staff_member (id, login_id, login_key, name, roles, created_at)
                 values ($1, $2, $2, '', 'Desk', 0)",
                id, id.to_string()
            );
        }
        tell!(
            &app.fresh.db,
            "insert into staff_change (id, staff_id, kind, roles, proposed_by, proposed_at)
             values ($1, $2, 'add', 'Desk', $3, $4)",
            Uuid::now_v7(), ben, aiko, app.clock.now().0
        );
        for (staff, other) in [(AIKO, BEN), (BEN, AIKO)] {
            look(&app, staff, TARO, Reason::Inquiry).await;
            let other = looker(&app, other);
            let asked = people::questions(&app.fresh.db, &other).await.unwrap();
            assert!(!people::agree(&app.fresh.db, &other, asked[0].id).await.unwrap());
        }
        app.days_later(8 * 24 * HOUR).await;
        look(&app, AIKO, TARO, Reason::Inquiry).await;
        let other = looker(&app, BEN);
        let asked = people::questions(&app.fresh.db, &other).await.unwrap();
        assert!(people::agree(&app.fresh.db, &other, asked[0].id).await.unwrap());
    }
}

on_both! {
    async fn acts_are_noted_with_what_was_confirmed_and_told(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let db = &app.fresh.db;
        let whom = person(&app, TARO).await;
        look(&app, AIKO, TARO, Reason::Phone).await;
        let answers = Confirmed::parse(|one| ["born_on", "family"].contains(&one)).unwrap();
        people::confirm_caller(db, &looker(&app, AIKO), whom, &answers).await.unwrap();
        let open = people::open_look(db, &looker(&app, AIKO), whom).await.unwrap().unwrap();
        assert_eq!(open.confirmed, "born_on,family");
        let by = Clerk { confirmed: &open.confirmed, ..clerk(&app, AIKO) };

        assert_eq!(by_office::end_sessions(db, by, whom).await.unwrap(), Acted::Done);
        taro.home().await.leads_to("/login");
        assert_eq!(by_office::remove_second_step(db, by, whom).await.unwrap(), Acted::Already);
        tell!(
            db,
            "insert into email (id, member_id, address, address_key, added_at)
             select $1, id, 'waiting@example.jp', 'waiting@example.jp', 0 from member",
            Uuid::from_u128(5)
        );
        let secrets = Secrets::open_or_create(&app.fresh.folder.path().join("data/secret")).unwrap();
        let again = by_office::send_confirmation(db, &secrets, by, whom, Uuid::from_u128(5)).await;
        assert_eq!(again.unwrap(), Acted::Done);
        let jiro = person(&app, JIRO).await;
        let others = by_office::send_confirmation(db, &secrets, by, jiro, Uuid::from_u128(5)).await;
        assert_eq!(others.unwrap(), Acted::NoAccount);
        assert_eq!(by_office::want_postcard(db, by, whom).await.unwrap(), Acted::Done);
        assert_eq!(by_office::want_postcard(db, by, whom).await.unwrap(), Acted::Already);

        app.browser().post_email("wake@example.jp").await.leads_to("/register/sent");
        let told: Vec<String> = app.letters_to(WISH.email).await.into_iter().map(|letter| letter.text).collect();
        for words in ["ログイン中の端末をすべて終了しました", "確認のメールをもう一度", "新しいハガキの発行を受け付けました"] {
            assert!(told.iter().any(|letter| letter.contains(words)), "{words}: {told:?}");
        }
        let confirmation = app.newest_letter_to("waiting@example.jp").await;
        assert!(confirmation.text.contains("/profile/emails/confirm?token="), "{}", confirmation.text);
        let noted: i64 = ask!(
            db,
            "select count(*) from audit where actor = $1 and detail = 'born_on,family'", AIKO
        );
        assert_eq!(noted, 3);

        let waiting: i64 = ask!(db, "select count(*) from person where postcard_wanted_at is not null");
        assert_eq!(waiting, 1);
        app.reissue(TARO).await;
        let waiting: i64 = ask!(db, "select count(*) from person where postcard_wanted_at is not null");
        assert_eq!(waiting, 0, "the new one is issued");
    }
}

on_both! {
    /// 返送: what came back opens nothing, and none goes to that address again.
    async fn a_postcard_that_came_back_is_over_until_there_is_another_address(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        let jiro = person(&app, JIRO).await;
        let by = clerk(&app, AIKO);
        let reader = app.with_open_link("jiro@example.jp").await;
        assert_eq!(by_office::postcard_came_back(db, by, jiro).await.unwrap(), Acted::Done);
        assert_eq!(by_office::postcard_came_back(db, by, jiro).await.unwrap(), Acted::Already);
        reader.enter_with_postcard(&app.card(JIRO)).await.refuses(422);
        assert_eq!(postcards::issue(&app.fresh).await.unwrap().postcards, 0);
        let unknown: i64 = ask!(db, "select count(*) from person where address_unknown_since is not null");
        assert_eq!(unknown, 1);
        roster::import(&app.fresh, "1001,13,00,見本 次郎,,1970-01-01,男,本人,1995-04-01,,0007,,1050001,東京都架空区新町1-1\n").await;
        assert_eq!(postcards::issue(&app.fresh).await.unwrap().postcards, 1);
    }
}

on_both! {
    /// Whatever is typed, indexes find it among a hundred thousand people.
    async fn no_search_reads_everybody(fresh: Fresh) {
        let db = &fresh.db;
        many_people(&fresh, 100_000).await;
        let text = |text: &str| Some(text.to_owned());
        let name = [text("架空1"), text("架空1\u{10FFFF}"), None, text("架空1")];
        let key = [text("1"), text("77"), None, None];
        let address = [text("a@example.jp"), None, None, None];
        for (sql, [a, b, c, d]) in [(BY_NAME, name), (BY_KEY, key), (BY_ADDRESS, address)] {
            let plan = match db {
                store::Db::Sqlite(file) => {
                    let asked = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
                    let steps: Vec<(i64, i64, i64, String)> = sqlx::query_as(asked)
                        .bind(a).bind(b).bind(c).bind(d)
                        .fetch_all(&file.writer).await.unwrap_or_default();
                    steps.into_iter().map(|step| step.3).collect::<Vec<_>>().join("\n")
                }
                store::Db::Postgres(pool) => {
                    // The statement with its values, as the planner has them.
                    let quoted = |value: Option<String>| value.map_or("null".to_owned(), |v| format!("'{v}'"));
                    let mut sql = sql.to_owned();
                    if sql.contains("name_key") {
                        sql = sql.replace("$3", "51");
                    } else if sql.contains("$4") {
                        sql = sql.replace("$4", "51");
                    } else {
                        sql = sql.replace("$2", "51");
                    }
                    for (place, value) in [("$1", a), ("$2", b), ("$3", c), ("$4", d)] {
                        sql = sql.replace(place, &quoted(value));
                    }
                    let steps: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("explain {sql}")))
                        .fetch_all(pool).await.unwrap();
                    steps.join("\n")
                }
            };
            assert!(!plan.is_empty());
            for scanned in ["SCAN person\n", "SCAN p\n", "Seq Scan on person"] {
                assert!(!format!("{plan}\n").contains(scanned), "{scanned}: {plan}");
            }
        }
    }
}

/// So many people without accounts, made by the engine.
pub(crate) async fn many_people(fresh: &Fresh, people: i64) {
    match &fresh.db {
        store::Db::Sqlite(file) => {
            let sql = "with recursive n(n) as (select 1 union all select n + 1 from n where n < $1)
                 insert into person (id, symbol, number, branch, name, kana, born_on, sex, relation,
                                     qualified_on, employer_code, employer_name, postal_code, address,
                                     name_key, given_key, kana_key, given_kana_key)
                 select randomblob(16), '1', cast(n as text), '00', '架空 ' || n, '', '1980-04-01', '男',
                        '本人', '2003-04-01', cast(n % 40 as text), '事業所' || (n % 40), '', '',
                        '架空' || n, cast(n as text), null, null from n";
            sqlx::query(sql)
                .bind(people)
                .execute(&file.writer)
                .await
                .unwrap();
            sqlx::query("analyze").execute(&file.writer).await.unwrap();
        }
        store::Db::Postgres(pool) => {
            let sql = "insert into person (id, symbol, number, branch, name, kana, born_on, sex, relation,
                                     qualified_on, employer_code, employer_name, postal_code, address,
                                     name_key, given_key, kana_key, given_kana_key)
                 select gen_random_uuid(), '1', cast(n as text), '00', '架空 ' || n, '', date '1980-04-01', '男',
                        '本人', date '2003-04-01', cast(n % 40 as text), '事業所' || (n % 40), '', '',
                        '架空' || n, cast(n as text), null, null from generate_series(1, $1) as n";
            sqlx::query(sql).bind(people).execute(pool).await.unwrap();
            sqlx::query("analyze").execute(pool).await.unwrap();
        }
    }
}
