//! One SQLite file: one connection that writes, and others that only read. In WAL mode
//! a reader waits for no writer, so a long change keeps no page waiting; and writers
//! wait for each other in the order in which they came.

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::{
    ConnectOptions, Connection, SqliteConnection, SqlitePool, Transaction,
    pool::PoolConnection,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{Error, NOTE_PATIENCE, READ_PATIENCE, Result, WRITE_PATIENCE};

/// Statements that a connection keeps ready: more than there are.
const STATEMENTS: usize = 256;

/// Rows that a reader fetches ahead: a page's longest list in one piece.
const ROWS: usize = 512;

/// The file and the ways to it.
#[derive(Clone, Debug)]
pub struct SqliteFile {
    /// The one connection that writes, and what waits for it.
    pub writer: SqlitePool,
    /// The connection of changes that hardly wait.
    notes: SqlitePool,
    readers: Arc<Readers>,
    options: Arc<SqliteConnectOptions>,
}

impl SqliteFile {
    pub(super) async fn open(options: SqliteConnectOptions) -> Result<Self> {
        let options = options.statement_cache_capacity(STATEMENTS);
        let writer = single().connect_with(options.clone()).await?;
        let briefly = options.clone().busy_timeout(NOTE_PATIENCE);
        Ok(Self {
            writer,
            notes: single().connect_lazy_with(briefly),
            readers: Arc::new(Readers::of(options.clone())),
            options: Arc::new(options),
        })
    }

    /// A connection for one read.
    pub(super) async fn reader(&self) -> Result<Lease> {
        self.readers.clone().lease().await
    }

    /// Begins a change, in the order of those who ask.
    pub(super) async fn write(&self) -> Result<Transaction<'static, sqlx::Sqlite>> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// Begins a change unless that takes longer than anybody's usual change.
    pub(super) async fn write_now(&self) -> Result<Option<Transaction<'static, sqlx::Sqlite>>> {
        match timeout(NOTE_PATIENCE, self.notes.begin_with("BEGIN IMMEDIATE")).await {
            Ok(Ok(tx)) => Ok(Some(tx)),
            Ok(Err(error)) if !super::is_busy(&error) => Err(error),
            Ok(Err(_)) | Err(_) => Ok(None),
        }
    }

    /// A connection of its own for work that takes long and writes at its end: while
    /// it works on what only it can see, nobody waits for it.
    pub(super) async fn apart(&self) -> Result<PoolConnection<sqlx::Sqlite>> {
        single()
            .connect_with((*self.options).clone())
            .await?
            .acquire()
            .await
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.notes.close().await;
        // Last: whoever closes the file last brings the journal into it.
        self.writer.close().await;
    }
}

/// A pool of one. It does not ask its connection for a sign of life: a file does not
/// hang up.
fn single() -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(WRITE_PATIENCE)
        .test_before_acquire(false)
        // On a full disk SQLite rolls back by itself, and sqlx goes on believing in the
        // transaction: such a connection could never begin another.
        .before_acquire(|connection, _| {
            let is_free = !connection.is_in_transaction();
            Box::pin(async move { Ok(is_free) })
        })
}

/// Connections that only read. sqlx's pool would cost a reader three trips to the
/// connection's thread instead of one: it asks for a sign of life before and after.
#[derive(Debug)]
struct Readers {
    options: SqliteConnectOptions,
    places: Arc<Semaphore>,
    most: u32,
    idle: Mutex<Vec<SqliteConnection>>,
}

impl Readers {
    fn of(options: SqliteConnectOptions) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        // A few more than cores, since わたしのデータ and the like read for long.
        let most = u32::try_from(cores.clamp(2, 30)).unwrap_or(2) + 2;
        Self {
            options: options
                .create_if_missing(false)
                .row_buffer_size(ROWS)
                .pragma("query_only", "on"),
            places: Arc::new(Semaphore::new(most as usize)),
            most,
            idle: Mutex::default(),
        }
    }

    async fn lease(self: Arc<Self>) -> Result<Lease> {
        let place = match self.places.clone().try_acquire_owned() {
            Ok(place) => place,
            Err(_) => timeout(READ_PATIENCE, self.places.clone().acquire_owned())
                .await
                .map_err(|_| Error::PoolTimedOut)?
                .map_err(|_| Error::PoolClosed)?,
        };
        let idle = self.take();
        let connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(Lease {
            connection: Some(connection),
            readers: self,
            _place: place,
        })
    }

    fn take(&self) -> Option<SqliteConnection> {
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop()
    }

    /// After the reads at hand.
    async fn close(&self) {
        let all = self.places.acquire_many(self.most).await;
        self.places.close();
        drop(all);
        while let Some(connection) = self.take() {
            let _ = connection.close().await;
        }
    }
}

/// A reader's connection, which goes back when it is dropped. A read that is given up
/// leaves nothing open: the connection's thread ends its statement before the next.
pub(super) struct Lease {
    connection: Option<SqliteConnection>,
    readers: Arc<Readers>,
    // Behind the connection: a place is free when the connection is back.
    _place: OwnedSemaphorePermit,
}

impl Lease {
    pub(super) fn connection(&mut self) -> Result<&mut SqliteConnection> {
        self.connection.as_mut().ok_or(Error::PoolClosed)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            let mut idle = self
                .readers
                .idle
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            idle.push(connection);
        }
    }
}
