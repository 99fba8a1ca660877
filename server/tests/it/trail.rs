//! The audit as auditors read it, and the figures of the office's first page.

use domain::values::timestamp::Timestamp;
use server::{
    account::by_office,
    office::trail::{self, Export},
    upkeep::office_figures::OfficeFigures,
};
use store::{
    audit::{Entry, Event},
    audit_trail::{ALL, BY_ACTOR, BY_EVENT, BY_MEMBER, BY_PERSON, DAY, Filter},
    office_figure::{self, WAITING},
    people,
};
use uuid::Uuid;

use crate::{
    fresh::Fresh,
    looks::many_people,
    roster::NOW,
    telephone::{AIKO, acting, clerk, person},
    test_app::{HOUR, JIRO, TARO, TestApp, WISH},
};

/// Everything that an export comes to.
async fn exported(app: &TestApp, filter: Filter) -> String {
    let names = vec![(AIKO.parse().unwrap(), "=事務 愛子".to_owned())];
    let mut export = Export::begin(&app.fresh.db, acting(app, AIKO), filter, names)
        .await
        .unwrap();
    let mut sheet = Vec::new();
    while let Some(piece) = export.next().await.unwrap() {
        sheet.extend(piece);
    }
    String::from_utf8(sheet).unwrap()
}

on_both! {
    async fn the_audit_is_read_by_person_member_staff_event_and_day(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        app.signed_in(TARO, &WISH).await;
        let taro = person(&app, TARO).await;
        let member: Uuid = ask!(db, "select id from member");
        let by = clerk(&app, AIKO);
        by_office::disable(db, by, taro, &"本人の希望".parse().unwrap()).await.unwrap();
        app.clock.advance(30 * HOUR);
        let by = clerk(&app, AIKO);
        by_office::enable(db, by, taro, &"本人の希望".parse().unwrap()).await.unwrap();

        let read = async |filter: Filter| -> Vec<String> {
            let trail = trail::page(db, acting(&app, AIKO), &filter, None).await.unwrap();
            trail.lines.into_iter().map(|line| line.event).collect()
        };
        let all = read(Filter::default()).await;
        assert_eq!(all.first().map(String::as_str), Some("enabled"), "the newest first");
        let mine = read(Filter { member: Some(member), ..Filter::default() }).await;
        assert_eq!(mine[..3], ["enabled", "disabled", "signed_in"]);
        let of_taro = Filter { person: Some(taro), ..Filter::default() };
        assert!(read(of_taro.clone()).await.contains(&"postcard_issued".to_owned()));
        let by_aiko = Filter { actor: Some(AIKO.to_owned()), ..Filter::default() };
        assert_eq!(read(by_aiko.clone()).await, ["enabled", "disabled"]);
        let issued = Filter { event: Some(Event::PostcardIssued), ..Filter::default() };
        assert_eq!(read(issued.clone()).await.len(), 6);
        assert_eq!(read(Filter { person: Some(taro), ..issued }).await.len(), 1);
        let day = Timestamp::start_of(app.clock.now().in_japan().date());
        let today = Filter { during: Some((day, day.plus(24 * HOUR))), ..by_aiko };
        assert_eq!(read(today).await, ["enabled"]);
        let nothing = Filter { during: Some((Timestamp(0), Timestamp(1))), ..Filter::default() };
        assert!(read(nothing).await.is_empty());

        let trail = trail::page(db, acting(&app, AIKO), &of_taro, None).await.unwrap();
        let enabled = &trail.lines[0];
        assert_eq!(enabled.words.as_deref(), Some("本人の希望"));
        assert_eq!(enabled.person_key.as_deref(), Some(TARO));
        // What was written can be removed, and the entry stays.
        assert!(trail::remove_words(db, acting(&app, AIKO), enabled.id).await.unwrap());
        assert!(!trail::remove_words(db, acting(&app, AIKO), enabled.id).await.unwrap());
        let trail = trail::page(db, acting(&app, AIKO), &of_taro, None).await.unwrap();
        assert_eq!(trail.lines[0].event, "reason_removed");
        assert_eq!((trail.lines[1].id, &trail.lines[1].words), (enabled.id, &None));
    }
}

