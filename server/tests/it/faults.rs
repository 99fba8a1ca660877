//! What happens around the portal: a database that is gone, or full.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use store::{Db, Schema};

use crate::test_app::{JIRO, MINUTE, TARO, TestApp, WISH};

const SECOND: Duration = Duration::from_secs(1);

const GREETING: &str = "たろうさん、こんにちは";

/// Runs it up to its n-th step, and no further; `false` when it was over before.
pub(crate) async fn killed_at<T>(step: usize, run: impl Future<Output = T>) -> bool {
    let (mut run, mut steps) = (pin!(run), 0);
    poll_fn(|context| {
        steps += 1;
        if steps > step {
            return Poll::Ready(true);
        }
        run.as_mut().poll(context).map(|_| false)
    })
    .await
}

on_both! {
    /// A member closes the page at the very moment: what others write afterwards lasts.
    async fn case_whoever_goes_away_while_a_change_begins_leaves_no_open_transaction(fresh: Fresh) {
        let elsewhere = Db::open(&fresh.url).await.unwrap();
        tell!(&fresh.db, "create table written (n bigint)");
        let mut written = 0;
        // Whether a step waits for the engine depends on how quick its answer is.
        for step in (0..6).cycle().take(60) {
            let began = killed_at(step, fresh.db.write()).await;
            let noted = killed_at(step, fresh.db.write_now()).await;
            assert!(step > 0 || (began && noted), "there was nothing to interrupt");
            // More often than there are connections.
            for _ in 0..20 {
                tell!(&fresh.db, "insert into written values (1)");
                written += 1;
            }
            let seen: i64 = ask!(&elsewhere, "select count(*) from written");
            assert_eq!(seen, written, "interrupted at step {step}");
        }
    }
}

