//! The audit under its seals: complete, in order, and not to be rewritten unnoticed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use domain::values::timestamp::Timestamp;
use server::{
    base::{clock::Clock, secrets::Secrets},
    check,
    config::Config,
    upkeep::audit_seal::{SealError, Sealed, Sealer, note_file, verify},
};
use store::{
    Db, Tx,
    audit::{Entry, Event},
};

use crate::{
    fresh::Fresh,
    roster::NOW,
    test_app::{INSTANT, MINUTE, TARO, TestApp, WISH},
};

fn secrets(fresh: &Fresh, name: &str) -> Arc<Secrets> {
    Arc::new(Secrets::open_or_create(&fresh.folder.path().join(name)).unwrap())
}

fn note(fresh: &Fresh) -> PathBuf {
    note_file(fresh.folder.path())
}

fn sealer(fresh: &Fresh, secrets: &Arc<Secrets>) -> Sealer {
    Sealer {
        db: fresh.db.clone(),
        clock: Clock::standing_at(NOW),
        secrets: secrets.clone(),
        note: note(fresh),
    }
}

async fn note_down(tx: &mut Tx, detail: &str) {
    let entry = Entry {
        at: NOW,
        event: Event::SignedIn,
        person: None,
        member: Some(uuid::Uuid::from_u128(7)),
        network_address: "203.0.113.7",
        detail,
        actor: "",
    };
    entry.record(tx).await.unwrap();
}

async fn note_down_many(db: &Db, entries: usize) {
    let mut tx = db.write().await.unwrap();
    for n in 0..entries {
        note_down(&mut tx, &format!("try {n}")).await;
    }
    tx.commit().await.unwrap();
}

/// Whoever owns the tables can take the triggers away; the seals are for that.
async fn disarm(db: &Db) {
    for (trigger, table) in [
        ("audit_is_append_only", "audit"),
        ("audit_is_never_shortened", "audit"),
        ("audit_seal_is_append_only", "audit_seal"),
        ("audit_seal_is_never_shortened", "audit_seal"),
    ] {
        match db {
            Db::Sqlite(file) => {
                let sql = format!("drop trigger {trigger}");
                sqlx::query(sqlx::AssertSqlSafe(sql))
                    .execute(&file.writer)
                    .await
                    .unwrap();
            }
            Db::Postgres(pool) => {
                let sql = format!("drop trigger if exists {trigger} on {table}");
                sqlx::query(sqlx::AssertSqlSafe(sql))
                    .execute(pool)
                    .await
                    .unwrap();
            }
        }
    }
}

/// Three seals over 2,500 entries, with nothing left in their way.
async fn three_seals(fresh: &Fresh) -> Arc<Secrets> {
    let secrets = secrets(fresh, "secret");
    note_down_many(&fresh.db, 2_500).await;
    assert_eq!(sealer(fresh, &secrets).seal().await.unwrap(), 3);
    disarm(&fresh.db).await;
    secrets
}

async fn found(fresh: &Fresh, secrets: &Secrets) -> String {
    let verdict = verify(&fresh.db, secrets, &note(fresh)).await;
    verdict.expect_err("nobody noticed").to_string()
}

on_both! {
    async fn entries_are_sealed_in_batches_and_found_as_they_were(fresh: Fresh) {
        let secrets = secrets(&fresh, "secret");
        let sealer = sealer(&fresh, &secrets);
        let look = async || verify(&fresh.db, &secrets, &note(&fresh)).await.unwrap();
        assert_eq!(sealer.seal().await.unwrap(), 0);
        assert_eq!(look().await, Sealed::default());
        // A database from before there were seals.
        note_down_many(&fresh.db, 2_345).await;
        assert_eq!(look().await.to_string(), "2,345 entries not sealed yet");
        assert_eq!(sealer.seal().await.unwrap(), 3);
        sealer.clock.advance(MINUTE);
        note_down_many(&fresh.db, 1).await;
        assert_eq!(sealer.seal().await.unwrap(), 1);
        assert_eq!(sealer.seal().await.unwrap(), 0, "there was nothing new");
        note_down_many(&fresh.db, 3).await;
        let expected = Sealed {
            entries: 2_346,
            seals: 4,
            last: Some(NOW.plus(MINUTE)),
            to_come: 3,
            waiting_since: Some(NOW),
            earlier: 0,
        };
        assert_eq!(look().await, expected);
        assert_eq!(
            expected.to_string(),
            "2,346 entries in 4 seals, the last of 2026-11-22 10:01; 3 not sealed yet"
        );
    }
}

