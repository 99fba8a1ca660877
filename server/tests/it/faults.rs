//! What happens around the portal: a database that is gone, or full.

use std::time::Duration;

use store::Db;

use crate::test_app::{JIRO, MINUTE, TARO, TestApp, WISH};

const SECOND: Duration = Duration::from_secs(1);

const GREETING: &str = "たろうさん、こんにちは";

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
