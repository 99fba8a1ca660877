//! What is removed is gone from SQLite's file too; and a damaged file is told.

use std::{fs, os::unix::fs::FileExt, time::Duration};

use domain::values::society::Society;
use server::upkeep::purge;
use store::Db;

use crate::{
    fresh::{self, Fresh},
    roster,
    test_app::{PEOPLE, TARO, TestApp, WISH, Wish},
};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Where a text stands, of the database and its journal.
fn stands_in(fresh: &Fresh, text: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    for name in ["portal.db", "portal.db-wal"] {
        let bytes = fs::read(fresh.folder.path().join(name)).unwrap_or_default();
        if bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
        {
            found.push(name);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_purge_removes_is_in_no_byte_of_the_file() {
    let app = TestApp::start(fresh::sqlite().await).await;
    let nickname = "けすなまえ";
    app.registered(TARO, &Wish { nickname, ..WISH }).await;
    app.post_is_out().await;
    let provider = "けす医院";
    tell!(
        &app.fresh.db,
        "insert into expense select id, 202601, $1, '外来', 1, 1, 100, 70, 0, 30, 0, 0, null
         from person where branch = '00' and number = '12'",
        provider
    );
    let left = PEOPLE.replacen("2003-04-01,,0007", "2003-04-01,2026-11-01,0007", 1);
    roster::import(&app.fresh, &left).await;
    for text in [nickname, provider] {
        assert!(!stands_in(&app.fresh, text).is_empty(), "{text} is there");
    }
    app.days_later(DAY * 600).await;
    let now = app.clock.now();
    let society = Society::default();
    let report = purge::purge(&app.fresh.db, &society, "nothing fits", now, false)
        .await
        .unwrap();
    assert_eq!((report.accounts, report.found.expenses), (1, 1));
    for text in [nickname, provider] {
        assert_eq!(stands_in(&app.fresh, text), [""; 0], "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_somebody_still_reads_is_told_and_emptied_later() {
    let fresh = fresh::sqlite().await;
    roster::import(&fresh, PEOPLE).await;
    let Db::Sqlite(file) = &fresh.db else {
        panic!("SQLite only");
    };
    // It is not waited for here.
    sqlx::query("pragma busy_timeout = 0")
        .execute(&file.writer)
        .await
        .unwrap();
    let other = Db::open_existing(&fresh.url).await.unwrap();
    let Db::Sqlite(reading) = &other else {
        panic!("SQLite only");
    };
    let mut reader = reading.writer.begin().await.unwrap();
    let people: i64 = sqlx::query_scalar("select count(*) from person")
        .fetch_one(&mut *reader)
        .await
        .unwrap();
    assert!(people > 0);
    let now = roster::NOW.plus(DAY * 3000);
    let purged = async || {
        purge::purge(&fresh.db, &Society::default(), "nothing fits", now, false)
            .await
            .unwrap()
    };
    tell!(&fresh.db, "update person set kana = 'ケス'");
    let report = purged().await;
    assert!(!report.journal_is_empty);
    assert!(report.to_string().contains("portal.db-wal に残っています"));
    drop(reader);
    let report = purged().await;
    assert!(report.to_string().ends_with("削除しました。"), "{report}");
    assert_eq!(stands_in(&fresh, "ケス"), ["portal.db"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_file_is_told() {
    let fresh = fresh::sqlite().await;
    roster::import(&fresh, PEOPLE).await;
    assert_eq!(fresh.db.damage().await.unwrap(), [""; 0]);
    let page: i64 = ask!(
        &fresh.db,
        "select rootpage from sqlite_master where name = 'person'"
    );
    assert!(fresh.db.empty_journal().await.unwrap());
    fresh.db.close().await;
    let path = fresh.folder.path().join("portal.db");
    let file = fs::File::options().write(true).open(&path).unwrap();
    // A page whose loss nobody notices before somebody asks for what is in it.
    let place = (page.cast_unsigned() - 1) * 4096;
    file.write_all_at(&[0xA5; 4096], place).unwrap();
    let db = Db::open_existing(&fresh.url).await.unwrap();
    let found = db.damage().await;
    assert!(
        found.as_ref().map_or(true, |damage| !damage.is_empty()),
        "{found:?}"
    );
}
