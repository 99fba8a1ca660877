//! A database of its own for every test.

use std::env;

use store::Db;
use tempfile::TempDir;

/// An empty, migrated database, and a folder for the test's files.
pub(crate) struct Fresh {
    pub(crate) db: Db,
    /// Names the database, for a server that opens it itself.
    pub(crate) url: String,
    pub(crate) folder: TempDir,
}

/// An SQLite file in the test's own folder.
pub(crate) async fn sqlite() -> Fresh {
    migrated(bare_sqlite().await).await
}

/// A new database on the cluster that `TEST_POSTGRES_URL` names; it goes with
/// the cluster.
pub(crate) async fn postgres() -> Fresh {
    migrated(bare_postgres().await).await
}

/// The same without a table.
pub(crate) async fn bare_sqlite() -> Fresh {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("portal.db").display());
    opened(&url, folder).await
}

/// The same without a table.
pub(crate) async fn bare_postgres() -> Fresh {
    let cluster = env::var("TEST_POSTGRES_URL")
        .expect("TEST_POSTGRES_URL names no PostgreSQL cluster; `make test` starts one");
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    match Db::open(&cluster)
        .await
        .expect("PostgreSQL does not answer")
    {
        Db::Postgres(pool) => {
            let create = sqlx::AssertSqlSafe(format!("create database {name}"));
            sqlx::query(create).execute(&pool).await.unwrap();
            pool.close().await;
        }
        Db::Sqlite(_) => panic!("TEST_POSTGRES_URL is not a PostgreSQL address: {cluster}"),
    }
    let (server, _) = cluster
        .rsplit_once('/')
        .expect("TEST_POSTGRES_URL ends in a database");
    opened(&format!("{server}/{name}"), tempfile::tempdir().unwrap()).await
}

async fn migrated(opened: Fresh) -> Fresh {
    opened.db.migrate().await.unwrap();
    opened
}

async fn opened(url: &str, folder: TempDir) -> Fresh {
    Fresh {
        db: Db::open(url).await.unwrap(),
        url: url.to_owned(),
        folder,
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
