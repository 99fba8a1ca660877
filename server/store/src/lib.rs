//! All SQL, one file a subject, the same text for SQLite and PostgreSQL.
//!
//! Reads take `&Db`; whatever belongs to a change takes `&mut Tx`, so that
//! account, postcard, link, audit entry and letter are written together or not
//! at all. Hash, read the clock and derive tokens first; then `Db::write`, then
//! only SQL until `commit`: SQLite has one writer, and it must not wait for us.

mod attempt;
pub mod audit;
pub mod audit_seal;
pub mod audit_trail;
pub mod checkup;
pub mod device;
pub mod differences;
pub mod email;
mod error;
pub mod expense;
pub mod expense_look;
pub mod expense_month;
pub mod expired;
pub mod history;
pub mod household;
pub mod import_batch;
pub mod job;
pub mod letter;
pub mod lifetime;
pub mod link;
pub mod look;
pub mod member;
pub mod membership;
pub mod my_data;
pub mod notice;
pub mod office_figure;
pub mod office_reason;
pub mod people;
pub mod person;
pub mod planned;
pub mod postcard;
pub mod postcard_run;
pub mod publishing;
pub mod purge;
pub mod restored;
pub mod roster;
pub mod roster_moves;
pub mod second_person;
pub mod second_step;
pub mod session;
mod sqlite;
pub mod staff;
pub mod staff_change;
pub mod staff_draft;
pub mod staff_session;
pub mod staged_checkups;
pub mod staged_expenses;
pub mod staged_notices;
mod staged_rows;
pub mod staging;
pub mod throttle;

pub use attempt::Attempt;
pub use error::{Error, Result, is_busy, is_unique_violation, told};
pub use sqlite::SqliteFile;

use std::{
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    str::FromStr,
    time::Duration,
};

use domain::values::timestamp::Timestamp;
use sqlx::{
    Connection, PgConnection, PgPool, Postgres, Sqlite, Transaction,
    migrate::MigrateError,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::time::timeout;

/// How long a change may wait for a connection and for SQLite's one writer.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// How long PostgreSQL may take to let a command or a server in.
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// How long what a page only notes may wait: longer than a request's change or a letter's
/// takes, and no more.
const NOTE_PATIENCE: Duration = Duration::from_millis(300);
/// How long a read may wait for a connection: none is held for long, so whoever waits
/// for longer waits for a database that is gone, and a page says so soon.
const READ_PATIENCE: Duration = Duration::from_secs(1);

/// Connections to PostgreSQL: some more than SQLite's readers and writers on a small server.
/// sqlx hands them out in turn and opens all of them in the first minute, and each plans
/// every statement for itself.
const POSTGRES_CONNECTIONS: u32 = 8;

/// The database: one of two engines, told apart by the URL.
#[derive(Clone, Debug)]
pub enum Db {
    /// Embedded, the default.
    Sqlite(SqliteFile),
    /// For more than one machine.
    Postgres(PgPool),
}

/// A transaction that writes. Dropped without `commit`, it never was.
#[derive(Debug)]
pub enum Tx {
    /// Begun with `BEGIN IMMEDIATE`: a transaction that reads and only then
    /// writes would be refused as soon as another had written in between.
    Sqlite(Transaction<'static, Sqlite>),
    /// `READ COMMITTED`; rows that decide are locked by an update first.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs one body on whichever engine there is, with a connection as `$conn`: on a `&Db`
/// one that only reads, on a `&mut Tx` its own.
macro_rules! on {
    (read $db:expr, $conn:ident => $body:expr) => {
        match $db {
            $crate::Db::Sqlite(file) => {
                let mut lease = file.reader().await?;
                let $conn = lease.connection()?;
                $body
            }
            $crate::Db::Postgres(pool) => {
                let mut lease = $crate::reader(pool).await?;
                let $conn = &mut *lease;
                $body
            }
        }
    };
    (write $tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use on;

/// Columns, each after the same prefix: `columns!("p.", "name", "kana")` is
/// `p.name, p.kana`.
macro_rules! columns {
    ($prefix:literal, $first:literal $(, $other:literal)*) => {
        concat!($prefix, $first $(, ", ", $prefix, $other)*)
    };
}
pub(crate) use columns;

/// Says at once what is in the way, and where: a pool would try again and again, and in
/// the end only say how long.
async fn reach(options: &PgConnectOptions) -> Result<()> {
    let first = timeout(CONNECT_PATIENCE, PgConnection::connect_with(options)).await;
    let why = match first {
        Ok(Ok(connection)) => return connection.close().await,
        Ok(Err(Error::Database(refusal))) => refusal.message().to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer within {} s", CONNECT_PATIENCE.as_secs()),
    };
    let (host, port) = (options.get_host(), options.get_port());
    Err(Error::Io(std::io::Error::other(format!(
        "PostgreSQL at {host} port {port}: {why}"
    ))))
}

/// A connection for one read.
async fn reader(pool: &PgPool) -> Result<PoolConnection<Postgres>> {
    let waited = timeout(READ_PATIENCE, pool.acquire()).await;
    waited.unwrap_or(Err(Error::PoolTimedOut))
}

/// Begins a transaction that ends whatever becomes of the caller. sqlx counts it only once
/// PostgreSQL has answered, so a caller who goes away before that (a member closes the
/// page) would leave a connection in the pool with a transaction that nobody ends: what
/// others write on it would neither last nor be seen.
async fn begin(connection: PoolConnection<Postgres>) -> Result<Transaction<'static, Postgres>> {
    let begun = tokio::spawn(Transaction::begin(connection, None)).await;
    begun.unwrap_or(Err(Error::WorkerCrashed))
}

/// Which engine a database runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

/// How the tables stand to this version of the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schema {
    /// There are none.
    Empty,
    /// So many migrations have to run.
    Earlier(usize),
    /// As they should be.
    Current,
    /// So many migrations have run that this version does not know.
    Later(usize),
}

impl std::fmt::Display for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "the database has no tables: `portal migrate` makes them, if it is the right one",
            ),
            Self::Earlier(n) => write!(
                f,
                "the tables are of an earlier version ({n} migrations to run): stop the earlier \
                 portal, then run `portal migrate`"
            ),
            Self::Current => f.write_str("of this version"),
            Self::Later(n) => write!(
                f,
                "the tables are of a later version ({n} migrations that this one does not know): \
                 use the later portal, or restore a backup of this one"
            ),
        }
    }
}