on_both! {
    async fn two_servers_that_seal_at_once_make_one_chain(fresh: Fresh) {
        let secrets = secrets(&fresh, "secret");
        note_down_many(&fresh.db, 5_500).await;
        let one = sealer(&fresh, &secrets);
        let other = Sealer { note: fresh.folder.path().join("elsewhere"), ..one.clone() };
        let (by_one, by_other) = tokio::join!(one.seal(), other.seal());
        assert_eq!(by_one.unwrap() + by_other.unwrap(), 6);
        let sealed = verify(&fresh.db, &secrets, &note(&fresh)).await.unwrap();
        assert_eq!((sealed.entries, sealed.seals, sealed.to_come), (5_500, 6, 0));
    }
}

/// Numbers are drawn before they are visible: the seal waits for the one between.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_whose_transaction_is_still_open_is_not_sealed_past() {
    let fresh = crate::fresh::postgres().await;
    let secrets = secrets(&fresh, "secret");
    let sealer = sealer(&fresh, &secrets);
    let mut slow = fresh.db.write().await.unwrap();
    note_down(&mut slow, "first drawn, last visible").await;
    note_down_many(&fresh.db, 1).await;
    assert_eq!(sealer.seal().await.unwrap(), 0);
    slow.commit().await.unwrap();
    // A number that was drawn for nothing leaves a gap that stays one.
    let mut given_up = fresh.db.write().await.unwrap();
    note_down(&mut given_up, "never visible").await;
    drop(given_up);
    note_down_many(&fresh.db, 1).await;
    fresh_until_sealed(&sealer).await;
    let sealed = verify(&fresh.db, &secrets, &note(&fresh)).await.unwrap();
    assert_eq!((sealed.entries, sealed.to_come), (3, 0));
}

/// A dropped transaction is rolled back a moment later.
async fn fresh_until_sealed(sealer: &Sealer) {
    for _ in 0..100 {
        if sealer.seal().await.unwrap() == 1 {
            return;
        }
    }
    panic!("the entries were never sealed");
}

on_both! {
    async fn nothing_is_changed_or_removed_by_mistake(fresh: Fresh) {
        note_down_many(&fresh.db, 2).await;
        sealer(&fresh, &secrets(&fresh, "secret")).seal().await.unwrap();
        for sql in [
            "update audit set detail = ''",
            "delete from audit",
            "update audit_seal set entries = 1",
            "delete from audit_seal",
        ] {
            let refused = match &fresh.db {
                Db::Sqlite(file) => sqlx::query(sql).execute(&file.writer).await.map(|_| ()),
                Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()),
            };
            assert!(refused.unwrap_err().to_string().contains("never"), "{sql}");
        }
    }
}

on_both! {
    async fn a_changed_entry_is_found(fresh: Fresh) {
        let secrets = three_seals(&fresh).await;
        tell!(&fresh.db, "update audit set network_address = '198.51.100.1' where id = 1700");
        let found = found(&fresh, &secrets).await;
        assert_eq!(found, "seal 2, entries 1,001 to 2,000: an entry was changed, or the seal itself");
    }
}

on_both! {
    async fn a_removed_entry_is_found(fresh: Fresh) {
        let secrets = three_seals(&fresh).await;
        tell!(&fresh.db, "delete from audit where id = 2000");
        let found = found(&fresh, &secrets).await;
        assert_eq!(found, "seal 2, entries 1,001 to 2,000: an entry is missing");
    }
}