on_both! {
    async fn pages_go_by_the_number_and_miss_and_repeat_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        let mut tx = db.write().await.unwrap();
        for n in 0..250 {
            let detail = format!("entry {n}");
            Event::OfficeSearched.at_the_command_line(&detail, NOW).record(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        let filter = Filter { event: Some(Event::OfficeSearched), ..Filter::default() };
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let trail = trail::page(db, acting(&app, AIKO), &filter, before).await.unwrap();
            seen.extend(trail.lines.iter().map(|line| line.detail.clone()));
            before = trail.next;
            // Somebody goes on searching.
            let mut tx = db.write().await.unwrap();
            Event::OfficeSearched.at_the_command_line("later", NOW).record(&mut tx).await.unwrap();
            tx.commit().await.unwrap();
            if before.is_none() {
                break;
            }
        }
        let expected: Vec<String> = (0..250).rev().map(|n| format!("entry {n}")).collect();
        assert_eq!(seen, expected);
        let trail = trail::page(db, acting(&app, AIKO), &filter, None).await.unwrap();
        assert_eq!(trail.many_searches, [(String::new(), 253)], "more than 200 a day are told");
    }
}

on_both! {
    async fn an_export_is_noted_streams_and_computes_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        let mut tx = db.write().await.unwrap();
        for n in 0..2_100 {
            let entry = Entry {
                detail: "=HYPERLINK(\"https://evil.example\")",
                actor: AIKO,
                network_address: "203.0.113.7",
                ..Event::SignedIn.at_the_command_line("", NOW.plus(crate::test_app::INSTANT * n))
            };
            entry.record(&mut tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        let filter = Filter { event: Some(Event::SignedIn), ..Filter::default() };
        let sheet = exported(&app, filter).await;
        assert!(sheet.starts_with("\u{FEFF}番号,日時,できごと,内容,"));
        assert_eq!(sheet.lines().count(), 2_101);
        assert_eq!(sheet.matches("\"'=HYPERLINK(\"\"https").count(), 2_100);
        assert_eq!(sheet.matches(",'=事務 愛子,").count(), 2_100);
        let noted: String = ask!(db, "select detail from audit where event = 'audit_exported' and actor = $1", AIKO);
        assert_eq!(noted, "event signed_in");
    }
}

on_both! {
    /// Two hundred thousand entries here, and by the same indexes five millions.
    async fn no_question_to_the_audit_reads_all_of_it(fresh: Fresh) {
        fill(&fresh, 200_000).await;
        let uuid = "'00000000-0000-0000-0000-000000000007'";
        let (blob, text) = ("x'00000000000000000000000000000007'", format!("cast({uuid} as uuid)"));
        for (sql, set) in [
            (BY_PERSON, 4), (BY_MEMBER, 5), (BY_ACTOR, 6), (BY_EVENT, 7), (ALL, 0), (DAY, 0), (WAITING, 0),
        ] {
            let is_sqlite = matches!(fresh.db, store::Db::Sqlite(_));
            let person = if is_sqlite { blob } else { &text };
            let mut values = ["199000", "1", "100", "null", "null", "null", "null", "null", "null"];
            match set {
                4 | 5 => values[set - 1] = person,
                6 => values[5] = "'actor 7'",
                7 => values[6] = "'signed_out'",
                _ => {}
            }
            let mut asked = sql.to_owned();
            for (place, value) in values.into_iter().enumerate() {
                let typed = match (place, value, is_sqlite) {
                    (3 | 4, "null", false) => "cast(null as uuid)",
                    (5 | 6, "null", false) => "cast(null as text)",
                    (7 | 8, "null", false) => "cast(null as bigint)",
                    _ => value,
                };
                asked = asked.replace(&format!("${}", place + 1), typed);
            }
            let plan = explained(&fresh.db, &asked).await;
            for scanned in ["SCAN a\n", "SCAN audit\n", "Seq Scan on audit", "SCAN person\n", "Seq Scan on person"] {
                assert!(!format!("{plan}\n").contains(scanned), "{scanned}: {asked}\n{plan}");
            }
            assert!(!plan.contains("USE TEMP B-TREE FOR ORDER BY") || set == 4, "{asked}\n{plan}");
        }
        let unreached = people::UNREACHED.replace("$1", "500");
        let plan = explained(&fresh.db, &unreached).await;
        assert!(plan.contains("person_address_unknown"), "{plan}");
    }
}

pub(crate) async fn explained(db: &store::Db, sql: &str) -> String {
    match db {
        store::Db::Sqlite(file) => {
            let asked = sqlx::AssertSqlSafe(format!("explain query plan {sql}"));
            let steps: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(asked).fetch_all(&file.writer).await.unwrap();
            steps
                .into_iter()
                .map(|step| step.3)
                .collect::<Vec<_>>()
                .join("\n")
        }
        store::Db::Postgres(pool) => {
            let asked = sqlx::AssertSqlSafe(format!("explain {sql}"));
            let steps: Vec<String> = sqlx::query_scalar(asked).fetch_all(pool).await.unwrap();
            steps.join("\n")
        }
    }
}

/// So many entries, made by the engine: of a few events, a thousand people, ten of the staff.
async fn fill(fresh: &Fresh, entries: i64) {
    many_people(fresh, 1_000).await;
    match &fresh.db {
        store::Db::Sqlite(file) => {
            let sql = "with recursive n(n) as (select 1 union all select n + 1 from n where n < $1)
                 insert into audit (at, event, person_id, member_id, network_address, detail, actor)
                 select n * 1000, case n % 50 when 0 then 'signed_out' when 1 then 'office_looked' else 'signed_in' end,
                        (select id from person where symbol = '1' and number = cast(n % 1000 as text) and branch = '00'),
                        randomblob(16), '', '', case n % 20 when 0 then 'actor ' || (n % 10) else '' end from n";
            sqlx::query(sql)
                .bind(entries)
                .execute(&file.writer)
                .await
                .unwrap();
            sqlx::query("analyze").execute(&file.writer).await.unwrap();
        }
        store::Db::Postgres(pool) => {
            let sql = "insert into audit (at, event, person_id, member_id, network_address, detail, actor)
                 select n * 1000, case n % 50 when 0 then 'signed_out' when 1 then 'office_looked' else 'signed_in' end,
                        p.id, gen_random_uuid(), '', '', case n % 20 when 0 then 'actor ' || (n % 10) else '' end
                 from generate_series(1, $1) as n
                 left join person p on p.symbol = '1' and p.number = cast(n % 1000 as text) and p.branch = '00'";
            sqlx::query(sql).bind(entries).execute(pool).await.unwrap();
            sqlx::query("analyze").execute(pool).await.unwrap();
        }
    }
}

on_both! {
    async fn the_first_page_s_figures_are_counted_beside_it(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let db = &app.fresh.db;
        app.signed_in(TARO, &WISH).await;
        by_office::postcard_came_back(db, clerk(&app, AIKO), person(&app, JIRO).await).await.unwrap();
        by_office::want_postcard(db, clerk(&app, AIKO), person(&app, TARO).await).await.unwrap();
        let figures = OfficeFigures {
            db: db.clone(),
            clock: app.clock.clone(),
            registration_age: 20,
        };
        figures.count().await.unwrap();
        figures.count().await.unwrap();
        let all = office_figure::all(db).await.unwrap();
        let value = |name: &str, part: &str| {
            let one = all.iter().find(|figure| (figure.name.as_str(), figure.part.as_str()) == (name, part));
            one.map(|figure| figure.value)
        };
        assert_eq!(value("may_register", "0007"), Some(6));
        assert_eq!(value("has_registered", "0007"), Some(1));
        assert_eq!(value("registrations", "2026-11"), Some(1));
        assert_eq!(value("sign_ins", "2026-11-22"), Some(1));
        assert_eq!(value("postcards_used", ""), Some(1));
        assert_eq!(value("postcards_returned", ""), Some(1));
        assert_eq!(value("postcards_out", ""), Some(4));
        assert_eq!(value("postcards_expired", ""), Some(0));
        assert_eq!(value("imports", "roster_imported"), Some(NOW.0));
        assert!(all.iter().all(|figure| figure.counted_at == NOW.0));

        let waiting = office_figure::waiting(db, app.clock.now()).await.unwrap();
        assert_eq!((waiting.new_postcards, waiting.addresses_unknown), (1, 1));
        // Nobody is counted twice, and an employer that has lost everybody goes.
        tell!(db, "update person set employer_code = '0008'");
        figures.count().await.unwrap();
        let all = office_figure::all(db).await.unwrap();
        assert!(!all.iter().any(|figure| figure.part == "0007"));
    }
}
