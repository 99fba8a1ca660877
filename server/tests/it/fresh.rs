//! A database of its own for every test.

use std::{env, fs};

use sqlx::{Connection, PgConnection, postgres::PgPoolOptions};
use store::Db;
use tempfile::{TempDir, tempdir};
use tokio::sync::OnceCell;

/// An empty, migrated database, and a folder for the test's files.
pub(crate) struct Fresh {
    pub(crate) db: Db,
    /// Names the database, for a server that opens it itself.
    pub(crate) url: String,
    pub(crate) folder: TempDir,
}

/// An SQLite file in the test's own folder: a copy of one that was migrated once.
pub(crate) async fn sqlite() -> Fresh {
    static MIGRATED: OnceCell<Vec<u8>> = OnceCell::const_new();
    let migrated = MIGRATED.get_or_init(async || {
        let Fresh { db, folder, .. } = bare_sqlite().await;
        db.migrate().await.unwrap();
        // Only then is all of it in the file.
        db.close().await;
        fs::read(folder.path().join(SQLITE_FILE)).unwrap()
    });
    let (migrated, folder) = (migrated.await, tempdir().unwrap());
    fs::write(folder.path().join(SQLITE_FILE), migrated).unwrap();
    opened_sqlite(folder).await
}

/// A new database on the cluster that `TEST_POSTGRES_URL` names, likewise a copy; it goes
/// with the cluster.
pub(crate) async fn postgres() -> Fresh {
    static MIGRATED: OnceCell<String> = OnceCell::const_new();
    let migrated = MIGRATED.get_or_init(async || {
        let Fresh { db, url, .. } = bare_postgres().await;
        db.migrate().await.unwrap();
        // Nobody may be in a database that is copied.
        db.close().await;
        url.rsplit_once('/').unwrap().1.to_owned()
    });
    copied_postgres(migrated.await).await
}

/// The same without a table.
pub(crate) async fn bare_sqlite() -> Fresh {
    opened_sqlite(tempdir().unwrap()).await
}

/// The same without a table.
pub(crate) async fn bare_postgres() -> Fresh {
    copied_postgres("template1").await
}

const SQLITE_FILE: &str = "portal.db";

async fn opened_sqlite(folder: TempDir) -> Fresh {
    let url = format!("sqlite://{}", folder.path().join(SQLITE_FILE).display());
    Fresh {
        db: Db::open(&url).await.unwrap(),
        url,
        folder,
    }
}

async fn copied_postgres(template: &str) -> Fresh {
    let cluster = env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL names no PostgreSQL cluster; `make test` starts one");
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let mut connection = PgConnection::connect(&cluster)
        .await
        .expect("PostgreSQL does not answer");
    let create = sqlx::AssertSqlSafe(format!("create database {name} template {template}"));
    sqlx::query(create).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let (server, _) = cluster
        .rsplit_once('/')
        .expect("TEST_POSTGRES_URL ends in a database");
    let url = format!("{server}/{name}");
    // A test looks at one thing at a time, and a connection takes PostgreSQL 20 ms.
    let pool = PgPoolOptions::new().max_connections(2).connect(&url).await;
    Fresh {
        db: Db::Postgres(pool.unwrap()),
        url,
        folder: tempdir().unwrap(),
    }
}

/// One story, told on both databases.
macro_rules! on_both {
    ($(#[$about:meta])* async fn $name:ident($fresh:ident: Fresh) $story:block) => {
        $(#[$about])*
        async fn $name($fresh: $crate::fresh::Fresh) $story

        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            async fn on_sqlite() {
                super::$name($crate::fresh::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn on_postgres() {
                super::$name($crate::fresh::postgres().await).await;
            }
        }
    };
}

/// One scalar from whichever database there is: tests look where the product
/// itself never does.
macro_rules! ask {
    ($db:expr, $sql:literal $(, $value:expr)*) => {
        match $db {
            store::Db::Sqlite(file) => {
                sqlx::query_scalar($sql)$(.bind($value))*.fetch_one(&file.writer).await.unwrap()
            }
            store::Db::Postgres(pool) => {
                sqlx::query_scalar($sql)$(.bind($value))*.fetch_one(pool).await.unwrap()
            }
        }
    };
}

/// A statement on whichever database there is.
macro_rules! tell {
    ($db:expr, $sql:literal $(, $value:expr)*) => {
        match $db {
            store::Db::Sqlite(file) => {
                sqlx::query($sql)$(.bind($value))*.execute(&file.writer).await.map(|_| ()).unwrap()
            }
            store::Db::Postgres(pool) => {
                sqlx::query($sql)$(.bind($value))*.execute(pool).await.map(|_| ()).unwrap()
            }
        }
    };
}