impl Db {
    /// Opens the database named by `sqlite://PATH` or `postgres://…`; an SQLite
    /// file (and its folder) that is not there yet is made.
    ///
    /// # Errors
    /// Whatever the engine answers: no server, no right, no such folder.
    pub async fn open(url: &str) -> Result<Self> {
        Self::connect(url, true).await
    }

    /// The same for a database that has to be there.
    ///
    /// # Errors
    /// As for [`Db::open`], and an SQLite file that is not there.
    pub async fn open_existing(url: &str) -> Result<Self> {
        Self::connect(url, false).await
    }

    /// The SQLite file that a URL names, if it is not there. Opening it would make an
    /// empty database where somebody else's was meant.
    ///
    /// # Errors
    /// A URL that cannot be read.
    pub fn missing_file(url: &str) -> Result<Option<PathBuf>> {
        if !url.starts_with("sqlite:") {
            return Ok(None);
        }
        let options = SqliteConnectOptions::from_str(url)?;
        let file = options.get_filename();
        Ok((!file.exists()).then(|| file.to_owned()))
    }

    async fn connect(url: &str, make: bool) -> Result<Self> {
        if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(make)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(WRITE_PATIENCE);
            if let Some(folder) = options.get_filename().parent().filter(|_| make) {
                std::fs::DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(folder)?;
                // SQLite gives its journal the rights of the file: its owner's only.
                std::fs::OpenOptions::new()
                    .create(true)
                    .append(true)
                    .mode(0o600)
                    .open(options.get_filename())?;
            }
            Ok(Self::Sqlite(SqliteFile::open(options).await?))
        } else {
            let options = PgConnectOptions::from_str(url)?;
            reach(&options).await?;
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(WRITE_PATIENCE);
            Ok(Self::Postgres(pool.connect_with(options).await?))
        }
    }

    /// Brings the tables to this version's shape.
    ///
    /// # Errors
    /// A migration that fails, or a database from a later version.
    pub async fn migrate(&self) -> std::result::Result<(), MigrateError> {
        match self {
            Self::Sqlite(file) => {
                sqlx_macros::migrate!("migrations/sqlite")
                    .run(&file.writer)
                    .await?;
            }
            Self::Postgres(pool) => {
                sqlx_macros::migrate!("migrations/postgres")
                    .run(pool)
                    .await?;
            }
        }
        Ok(people::fold_names(self).await?)
    }

    /// How the tables stand to this version.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn schema(&self) -> Result<Schema> {
        let asked = match self {
            Self::Sqlite(_) => {
                "select count(*) > 0 from sqlite_master where name = '_sqlx_migrations'"
            }
            Self::Postgres(_) => "select to_regclass('_sqlx_migrations') is not null",
        };
        let has_tables: bool = on!(read self, conn => {
            sqlx::query_scalar(asked).fetch_one(conn).await?
        });
        if !has_tables {
            return Ok(Schema::Empty);
        }
        let done: Vec<i64> = on!(read self, conn => {
            sqlx::query_scalar("select version from _sqlx_migrations where success")
                .fetch_all(conn)
                .await?
        });
        let all = match self {
            Self::Sqlite(_) => sqlx_macros::migrate!("migrations/sqlite"),
            Self::Postgres(_) => sqlx_macros::migrate!("migrations/postgres"),
        };
        let ours: Vec<i64> = all.iter().map(|one| one.version).collect();
        let later = done
            .iter()
            .filter(|version| !ours.contains(version))
            .count();
        let missing = ours
            .iter()
            .filter(|version| !done.contains(version))
            .count();
        Ok(match (later, missing) {
            (0, 0) => Schema::Current,
            (0, missing) => Schema::Earlier(missing),
            (later, _) => Schema::Later(later),
        })
    }

    /// The engine and its version.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn engine(&self) -> Result<(Engine, (u32, u32, u32))> {
        let (engine, ask) = match self {
            Self::Sqlite(_) => (Engine::Sqlite, "select sqlite_version()"),
            Self::Postgres(_) => (Engine::Postgres, "show server_version"),
        };
        let version: String = on!(read self, conn => {
            sqlx::query_scalar(ask).fetch_one(conn).await?
        });
        let mut numbers = version
            .split(|c: char| !c.is_ascii_digit())
            .map(|number| number.parse().unwrap_or_default());
        let mut next = || numbers.next().unwrap_or_default();
        Ok((engine, (next(), next(), next())))
    }

    /// What SQLite finds wrong with its file, in its own words; nothing for a sound one,
    /// and for PostgreSQL, which looks after its files itself.
    ///
    /// # Errors
    /// Whatever the engine answers: a file that is malformed beyond reading.
    pub async fn damage(&self) -> Result<Vec<String>> {
        match self {
            Self::Sqlite(file) => {
                let mut found: Vec<String> = sqlx::query_scalar("pragma quick_check(3)")
                    .fetch_all(file.reader().await?.connection()?)
                    .await?;
                found.retain(|line| line != "ok");
                Ok(found)
            }
            Self::Postgres(_) => Ok(Vec::new()),
        }
    }

    /// Brings SQLite's journal into the file and leaves nothing in it: what was removed
    /// would otherwise stand there until it is overwritten. `false` where somebody still
    /// reads what was there before. PostgreSQL has no such file of ours.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn empty_journal(&self) -> Result<bool> {
        match self {
            Self::Sqlite(file) => {
                let (busy, ..): (i64, i64, i64) = sqlx::query_as("pragma wal_checkpoint(truncate)")
                    .fetch_one(&file.writer)
                    .await?;
                Ok(busy == 0)
            }
            Self::Postgres(_) => Ok(true),
        }
    }

    /// Writes a consistent copy of an SQLite database to a new or empty file while
    /// it is in use. In the copy nothing is open any more ([`restored`]), so that it can
    /// take the database's place. `false` for PostgreSQL, which brings its own tool for
    /// that.
    ///
    /// # Errors
    /// The file is there already, or cannot be written.
    pub async fn copy_to(&self, file: &Path, now: Timestamp) -> Result<bool> {
        match self {
            Self::Sqlite(database) => {
                let chunks: bool = on!(read self, conn => {
                    sqlx::query_scalar("select exists (select 1 from job_chunk)")
                        .fetch_one(conn)
                        .await?
                });
                sqlx::query("vacuum into $1")
                    .bind(file.display().to_string())
                    .execute(&database.writer)
                    .await?;
                let options = SqliteConnectOptions::new().filename(file);
                let copy = Self::Sqlite(SqliteFile::open(options).await?);
                let mut tx = copy.write().await?;
                restored::end_what_was_open(&mut tx, "from a copy of this moment", now).await?;
                tx.commit().await?;
                if let (true, Self::Sqlite(copy)) = (chunks, &copy) {
                    // The places of files that were on their way in.
                    sqlx::query("vacuum").execute(&copy.writer).await?;
                }
                copy.close().await;
                Ok(true)
            }
            Self::Postgres(_) => Ok(false),
        }
    }

    /// Begins a change.
    ///
    /// # Errors
    /// No connection within ten seconds, or the engine's refusal.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match self {
            Self::Sqlite(file) => Tx::Sqlite(file.write().await?),
            Self::Postgres(pool) => Tx::Postgres(begin(pool.acquire().await?).await?),
        })
    }

    /// Begins a change that is left undone where it would have to wait for long: what a
    /// page notes beside its answer, and will note as well the next time. `None` where
    /// somebody else is writing.
    ///
    /// # Errors
    /// The engine's refusal. On PostgreSQL, which locks rows and not everything, a
    /// statement of the change that waits for too long is refused.
    pub async fn write_now(&self) -> Result<Option<Tx>> {
        Ok(match self {
            Self::Sqlite(file) => file.write_now().await?.map(Tx::Sqlite),
            Self::Postgres(pool) => {
                let mut tx = begin(reader(pool).await?).await?;
                sqlx::query("set local lock_timeout = '300ms'")
                    .execute(&mut *tx)
                    .await?;
                Some(Tx::Postgres(tx))
            }
        })
    }

    /// Asks the engine for a sign of life.
    ///
    /// # Errors
    /// There is none.
    pub async fn ping(&self) -> Result<()> {
        on!(read self, conn => sqlx::query("select 1").execute(conn).await.map(|_| ()))
    }

    /// Closes every connection, after the work at hand.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(file) => file.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// From now on what is removed is overwritten with zeros. SQLite otherwise leaves it
    /// in the free places of its file; PostgreSQL's vacuum has its own way.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub async fn erase_what_is_removed(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => sqlx::query("pragma secure_delete = on")
                .execute(&mut **tx)
                .await
                .map(|_| ()),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Makes the change last.
    ///
    /// # Errors
    /// The engine's refusal; then nothing was changed.
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}