on_both! {
    async fn an_entry_that_was_slipped_in_is_found(fresh: Fresh) {
        let secrets = three_seals(&fresh).await;
        // PostgreSQL gives numbers out itself, until it is told not to.
        if let Db::Postgres(_) = &fresh.db {
            tell!(&fresh.db, "alter table audit alter column id set generated by default");
        }
        tell!(
            &fresh.db,
            "insert into audit (id, at, event, network_address, detail)
             values (0, 0, 'signed_in', '', '')"
        );
        let found = found(&fresh, &secrets).await;
        assert_eq!(found, "seal 1, entries 1 to 1,000: an entry was added");
    }
}

on_both! {
    async fn a_removed_seal_is_found(fresh: Fresh) {
        let secrets = three_seals(&fresh).await;
        tell!(&fresh.db, "delete from audit_seal where id = 2");
        assert_eq!(found(&fresh, &secrets).await, "seal 2 is missing");
        // Numbered anew it does not fit the one before it any more.
        tell!(&fresh.db, "update audit_seal set id = 2 where id = 3");
        let found = found_without_note(&fresh, &secrets).await;
        assert!(found.starts_with("seal 2, entries 2,001 to 2,500:"), "{found}");
    }
}

async fn found_without_note(fresh: &Fresh, secrets: &Secrets) -> String {
    std::fs::remove_file(note(fresh)).unwrap();
    found(fresh, secrets).await
}

on_both! {
    /// The chain alone would end earlier, and be a good one.
    async fn an_end_that_was_cut_off_is_found_and_not_sealed_over(fresh: Fresh) {
        let secrets = three_seals(&fresh).await;
        tell!(&fresh.db, "delete from audit_seal where id = 3");
        tell!(&fresh.db, "delete from audit where id > 2400");
        let found = found(&fresh, &secrets).await;
        assert!(found.starts_with("seal 3 was there and is gone:"), "{found}");
        let refused = sealer(&fresh, &secrets).seal().await.unwrap_err();
        assert!(matches!(refused, SealError::CutOff(3)), "{refused}");
    }
}

on_both! {
    async fn whoever_has_not_the_key_forges_no_seal(fresh: Fresh) {
        let secrets = three_seals(&fresh).await;
        let forger = crate::audit::secrets(&fresh, "another");
        // The last batch rewritten, and sealed anew with a key of the forger's own.
        tell!(&fresh.db, "update audit set detail = 'nothing' where id = 2500");
        tell!(&fresh.db, "delete from audit_seal where id = 3");
        std::fs::remove_file(note(&fresh)).unwrap();
        assert_eq!(sealer(&fresh, &forger).seal().await.unwrap(), 1);
        std::fs::remove_file(note(&fresh)).unwrap();
        let other_key = found(&fresh, &secrets).await;
        assert_eq!(other_key, "seal 3, entries 2,001 to 2,500: was made with another secret file");
        // With the mark of the right key beside it, it is still not its seal.
        tell!(
            &fresh.db,
            "update audit_seal set key_mark = (select key_mark from audit_seal where id = 1)"
        );
        let forged = found(&fresh, &secrets).await;
        assert_eq!(forged, "seal 3, entries 2,001 to 2,500: an entry was changed, or the seal itself");
    }
}

on_both! {
    async fn what_the_last_requests_noted_is_sealed_before_the_server_ends(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let app = app.restart_with(|_| {}).await;
        let data = app.fresh.folder.path().join("data");
        let secrets = Secrets::open(&data.join("secret")).unwrap();
        let sealed = verify(&app.fresh.db, &secrets, &note_file(&data)).await.unwrap();
        assert!(sealed.entries > 0 && sealed.to_come == 0, "{sealed}");
        assert_eq!(sealed.last, Some(Timestamp(app.clock.now().0)));

        let seen = checked(&app.fresh, &data, app.clock.now()).await;
        assert_eq!(seen, Ok(sealed.to_string()));
    }
}