on_both! {
    async fn case_71_without_its_database_nobody_gets_in_and_pages_say_so(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let link = app.with_open_link("jiro@example.jp").await;
        app.server_db.close().await;
        for answer in [
            browser.home().await,
            browser.sign_out().await,
            app.browser().sign_in(WISH.login_id, WISH.password).await,
            app.browser().post_email("new@example.jp").await,
            link.get("/register/provisional").await,
            link.enter_with_postcard(&app.card(JIRO)).await,
        ] {
            let answer = answer.refuses(503).shows("ただいま混み合っています。");
            assert_eq!(answer.header("set-cookie"), "");
            assert_eq!(answer.header("retry-after"), "5");
        }
        app.browser().get("/help").await.shows("メールが届かない");
        // The cookie is still there: once the database is back, so is the member.
        let app = app.restart_with(|_| {}).await;
        let again = app.browser();
        again.plant("__Host-session", &browser.cookie("__Host-session").unwrap());
        again.home().await.shows(GREETING);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn case_71_after_postgresql_was_restarted_the_portal_goes_on() {
    let app = TestApp::start(crate::fresh::postgres().await).await;
    let browser = app.signed_in(TARO, &WISH).await;
    let ended: i64 = ask!(
        &app.fresh.db,
        "select count(pg_terminate_backend(pid)) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()"
    );
    assert!(ended > 0);
    browser.home().await.shows(GREETING);
    app.browser()
        .sign_in(WISH.login_id, WISH.password)
        .await
        .leads_to("/home");
}

on_both! {
    /// An import brings its lines in at once, a clerk's `portal` beside the server's.
    async fn case_attack_14_while_somebody_writes_for_long_everybody_reads(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        crate::notices::import(&app.fresh, "N-1,お知らせ,題,分類,,全員,2026-11-01,,本文,,\n").await;
        let notice: uuid::Uuid = ask!(&app.fresh.db, "select id from notice");
        let taro = app.signed_in(TARO, &WISH).await;
        app.post_is_out().await;
        let seen = || async {
            let at: i64 = ask!(&app.fresh.db, "select max(last_seen_at) from session where kind = 'member'");
            at
        };
        let before = seen().await;
        // Long enough for the visit to be noted again.
        app.clock.advance(2 * MINUTE);
        let mut change = app.fresh.db.write().await.unwrap();
        match &mut change {
            store::Tx::Sqlite(tx) => sqlx::query(HOLD_ALL).execute(&mut **tx).await.map(|_| ()),
            store::Tx::Postgres(tx) => sqlx::query(HOLD_ALL).execute(&mut **tx).await.map(|_| ()),
        }
        .unwrap();
        let paths = ["/home", "/notices", "/security", &format!("/notices/{notice}")];
        let looks = (0..32).map(|n| taro.get(paths[n % paths.len()]));
        let looks = tokio::time::timeout(5 * SECOND, futures::future::join_all(looks)).await;
        for page in looks.expect("a page waited for the writer") {
            assert_eq!(page.status, 200);
        }
        drop(change);
        assert_eq!(seen().await, before);
        // What gave way is noted with the next look.
        taro.get(&format!("/notices/{notice}")).await.shows("本文");
        assert_eq!(seen().await, app.clock.now().0);
        let read: i64 = ask!(&app.fresh.db, "select count(*) from notice_read");
        assert_eq!(read, 1);
    }
}

on_both! {
    /// A backup is of a moment; what was ended after it stays so in what comes back.
    async fn case_attack_17_a_restored_backup_revives_nothing(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let link = app.with_open_link("jiro@example.jp").await;
        app.post_is_out().await;
        let now = app.clock.now();
        let restored = match &app.fresh.db {
            Db::Sqlite(_) => {
                let copy = app.fresh.folder.path().join("copy.db");
                assert!(app.fresh.db.copy_to(&copy, now).await.unwrap());
                // The database itself goes on as before.
                taro.home().await.shows(GREETING);
                let url = format!("sqlite://{}", copy.display());
                Db::open_existing(&url).await.unwrap()
            }
            // It came back from pg_dump, and this is said afterwards.
            Db::Postgres(_) => {
                let db = Db::open_existing(&app.fresh.url).await.unwrap();
                let mut tx = db.write().await.unwrap();
                store::restored::end_what_was_open(&mut tx, "a test", now).await.unwrap();
                tx.commit().await.unwrap();
                taro.home().await.leads_to("/login");
                link.get("/register/provisional").await.refuses(403);
                db
            }
        };
        let open: i64 = ask!(
            &restored,
            "select (select count(*) from session where ended_at is null)
                  + (select count(*) from link where ended_at is null)
                  + (select count(*) from device)
                  + (select count(*) from letter where sent_at is null and given_up_at is null)"
        );
        assert_eq!(open, 0);
        let noted: i64 = ask!(&restored, "select count(*) from audit where event = 'restored'");
        assert_eq!(noted, 1);
        let accounts: i64 = ask!(&restored, "select count(*) from member");
        assert_eq!(accounts, 1);
    }
}

on_both! {
    async fn case_attack_tables_of_another_version_are_named(fresh: Fresh) {
        let db = &fresh.db;
        assert_eq!(db.schema().await.unwrap(), Schema::Current);
        tell!(db, "update _sqlx_migrations set version = 9999 where version = 8");
        let later = db.schema().await.unwrap();
        assert_eq!(later, Schema::Later(1));
        assert!(later.to_string().contains("later version"));
        tell!(db, "delete from _sqlx_migrations where version = 9999");
        assert_eq!(db.schema().await.unwrap(), Schema::Earlier(1));
        tell!(db, "drop table _sqlx_migrations");
        assert_eq!(db.schema().await.unwrap(), Schema::Empty);
    }
}

/// What `portal` answers in a folder of its own.
fn portal(folder: &std::path::Path, arguments: &[&str]) -> (bool, String) {
    let asked = std::process::Command::new(env!("CARGO_BIN_EXE_portal"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("PORTAL_CONFIG")
        .output()
        .unwrap();
    let said = [asked.stdout, asked.stderr].concat();
    (
        asked.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn case_attack_no_command_makes_a_database_by_mistake_and_two_bring_one_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("list.csv"), "x").unwrap();
    for arguments in [
        ["roster", "import", "list.csv"].as_slice(),
        &["expenses", "import", "list.csv"],
        &["purge", "--dry-run"],
        &["backup", "copy.db"],
        &["after-restore"],
    ] {
        let (done, said) = portal(here, arguments);
        assert!(
            !done && said.contains("no database at data/portal.db"),
            "{arguments:?}: {said}"
        );
    }
    let (_, said) = portal(here, &["check"]);
    assert!(said.contains("WRONG database"), "{said}");
    assert!(!here.join("data").exists(), "a folder was made");

    assert!(portal(here, &["migrate"]).0);
    let (done, said) = portal(here, &["backup", "copy.db"]);
    assert!(done, "{said}");
    let (done, said) = portal(here, &["backup", "copy.db"]);
    assert!(!done && !here.join("copy.db.part").exists(), "{said}");
    let (done, said) = portal(here, &["--version"]);
    assert!(done && said.starts_with("portal 0."), "{said}");

    // As an earlier version left it.
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let url = format!("sqlite://{}", here.join("data/portal.db").display());
        let db = Db::open_existing(&url).await.unwrap();
        tell!(&db, "delete from _sqlx_migrations where version = 40");
        tell!(&db, "drop index letter_waiting");
        tell!(&db, "drop index letter_given_up");
        db.close().await;
    });
    for arguments in [
        ["roster", "import", "list.csv"].as_slice(),
        &["demo"],
        &["backup", "b.db"],
    ] {
        let (done, said) = portal(here, arguments);
        assert!(
            !done && said.contains("portal migrate"),
            "{arguments:?}: {said}"
        );
    }
    assert!(portal(here, &["migrate"]).0);
    assert!(portal(here, &["backup", "b.db"]).0);
}

#[test]
fn case_attack_postgresql_out_of_reach_is_named_at_once_and_without_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "database_url = \"postgres://portal:geheim@127.0.0.1:1/portal\"";
    std::fs::write(folder.path().join("portal.toml"), settings).unwrap();
    let begun = std::time::Instant::now();
    let (done, said) = portal(folder.path(), &["--config", "portal.toml", "check"]);
    assert!(
        !done && said.contains("PostgreSQL at 127.0.0.1 port 1: "),
        "{said}"
    );
    assert!(!said.contains("geheim"), "{said}");
    assert!(
        said.contains("chmod 600"),
        "others can read the settings: {said}"
    );
    assert!(begun.elapsed() < 9 * SECOND, "it tried again and again");
}

/// Of SQLite it takes the writer, of PostgreSQL every session's row.
const HOLD_ALL: &str = "update session set device = device";

#[tokio::test(flavor = "multi_thread")]
async fn case_70_on_a_full_disk_reading_works_and_writing_recovers_with_space() {
    let app = TestApp::start(crate::fresh::sqlite().await).await;
    let browser = app.signed_in(TARO, &WISH).await;
    limit_pages(&app.server_db, false).await;
    let mut refused = None;
    for i in 0..200 {
        let answer = app.browser().post_email(&format!("a{i}@example.jp")).await;
        if answer.status == 503 {
            refused = Some(answer);
            break;
        }
        answer.leads_to("/register/sent");
    }
    let refused = refused.expect("the disk never got full");
    refused.refuses(503).shows("ただいま混み合っています。");
    browser.home().await.shows(GREETING);
    limit_pages(&app.server_db, true).await;
    // A letter that was being sent at that moment is tried again when its lease ends.
    app.clock.advance(5 * MINUTE);
    for i in 0..20 {
        let address = format!("b{i}@example.jp");
        let answer = app.browser().post_email(&address).await;
        answer.leads_to("/register/sent");
    }
    app.newest_letter_to("b19@example.jp").await;
}

/// Lets the database file grow by nothing, or freely.
async fn limit_pages(db: &Db, freely: bool) {
    let Db::Sqlite(file) = db else {
        panic!("SQLite only");
    };
    let limit = match freely {
        true => "pragma max_page_count = 1000000",
        false => "pragma max_page_count = 1",
    };
    sqlx::query(limit).execute(&file.writer).await.unwrap();
}

/// The detail of an error has the whole row, and the sentence about a wrong value that
/// value.
#[tokio::test(flavor = "multi_thread")]
async fn case_attack_what_postgresql_says_about_a_row_is_not_in_the_log() {
    let test = "faults::case_attack_what_postgresql_says_about_a_row_is_not_in_the_log";
    let Some(log) = crate::log::everything(test) else {
        return;
    };
    let app = TestApp::start(crate::fresh::postgres().await).await;
    app.registered(TARO, &WISH).await;
    let db = &app.fresh.db;
    let sign_in = || async {
        app.clock.advance(MINUTE);
        app.browser().sign_in(WISH.login_id, WISH.password).await
    };
    tell!(
        db,
        "alter table member add constraint broken check (last_sign_in_at is null) not valid"
    );
    sign_in().await.refuses(500);
    tell!(db, "alter table member drop constraint broken");
    tell!(db, "delete from session");
    tell!(db, "alter table session add column missing text not null");
    sign_in().await.refuses(500);
    tell!(db, "alter table session drop column missing");
    tell!(
        db,
        "create function broken() returns trigger language plpgsql as $$
         declare n integer; begin n := old.login_id; return new; end $$"
    );
    tell!(
        db,
        "create trigger broken before update on member for each row execute function broken()"
    );
    sign_in().await.refuses(500);
    tell!(db, "drop trigger broken on member");
    sign_in().await.leads_to("/home");

    let log = log.text();
    let failed: Vec<&str> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert_eq!(failed.len(), 3, "{failed:?}");
    for (line, words) in failed
        .iter()
        .zip(["23514, constraint broken", "23502", "22P02"])
    {
        assert!(line.contains(words), "{words}: {line}");
    }
    for value in [WISH.nickname, WISH.login_id, "$argon2id$", "Failing row"] {
        let line = log.lines().find(|line| line.contains(value));
        assert_eq!(line, None, "{value}");
    }
}

/// `portal … | head -1` reads no further, and a terminal that is closed nothing at all.
#[test]
fn case_attack_what_is_done_is_done_whether_anybody_reads_the_report_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    assert!(portal(here, &["migrate"]).0);
    std::fs::write(
        here.join("list.csv"),
        [crate::roster::HEADER, crate::test_app::PEOPLE].concat(),
    )
    .unwrap();
    let mut import = std::process::Command::new(env!("CARGO_BIN_EXE_portal"))
        .args(["roster", "import", "list.csv"])
        .current_dir(here)
        .env_remove("PORTAL_CONFIG")
        .env("RUST_LOG", "trace")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop((import.stdout.take(), import.stderr.take()));
    assert!(import.wait().unwrap().success());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let people: i64 = runtime.block_on(async {
        let url = format!("sqlite://{}", here.join("data/portal.db").display());
        let db = Db::open_existing(&url).await.unwrap();
        ask!(&db, "select count(*) from person")
    });
    assert!(people > 3, "{people}");
}

/// What is left of it has everybody's data.
#[test]
fn case_attack_a_backup_that_was_killed_leaves_nothing_for_ever() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let (copy, part) = (here.join("copy.db"), here.join("copy.db.part"));
    assert!(portal(here, &["migrate"]).0);
    // Killed while it copied.
    std::fs::write(&part, "half of it").unwrap();
    std::fs::write(here.join("copy.db.part-wal"), "its journal").unwrap();
    let (done, said) = portal(here, &["backup", "copy.db"]);
    assert!(done && copy.exists() && !part.exists(), "{said}");
    assert!(!here.join("copy.db.part-wal").exists());
    // Killed between its two names.
    std::fs::hard_link(&copy, &part).unwrap();
    let (done, said) = portal(here, &["backup", "copy.db"]);
    assert!(!done && copy.exists() && !part.exists(), "{said}");
    // Another one is at it.
    std::fs::remove_file(&copy).unwrap();
    let other = std::fs::File::create(&part).unwrap();
    other.lock().unwrap();
    let (done, said) = portal(here, &["backup", "copy.db"]);
    assert!(!done && part.exists() && !copy.exists(), "{said}");
}
