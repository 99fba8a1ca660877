//! A database of the first version, with members in it, under this version.

use domain::values::timestamp::Timestamp;
use sqlx::migrate::Migrator;
use store::Db;
use uuid::Uuid;

use crate::fresh::{self, Fresh};

/// Only the first of the migrations.
fn first(mut all: Migrator) -> Migrator {
    all.migrations = all.migrations.iter().take(1).cloned().collect();
    all
}

async fn of_the_first_version(fresh: &Fresh) {
    match &fresh.db {
        Db::Sqlite(file) => {
            first(sqlx_macros::migrate!("store/migrations/sqlite"))
                .run(&file.writer)
                .await
        }
        Db::Postgres(pool) => {
            first(sqlx_macros::migrate!("store/migrations/postgres"))
                .run(pool)
                .await
        }
    }
    .unwrap();
    let db = &fresh.db;
    let (person, member, session) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
    tell!(
        db,
        "insert into person (id, symbol, number, branch, name, kana, born_on, sex, relation,
                             qualified_on, employer_code, employer_name, postal_code, address)
         values ($1, '1', '2', '00', '架空 太郎', '', '1980-04-01', '男', '本人', '2003-04-01',
                 '', '', '', '')",
        person
    );
    tell!(
        db,
        "insert into member (id, person_id, login_id, login_id_key, nickname, password_hash,
                             registered_at)
         values ($1, $2, 'taro', 'taro', 'たろう', 'x', 5)",
        member,
        person
    );
    for (id, address, added_at, confirmed_at) in [
        (10, "waiting@example.jp", 1_i64, None),
        (11, "second@example.jp", 3, Some(3_i64)),
        (12, "first@example.jp", 2, Some(2)),
    ] {
        tell!(
            db,
            "insert into email (id, member_id, address, address_key, added_at, confirmed_at)
             values ($1, $2, $3, $3, $4, $5)",
            Uuid::from_u128(id),
            member,
            address,
            added_at,
            confirmed_at
        );
    }
    let other = Uuid::from_u128(4);
    tell!(
        db,
        "insert into person (id, symbol, number, branch, name, kana, born_on, sex, relation,
                             qualified_on, employer_code, employer_name, postal_code, address)
         values ($1, '1', '2', '01', '架空 花子', '', '1982-12-31', '女', '妻', '2010-06-01',
                 '', '', '', '')",
        other
    );
    tell!(
        db,
        "insert into member (id, person_id, login_id, login_id_key, nickname, password_hash,
                             registered_at)
         values ($1, $1, 'hana', 'hana', 'はなこ', 'x', 5)",
        other
    );
    for (id, member, address) in [
        (13, member, "Both@example.jp"),
        (14, other, "both@example.jp"),
        (15, other, "Alone@example.jp"),
    ] {
        tell!(
            db,
            "insert into email (id, member_id, address, address_key, added_at, confirmed_at)
             values ($1, $2, $3, $3, 9, 9)",
            Uuid::from_u128(id),
            member,
            address
        );
    }
    tell!(
        db,
        "insert into session (id, kind, token_hash, member_id, network_address, device, started_at,
                              last_seen_at, expires_at)
         values ($1, 'member', $2, $3, '', '', 7, 8, 9)",
        session,
        vec![1_u8; 32],
        member
    );
    tell!(
        db,
        "insert into audit (at, event, member_id, network_address, detail)
         values (7, 'signed_in', $1, '', ''),
                (3600008, 'sign_in_failed', $1, '203.0.113.7', 'x'),
                (3600009, 'sign_in_failed', $1, '203.0.113.7', 'x'),
                (3600009, 'sign_in_failed', null, '203.0.113.7', 'x'),
                (7200009, 'sign_in_failed', $1, '203.0.113.7', 'y')",
        member
    );
}

/// Every address with its key.
async fn keys_of(db: &Db) -> Vec<(String, String)> {
    let sql = "select address, address_key from email";
    match db {
        Db::Sqlite(file) => sqlx::query_as(sql).fetch_all(&file.writer).await,
        Db::Postgres(pool) => sqlx::query_as(sql).fetch_all(pool).await,
    }
    .unwrap()
}

async fn everything_is_there_and_has_what_is_new(fresh: Fresh) {
    of_the_first_version(&fresh).await;
    fresh.db.migrate().await.unwrap();
    let db = &fresh.db;
    let told: String = ask!(
        db,
        "select address from email where notices and member_id = $1",
        Uuid::from_u128(2)
    );
    assert_eq!(
        told, "first@example.jp",
        "notices go to the oldest that counts"
    );
    let given: i64 = ask!(db, "select password_given_at from session");
    assert_eq!(given, 7, "the password was given at sign-in");
    let left: Option<i64> = ask!(db, "select left_at from member limit 1");
    assert_eq!(left, None);
    let keys: Vec<(String, String)> = keys_of(db).await;
    let kept = |address: &str, key: &str| keys.contains(&(address.to_owned(), key.to_owned()));
    assert!(kept("Alone@example.jp", "alone@example.jp"), "{keys:?}");
    assert!(
        kept("Both@example.jp", "Both@example.jp"),
        "neither is chosen: {keys:?}"
    );
    assert!(kept("both@example.jp", "both@example.jp"), "{keys:?}");
    let shared = store::email::shared(db).await.unwrap();
    let named: Vec<_> = shared
        .iter()
        .map(|one| (&*one.mailbox, &*one.key.branch))
        .collect();
    assert_eq!(
        named,
        [("both@example.jp", "00"), ("both@example.jp", "01")]
    );
    let actor: String = ask!(db, "select max(actor) from audit");
    let entries: i64 = ask!(db, "select count(*) from audit");
    assert_eq!((&*actor, entries), ("", 5), "entries stay as they are");
    let history = store::history::of(db, Uuid::from_u128(2), 100, Timestamp(0))
        .await
        .unwrap();
    let lines: Vec<_> = history
        .iter()
        .map(|row| (&*row.name, row.times, row.first_at, row.at, &*row.detail))
        .collect();
    assert_eq!(
        lines,
        [
            ("sign_in_failed", 1, 7_200_009, 7_200_009, "y"),
            ("sign_in_failed", 2, 3_600_008, 3_600_009, "x"),
            ("signed_in", 1, 7, 7, ""),
        ],
        "tries of before are counted by the hour"
    );
    assert_eq!(db.schema().await.unwrap(), store::Schema::Current);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    everything_is_there_and_has_what_is_new(fresh::bare_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgres() {
    everything_is_there_and_has_what_is_new(fresh::bare_postgres().await).await;
}