/// What `portal check` says of the audit.
async fn checked(fresh: &Fresh, data: &Path, now: Timestamp) -> Result<String, String> {
    let settings = [
        ("PORTAL_DATABASE_URL", fresh.url.clone()),
        ("PORTAL_DATA_DIR", data.display().to_string()),
    ];
    let settings = settings.map(|(key, value)| (key.to_owned(), value));
    let findings = check::run(Config::load(None, settings).unwrap(), now).await;
    let audit = findings
        .into_iter()
        .find(|finding| finding.subject == "audit");
    audit.unwrap().result
}

on_both! {
    async fn entries_that_nobody_has_sealed_for_an_hour_are_found(fresh: Fresh) {
        let secrets = secrets(&fresh, "secret");
        note_down_many(&fresh.db, 3).await;
        sealer(&fresh, &secrets).seal().await.unwrap();
        note_down_many(&fresh.db, 2).await;
        let (data, hour) = (fresh.folder.path(), 60 * MINUTE);
        let seen = checked(&fresh, data, NOW.plus(hour)).await;
        assert!(seen.unwrap().ends_with("; 2 not sealed yet"));
        let seen = checked(&fresh, data, NOW.plus(hour).plus(INSTANT)).await.unwrap_err();
        assert!(
            seen.contains("2 not sealed yet, and they wait since 2026-11-22: is `portal serve` running"),
            "{seen}"
        );
        sealer(&fresh, &secrets).seal().await.unwrap();
        checked(&fresh, data, NOW.plus(2 * hour)).await.unwrap();
        // With another secret file in its place it says what helps.
        std::fs::remove_file(data.join("secret")).unwrap();
        crate::audit::secrets(&fresh, "secret");
        let seen = checked(&fresh, data, NOW).await.unwrap_err();
        assert!(seen.contains("another secret file") && seen.contains("`portal audit begin-anew`"), "{seen}");
    }
}

on_both! {
    /// A lost file cannot be brought back; that it was replaced is told, and the seals
    /// go on.
    async fn after_the_secret_file_was_replaced_the_chain_goes_on_when_that_is_noted(fresh: Fresh) {
        three_seals(&fresh).await;
        let new = secrets(&fresh, "another");
        let sealer = sealer(&fresh, &new);
        let refused = found(&fresh, &new).await;
        assert_eq!(refused, "seal 1, entries 1 to 1,000: was made with another secret file");
        // The server has gone on sealing before anybody looked.
        note_down_many(&fresh.db, 5).await;
        assert_eq!(sealer.seal().await.unwrap(), 1);
        assert_eq!(found(&fresh, &new).await, refused);

        assert!(sealer.restart_chain().await.unwrap());
        let look = async || verify(&fresh.db, &new, &note(&fresh)).await;
        let sealed = look().await.unwrap();
        assert_eq!((sealed.seals, sealed.earlier, sealed.to_come), (5, 3, 0));
        assert!(sealed.to_string().ends_with("; 3 seals are of an earlier secret file"), "{sealed}");
        let noted: i64 = ask!(&fresh.db, "select count(*) from audit where event = 'audit_chain_begun'");
        assert_eq!(noted, 1);
        assert!(!sealer.restart_chain().await.unwrap(), "there is nothing to note");

        // What is older cannot be changed either from then on.
        tell!(&fresh.db, "update audit set detail = 'nothing' where id = 1700");
        let changed = found(&fresh, &new).await;
        assert_eq!(changed, refused);
        tell!(&fresh.db, "update audit set detail = 'try 1699' where id = 1700");
        look().await.unwrap();
        // Nor can a seal of ours be passed off as an earlier one.
        tell!(&fresh.db, "update audit_seal set key_mark = (select key_mark from audit_seal where id = 1) where id = 4");
        let passed_off = found(&fresh, &new).await;
        assert!(passed_off.ends_with("was made with another secret file"), "{passed_off}");
    }
}
